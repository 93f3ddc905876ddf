/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A clock that stands still, randomness that repeats and keys that cost
 * nothing, put in the place of krb5's.  A conversation that was recorded with
 * them can be played back byte for byte, so that the fuzzer gets as far as a
 * real peer does.
 */
#ifndef FIXED_H
#define FIXED_H

/* Each side draws its own random numbers, whatever the other one draws. */
enum fixed_side {
    FIXED_INITIATOR,
    FIXED_ACCEPTOR
};

/* Begin the numbers of both sides anew. */
void
fixed_restart(void);

/* From now on the numbers are drawn for this side. */
void
fixed_use(enum fixed_side side);

#endif /* FIXED_H */
