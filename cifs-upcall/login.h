/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of getting tickets for one name of the server: of one try after the
 * other, each with another source. */
#ifndef LOGIN_H
#define LOGIN_H

#include "reason.h"
#include "request.h"

/* So many users' tickets are tried, and no more. */
#define REFUSED_MAX 4

struct login {
    const struct request *request;
    krb5_context context;
    char *refused[REFUSED_MAX]; /* whose tickets are not taken */
    int refused_count;

    /* Of this try. */
    const char *host;           /* of the request, or host_in_domain */
    char host_in_domain[IAKERB_HOST_BYTES];
    krb5_ccache cache;
    krb5_principal client;      /* of the cache, or in the keytab */
    char *client_name;
    bool from_cache;            /* and not with a key */
    bool not_taken;             /* what was in that cache */
    bool through_server;
    bool service_unknown;       /* to the KDC */
    krb5_error_code no_kdc;     /* why the realm's KDC was of no use, or 0 */
};

/* Whether the KDC of the client's realm can only be reached through the
 * server. */
static inline bool
login_is_local(const struct login *login)
{
    bool local = false;

    return iakerb_realm_is_local(login->client->realm.data, &local,
                                 NULL) == IAKERB_DONE && local;
}

#endif /* LOGIN_H */
