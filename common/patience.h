/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* An end to waiting for a lock. */
#ifndef COMMON_PATIENCE_H
#define COMMON_PATIENCE_H

#define PATIENCE_SECONDS 10

/* Wait for the whole of a file to be this process's alone; 0, or an errno
 * value, which is ETIMEDOUT where another process has it for all of that time. */
int patience_lock(int fd);

/* Wait for nobody else to have a lock on a file, if it is there; returns the
 * same.  For what krb5 locks itself, which waits without end. */
int patience_free(const char *path);

#endif
