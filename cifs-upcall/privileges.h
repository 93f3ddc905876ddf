/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Becoming somebody who can do no harm. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include "process.h"

/*
 * Become this user for good, with the groups of the process, in those of its
 * namespaces that are among these (CLONE_NEW...), and without any capability.
 */
bool
privileges_drop(uid_t uid, const struct process *process, int namespaces,
                struct reason *reason);

#endif /* PRIVILEGES_H */
