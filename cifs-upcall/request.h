/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tickets are wanted for. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>

struct request {
    const char *host;           /* the service is cifs/host */
    const char *address;        /* of the server */
    const char *user;           /* whose tickets, or empty: anybody's */
    bool user_is_hint;          /* others' tickets will do too */
    const char *keytab;         /* or NULL for the system's */
    bool trust_dns;             /* the host may be whose address it is */
};

#endif /* REQUEST_H */
