/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A credential cache in another mount namespace.
 *
 * What libkrb5 and the C library load as code is named by files: krb5.conf,
 * /etc/gss/mech, nsswitch.conf.  Those of another mount namespace are written
 * by whoever made it, and what they name would run with the machine's cgroups
 * and without a seccomp filter.  So no library is used there: a child reads
 * the file of the cache, and nothing else.
 */
#ifndef ELSEWHERE_H
#define ELSEWHERE_H

#include "process.h"

/*
 * Copy the cache of this name, or the user's default file where name is NULL,
 * out of the process's mount namespace, as this user.  *ccache is the name of
 * the copy, to be freed with free(); or, where the cache is one of the kernel's
 * and in no mount namespace, and the process is the user's own, a copy of name.
 * What is then put into a copy of a file is lost.
 */
bool
elsewhere_ccache(uid_t uid, const struct process *process, const char *name,
                 char **ccache, struct reason *reason);

#endif /* ELSEWHERE_H */
