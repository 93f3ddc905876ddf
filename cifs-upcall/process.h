/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process whose access to a file made the kernel ask. */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

#include "reason.h"

#define GID_UNKNOWN ((gid_t)-1)

/* A process with more groups counts as one without any. */
#define PROCESS_GROUPS 256

struct process {
    pid_t pid;                  /* of all of it, not of a thread */
    int pidfd;                  /* -1: there is none */
    int namespaces;             /* CLONE_NEW...: those that are not ours */
    gid_t gid;                  /* of a process of the user's own, or unknown */
    gid_t groups[PROCESS_GROUPS];   /* of that process; else there are none */
    int group_count;
};

/* No process: the machine's namespaces, and no groups. */
void
process_none(struct process *process);

/*
 * Take hold of a process, one thread of which asks for this user's key.  It is
 * none when the thread is 0, or when the process is neither the user's nor
 * root's: a lost connection is made again for whoever comes first, who is not
 * to choose the tickets.  To be closed with process_close().
 */
bool
process_open(pid_t thread, uid_t user, struct process *process,
             struct reason *reason);

/*
 * Copy the value of a variable in its environment to value, which is freed by
 * the caller and NULL if there is no such variable.
 */
bool
process_variable(const struct process *process, const char *name,
                 char **value, struct reason *reason);

void
process_close(struct process *process);

#endif /* PROCESS_H */
