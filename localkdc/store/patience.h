/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An end to waiting for a lock. */
#ifndef LOCALKDC_PATIENCE_H
#define LOCALKDC_PATIENCE_H

#define PATIENCE_SECONDS 10

/* Wait for the whole of a file to be this process's alone; 0, or an errno
 * value, which is ETIMEDOUT where another process has it for all of that time.
 * It needs no signal. */
int patience_lock(int fd);

/* Where it is krb5 that waits: between the two calls, what blocks for ten
 * seconds fails with EINTR. */
void patience_begin(void);
void patience_end(void);

#endif
