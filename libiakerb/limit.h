/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What one login may cost: bytes and number of tokens, and time. */
#ifndef LIMIT_H
#define LIMIT_H

#include <time.h>

#include "error.h"

struct limits {
    struct iakerb_limits max;
    size_t max_bytes;           /* of all tokens together */
    unsigned int legs;          /* tokens of the peer so far */
    size_t bytes;               /* of all of them */
    struct timespec start;      /* of the first step; tv_sec 0: none yet */
    struct timespec stopped;    /* tv_sec 0: the clock runs */
};

void
limits_init(struct limits *limits, const struct iakerb_limits *params);

/* Let all tokens together have as much more as so many of full size. */
void
limits_add(struct limits *limits, size_t tokens);

/* Start the clock, at the first step; let it go on, after limits_stop(). */
void
limits_start(struct limits *limits);

/* Let the clock stand, while it is not the peer that is waited for. */
void
limits_stop(struct limits *limits);

/* When the time is over, as CLOCK_MONOTONIC shows it; the clock runs. */
struct timespec
limits_deadline(const struct limits *limits);

/* Count a token of the peer in.  Fails with IAKERB_LIMIT. */
enum iakerb_code
limits_token(struct limits *limits, size_t bytes, struct iakerb_error *error);

/*
 * Check that so many seconds are left.  Fails with IAKERB_LIMIT.
 */
enum iakerb_code
limits_left(const struct limits *limits, unsigned int seconds,
            struct iakerb_error *error);

#endif /* LIMIT_H */
