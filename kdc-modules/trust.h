/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What this realm's KDC grants across realms.
 *
 * A trust is the principal krbtgt/B@A, which is in both databases with one
 * key: A issues tickets for it, and B accepts them.  How far the trust goes is
 * said by string attributes of that principal, so that they are there exactly
 * as long as the key is (kadmin.local: setstr, getstrs):
 *
 *   trust_until      when the trust ends, in seconds since 1970
 *   trust_services   the services that A's users may have tickets for at B,
 *                    as first components of principals: "cifs http"; without
 *                    it cifs alone
 *
 * A principal without trust_until is no trust.
 */
#ifndef KDC_MODULES_TRUST_H
#define KDC_MODULES_TRUST_H

#include <stdbool.h>
#include <time.h>

#include <krb5.h>
#include <kdb.h>

/* The longest value of an attribute that is read, in bytes. */
#define TRUST_ATTRIBUTE_MAX 1024

/* What a KDC has before it when it is about to issue a ticket. */
struct trust_request {
    const char *own;                /* the realm's name */
    krb5_const_principal client;    /* who the ticket would be for */
    krb5_const_principal header;    /* the service of the ticket that the
                                     * request came with; NULL in an AS-REQ */
    krb5_const_principal server;    /* what the ticket would be for */
    bool delegated;                 /* by somebody else's ticket: S4U2Proxy,
                                     * or user to user */
};

/* Which trust a request needs, if any. */
enum trust_need {
    TRUST_NOT_NEEDED,       /* the realm's own user, at a service of its own */
    TRUST_OUTGOING,         /* its own user, on the way to another realm */
    TRUST_INCOMING,         /* another realm's user */
    TRUST_REFUSED           /* whatever trusts there are; *status says why */
};

/*
 * Find out what a request needs.  With TRUST_OUTGOING that is the principal
 * request->server, with TRUST_INCOMING it is krbtgt/OWN@REALM-OF-THE-CLIENT.
 */
enum trust_need
trust_needed(const struct trust_request *request, const char **status);

/*
 * The seconds that the trust whose attributes these are still has, or 0 when
 * it has ended or the attribute is not there or no number; at most the largest
 * krb5_deltat.
 */
krb5_deltat
trust_rest(const char *until, time_t now);

/* Whether a list of services, NULL for the default, has that of the server. */
bool
trust_allows(const char *services, krb5_const_principal server);

#endif
