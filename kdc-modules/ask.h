/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Asking the system about somebody without waiting for it longer than a KDC
 * can, which serves one request at a time.
 */
#ifndef ASK_H
#define ASK_H

#include "groups.h"
#include "system.h"

struct ask;

/* Takes the strings of sources over.  NULL when memory is out. */
struct ask *
ask_new(struct sources *sources);

/*
 * What is known of this user within a second.  Every question is put in a
 * thread of its own, which goes on when the second is over: what it brings is
 * kept for whoever asks again a little later, and until then the same question
 * is answered with ACCOUNT_UNKNOWN at once.  So a source that needs a ticket of
 * this KDC to answer gets it, and nobody who asks again and again keeps the KDC
 * from others: for each question that is still open, half as long is waited
 * for the next one.  *ends is as in system_account().
 */
enum account
ask_account(struct ask *ask, const char *user, uint64_t *ends);

/*
 * Which groups this user is in, in the same way: groups->known is false where
 * that is not known in time.
 */
void
ask_groups(struct ask *ask, const char *user, struct groups *groups);

/* Put that question without waiting for its answer. */
void
ask_groups_soon(struct ask *ask, const char *user);

/* Threads that still wait for an answer go on, and are the last to free it. */
void
ask_free(struct ask *ask);

#endif /* ASK_H */
