/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files whose text is localkdc's have in them. */
#ifndef LOCALKDC_RENDER_H
#define LOCALKDC_RENDER_H

#include "setup.h"
#include "store/layout.h"

/* Whether a row of the layout has its renderer. */
bool render_has(const struct place *place);

/*
 * What a file is to have in it, the caller's.  now is what it has, or NULL.
 * setup->other is set on the way.
 */
int render(const struct conf *conf, const struct place *place,
           struct setup *setup, const char *now, char **content,
           struct error *error);

#endif
