/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a JSON user record says about whether somebody may log in. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <jansson.h>
#include <stdint.h>

/* What the system knows of an account. */
enum account {
    ACCOUNT_GOOD,
    ACCOUNT_NONE,           /* there is none of exactly this name */
    ACCOUNT_LOCKED,
    ACCOUNT_EXPIRED,
    ACCOUNT_NOT_YET,        /* it is valid from a later time on */
    ACCOUNT_UNKNOWN         /* nobody could say, so it is not let in */
};

/* What the sections for single machines are compared with. */
struct machine {
    char id[33];
    char host[256];
};

/*
 * Read a record of systemd's User/Group API, which must be one of this user.
 * A field that counts and is not what the specification says makes the whole
 * record worth nothing: ACCOUNT_UNKNOWN.  now is in microseconds since 1970, and
 * *ends, of an account that is good, in seconds: when it expires, or 0.
 */
enum account
account_from_record(json_t *record, const char *user,
                    const struct machine *machine, uint64_t now,
                    uint64_t *ends);

#endif /* ACCOUNT_H */
