/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command has to say to whoever called it. */
#ifndef LOCALKDC_OUTCOME_H
#define LOCALKDC_OUTCOME_H

#include "common/error.h"

/*
 * Say what has been done, as printf() does.  It stays done whether or not
 * anybody can read that: what standard output does not take goes to standard
 * error, and the command has not failed.
 */
void outcome_done(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Say what went wrong, on standard error. */
void outcome_error(const struct error *error);

#endif
