/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A child process in another account's hands: that account can stop it, and
 * can make it close its pipes and stay.
 */
#ifndef COMMON_CHILD_H
#define COMMON_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How long one may take. */
#define CHILD_SECONDS 120

/* When one that begins now has to have ended, as clock_ms() counts. */
int64_t child_deadline(void);

/* Wait for its end until then.  False: it had not ended, and has been killed;
 * *status says nothing then. */
bool child_wait(pid_t pid, int64_t deadline, int *status);

#endif
