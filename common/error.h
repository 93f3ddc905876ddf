/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The one way in which the parts fail.  Who finds out what is wrong fills the
 * caller's error; it is passed up; who talks to a person prints it.
 *
 *     if (rename(from, to) != 0)
 *         return error_file(error, to);
 *
 * Each of these returns -1, so that a failure is one return statement; takes
 * NULL for a caller who does not want to know; needs no memory, prints
 * nothing, and leaves errno alone.  libiakerb's users get struct iakerb_error
 * instead.
 */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <stdbool.h>

/* Room for the text and its zero byte; what is longer ends in "...". */
#define ERROR_BYTES 1024

/*
 * {0} is no error.  The text is for people: whole sentences, a line each,
 * without a line feed after the last one.  What was no UTF-8 in it, or would
 * do something on a terminal instead of being seen, is '?'.  It has no secrets.
 */
struct error {
    long code;                  /* errno or krb5's, which share their numbers,
                                 * of the first line; 0 where there is none */
    char text[ERROR_BYTES];
};

/* Say what is wrong.  Where something is said already it is the cause, and
 * this becomes the next line. */
int
error_say(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, with the code that was the cause. */
int
error_code(struct error *error, long code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A system call failed, as errno says, and this is the file that it was about:
 * "/etc/krb5.conf: Permission denied". */
int
error_file(struct error *error, const char *path);

/* There was no memory; the code is ENOMEM. */
int
error_memory(struct error *error);

/* Put what it was about before the first line: "about: text". */
int
error_about(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What one error says, as further lines of another one. */
int
error_join(struct error *error, const struct error *more);

/* Whether something was said. */
bool
error_is_set(const struct error *error);

/* As if nothing had happened. */
void
error_clear(struct error *error);

/* The lines one by one: sets *line, which is NULL before the first, and returns
 * the line's length; *line is NULL after the last. */
int
error_line(const struct error *error, const char **line);

#endif /* COMMON_ERROR_H */
