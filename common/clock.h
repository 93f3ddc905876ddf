/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The time that deadlines are kept by: nobody sets it. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t
clock_ms(void);

#endif /* CLOCK_H */
