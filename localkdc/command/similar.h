/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody meant who typed a word wrong. */
#ifndef LOCALKDC_SIMILAR_H
#define LOCALKDC_SIMILAR_H

#include <stddef.h>

/* The one of the words that is nearest, or NULL where none is near or two are
 * equally so. */
const char *similar(const char *word, const char *const *words, size_t count);

#endif
