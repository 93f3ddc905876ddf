/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What /proc/PID/status says; without reading it. */
#ifndef STATUS_H
#define STATUS_H

#include <stdbool.h>
#include <sys/types.h>

/* The first number of this field, "\nName:\t". */
bool
status_number(const char *status, const char *field, unsigned long *number);

/*
 * The groups, if there are not more than max; else, and where the line is not
 * whole, there are none.  False without such a line.
 */
bool
status_groups(const char *status, gid_t *groups, int max, int *count);

#endif /* STATUS_H */
