/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Asking the system who somebody is. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "account.h"

/* Paths; NULL where there is nothing to ask. */
struct sources {
    char *userdb;       /* the socket of systemd-userdbd */
    char *passwd;       /* a file to read in the place of both: --root */
    char *accountd;     /* the socket of localkdc-accountd */
    struct machine machine;
};

/*
 * What they say together, each of which can refuse.  This can take long where
 * the system's name service does.  *ends is when an account that is good
 * expires, in seconds since 1970, or 0.
 */
enum account
system_account(const struct sources *sources, const char *user,
               uint64_t *ends);

/* The names that the sections of a record for single machines go by. */
void
system_machine(struct machine *machine);

#endif /* SYSTEM_H */
