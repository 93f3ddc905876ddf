/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What an acceptor lets through to a KDC.  A server must not become an open
 * relay to every KDC that it can reach, so a message passes only if it is
 * an AS-REQ or TGS-REQ, whole, and for a realm that the server serves: in the
 * IAKERB-HEADER, and in the request itself, where the KDC reads it.
 */
#ifndef GUARD_H
#define GUARD_H

#include "token.h"

/*
 * Check the token of an initiator, of kind TOKEN_PROXY: realm discovery
 * passes too.  Fails with IAKERB_REALM_REFUSED or IAKERB_MALFORMED.
 */
enum iakerb_code
guard_check(const char *const *realms, const struct token *token,
            struct iakerb_error *error);

/*
 * The client that an AS-REQ names, or NULL: what the peer claims, to be freed
 * with krb5_free_unparsed_name().
 */
char *
guard_client(krb5_context context, const struct token *token);

#endif /* GUARD_H */
