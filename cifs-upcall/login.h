/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of one try to get tickets, for one name of the server. */
#ifndef LOGIN_H
#define LOGIN_H

#include "reason.h"
#include "request.h"

struct login {
    const struct request *request;
    const char *host;           /* of the request, or host_in_domain */
    char host_in_domain[IAKERB_HOST_BYTES];
    krb5_context context;
    krb5_ccache cache;
    krb5_principal client;      /* of the cache, or in the keytab */
    char *client_name;
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
