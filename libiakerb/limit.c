/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "limit.h"

#include <limits.h>

#define DEFAULT_TOKEN_BYTES 65536
#define DEFAULT_LEGS 20
#define DEFAULT_SECONDS 60

/* How many tokens of full size a login may have: MIT keeps them all. */
#define TOKENS 4

/* So that a time to come fits in 32 bits too. */
#define MAX_SECONDS (INT_MAX / 2)

void
limits_init(struct limits *limits, const struct iakerb_limits *params)
{
    *limits = (struct limits){ .max = *params };
    if (limits->max.token_bytes == 0)
        limits->max.token_bytes = DEFAULT_TOKEN_BYTES;
    if (limits->max.legs == 0)
        limits->max.legs = DEFAULT_LEGS;
    if (limits->max.seconds == 0)
        limits->max.seconds = DEFAULT_SECONDS;
    if (limits->max.seconds > MAX_SECONDS)
        limits->max.seconds = MAX_SECONDS;
    limits_add(limits, TOKENS);
}

void
limits_add(struct limits *limits, size_t tokens)
{
    size_t most = SIZE_MAX - limits->max_bytes;

    limits->max_bytes += tokens > most / limits->max.token_bytes ? most :
        tokens * limits->max.token_bytes;
}

/* *time += to - from. */
static void
add_between(struct timespec *time, const struct timespec *from,
            const struct timespec *to)
{
    time->tv_sec += to->tv_sec - from->tv_sec;
    time->tv_nsec += to->tv_nsec - from->tv_nsec;
    if (time->tv_nsec < 0) {
        time->tv_nsec += 1000000000;
        time->tv_sec--;
    } else if (time->tv_nsec >= 1000000000) {
        time->tv_nsec -= 1000000000;
        time->tv_sec++;
    }
}

void
limits_start(struct limits *limits)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    if (limits->start.tv_sec == 0)
        limits->start = now;
    else if (limits->stopped.tv_sec != 0)
        add_between(&limits->start, &limits->stopped, &now);
    limits->stopped.tv_sec = 0;
}

void
limits_stop(struct limits *limits)
{
    clock_gettime(CLOCK_MONOTONIC, &limits->stopped);
}

struct timespec
limits_deadline(const struct limits *limits)
{
    struct timespec deadline = limits->start;

    deadline.tv_sec += limits->max.seconds;
    return deadline;
}

enum iakerb_code
limits_token(struct limits *limits, size_t bytes, struct iakerb_error *error)
{
    if (bytes > limits->max.token_bytes)
        return error_set(error, IAKERB_LIMIT,
                         "the peer's token has %zu bytes, more than the limit "
                         "of %zu", bytes, limits->max.token_bytes);
    if (limits->legs >= limits->max.legs)
        return error_set(error, IAKERB_LIMIT,
                         "the peer has sent more tokens than the limit of %u",
                         limits->max.legs);
    if (bytes > limits->max_bytes - limits->bytes)
        return error_set(error, IAKERB_LIMIT,
                         "the peer has sent more than the limit of %zu bytes",
                         limits->max_bytes);
    limits->legs++;
    limits->bytes += bytes;
    return limits_left(limits, 0, error);
}

enum iakerb_code
limits_left(const struct limits *limits, unsigned int seconds,
            struct iakerb_error *error)
{
    struct timespec now;
    double passed;

    clock_gettime(CLOCK_MONOTONIC, &now);
    passed = (double)(now.tv_sec - limits->start.tv_sec) +
        (double)(now.tv_nsec - limits->start.tv_nsec) / 1e9;
    if (passed + seconds > limits->max.seconds)
        return error_set(error, IAKERB_LIMIT,
                         "the login has taken %.0f seconds, too many for the "
                         "limit of %u", passed, limits->max.seconds);
    return IAKERB_DONE;
}
