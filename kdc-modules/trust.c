/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "trust.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/tgs.h"

#define DEFAULT_SERVICES "cifs"
#define SEPARATORS " ,\t"

static bool
is_text(const krb5_data *data, const char *text, size_t length)
{
    return data->length == length && memcmp(data->data, text, length) == 0;
}

static bool
is_realm(krb5_const_principal principal, const char *realm)
{
    return is_text(&principal->realm, realm, strlen(realm));
}

/* krbtgt/OTHER@OWN or krbtgt/OWN@OTHER, or one of two other realms. */
static bool
is_cross_tgs(krb5_const_principal principal, const char *own)
{
    return is_tgs(principal) &&
           !(is_realm(principal, own) &&
             is_text(&principal->data[1], own, strlen(own)));
}

/*
 * Anonymous PKINIT (RFC 8062): the client is WELLKNOWN/ANONYMOUS of the realm,
 * and in its tickets of no realm.
 */
static bool
is_anonymous(krb5_const_principal client)
{
    return is_realm(client, KRB5_ANONYMOUS_REALMSTR) ||
           (client->length == 2 &&
            is_text(&client->data[0], KRB5_WELLKNOWN_NAMESTR,
                    strlen(KRB5_WELLKNOWN_NAMESTR)) &&
            is_text(&client->data[1], KRB5_ANONYMOUS_PRINCSTR,
                    strlen(KRB5_ANONYMOUS_PRINCSTR)));
}

/*
 * Whether a foreign name is written as services compare it.  smbd's map of
 * users has no regard to case, and to it some letters beyond ASCII are cases of
 * others: ALICE would be whoever alice is here.
 */
static bool
is_plain(krb5_const_principal client)
{
    for (int i = 0; i < client->length; i++) {
        const krb5_data *part = &client->data[i];

        for (unsigned int j = 0; j < part->length; j++) {
            unsigned char c = (unsigned char)part->data[j];

            if (c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z'))
                return false;
        }
    }
    return true;
}

static enum trust_need
refuse(const char **status, const char *why)
{
    *status = why;
    return TRUST_REFUSED;
}

/* An AS exchange is for the realm's own users; a realm that is trusted is not
 * one of them, although it shares a key with this KDC. */
static enum trust_need
as_needed(const struct trust_request *request, const char **status)
{
    if (is_cross_tgs(request->client, request->own))
        return refuse(status, "TRUST_IS_NO_CLIENT");
    if (is_cross_tgs(request->server, request->own))
        return is_anonymous(request->client)
            ? refuse(status, "TRUST_NOT_ANONYMOUS") : TRUST_OUTGOING;
    return TRUST_NOT_NEEDED;
}

static enum trust_need
own_user_needed(const struct trust_request *request, const char **status)
{
    if (!is_realm(request->header, request->own))
        return refuse(status, "TRUST_CLIENT_OF_ANOTHER_REALM");
    return is_cross_tgs(request->server, request->own) ? TRUST_OUTGOING
                                                        : TRUST_NOT_NEEDED;
}

/*
 * Another realm's user has a ticket of that realm's KDC, or is about to renew
 * a ticket of this one's.  A realm vouches for its own users only.
 */
static enum trust_need
foreigner_needed(const struct trust_request *request, const char **status)
{
    bool from_abroad = !is_realm(request->header, request->own);

    if (from_abroad && !krb5_realm_compare(NULL, request->header,
                                           request->client))
        return refuse(status, "TRUST_CLIENT_OF_ANOTHER_REALM");
    if (is_tgs(request->server) || !is_realm(request->server, request->own))
        return refuse(status, "TRUST_NO_TGT_FOR_FOREIGNERS");
    if (request->delegated)
        return refuse(status, "TRUST_NO_DELEGATION");
    if (!is_plain(request->client))
        return refuse(status, "TRUST_NAME_NOT_PLAIN");
    return TRUST_INCOMING;
}

/*
 * Who joins a trust has no more than a code of nine digits: that lets him in at
 * what is offered, and nowhere else.
 */
static bool
is_pair(krb5_const_principal principal, const char *own, const char *first,
        const char *second)
{
    return principal->length == 2 && is_realm(principal, own) &&
           is_text(&principal->data[0], first, strlen(first)) &&
           is_text(&principal->data[1], second, strlen(second));
}

enum trust_need
trust_needed(const struct trust_request *request, const char **status)
{
    if (is_pair(request->client, request->own, "trust", "join") &&
            !is_pair(request->server, request->own, "trust", "offer") &&
            !is_pair(request->server, request->own, KRB5_TGS_NAME,
                     request->own))
        return refuse(status, "TRUST_CODE_FOR_NOTHING_ELSE");
    if (request->header == NULL)
        return as_needed(request, status);
    if (is_realm(request->client, request->own))
        return own_user_needed(request, status);
    if (is_anonymous(request->client) &&
            is_realm(request->header, request->own) &&
            !is_cross_tgs(request->server, request->own))
        return TRUST_NOT_NEEDED;
    return foreigner_needed(request, status);
}

krb5_deltat
trust_rest(const char *until, time_t now)
{
    char *end;
    long long when;

    /* strtoll() would take white space and signs. */
    if (until == NULL || *until < '0' || *until > '9')
        return 0;
    errno = 0;
    when = strtoll(until, &end, 10);
    if (errno != 0 || *end != '\0' || when <= now)
        return 0;
    return when - now > INT32_MAX ? INT32_MAX : (krb5_deltat)(when - now);
}

bool
trust_allows(const char *services, krb5_const_principal server)
{
    const char *word = services != NULL ? services : DEFAULT_SERVICES;
    size_t length;

    if (server->length != 2)
        return false;
    for (; *word != '\0'; word += length) {
        word += strspn(word, SEPARATORS);
        length = strcspn(word, SEPARATORS);
        if (length > 0 && is_text(&server->data[0], word, length))
            return true;
    }
    return false;
}
