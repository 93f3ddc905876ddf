/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A client of varlink services, for one call at a time: JSON and a zero byte
 * over a UNIX socket, https://varlink.org.
 *
 * A service is not trusted with more than its answer: a call takes no longer
 * than it is given, and no more than VARLINK_MAX bytes are read.  Nothing here
 * changes a signal or anything else of the process.
 */
#ifndef VARLINK_H
#define VARLINK_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* Of one message, without the zero byte at its end. */
#define VARLINK_MAX 65536

enum varlink_result {
    VARLINK_OK,         /* there are parameters */
    VARLINK_REFUSED,    /* the service answered with an error's name */
    VARLINK_ABSENT,     /* nobody listens there */
    VARLINK_LATE,       /* no whole answer in time */
    VARLINK_BROKEN,     /* an answer that is none, or too long, or an end */
    VARLINK_FAILED      /* it could not be asked: errno, of this machine */
};

/*
 * Every number in an answer is a real one for jansson, which knows no integers
 * above 2^63 - 1, where systemd's go up to 2^64 - 1.
 */
struct varlink_answer {
    json_t *parameters;     /* an object; of an error too, where it has some */
    char error[128];        /* its name, or "" */
};

/*
 * Call a method of the service at this path, with these parameters, which stay
 * the caller's, and wait for milliseconds at most in all.  The answer is freed
 * with varlink_answer_free(), whatever the result is.
 */
enum varlink_result
varlink_call(const char *path, const char *method, json_t *parameters,
             int milliseconds, struct varlink_answer *answer);

/*
 * The same for a method that may answer many times ("more").  Every answer's
 * parameters are given to each(), and stay the call's; when that returns false
 * no more are read, and the result is VARLINK_BROKEN.  VARLINK_REFUSED and the
 * error's name are of an error in the place of any of them.
 */
enum varlink_result
varlink_each(const char *path, const char *method, json_t *parameters,
             int milliseconds, bool (*each)(void *data, json_t *parameters),
             void *data, struct varlink_answer *answer);

/*
 * The same answer from the bytes of one message, without the zero byte:
 * VARLINK_OK, VARLINK_REFUSED or VARLINK_BROKEN.
 */
enum varlink_result
varlink_parse(const char *bytes, size_t length,
              struct varlink_answer *answer);

void
varlink_answer_free(struct varlink_answer *answer);

#endif /* VARLINK_H */
