/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The work is done by a child, which gives its privileges away.  What remains
 * here holds the authority over the key, and reads nothing but what the child
 * has to say, within a time.
 */
#ifndef WORKER_H
#define WORKER_H

#include "payload.h"

/* Make the payload, in the child. */
typedef bool (*worker_fn)(const void *task, struct payload *payload,
                          struct reason *reason);

/*
 * Do the work within so many seconds.  The payload is to be cleared with
 * payload_clear().
 */
bool
worker_run(worker_fn work, const void *task, unsigned int seconds,
           struct payload *payload, struct reason *reason);

#endif /* WORKER_H */
