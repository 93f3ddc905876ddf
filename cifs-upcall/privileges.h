/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Becoming somebody who can do no harm. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include "process.h"

/*
 * Become this user for good, with the user's groups, in the namespaces of the
 * process, and without any capability.  It may be a child that returns.
 */
bool
privileges_drop(uid_t uid, const struct process *process,
                struct reason *reason);

#endif /* PRIVILEGES_H */
