/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which principal logs in: by name, out of a cache or out of a keytab. */
#ifndef CLIENT_H
#define CLIENT_H

#include "error.h"

/*
 * The principal that "user" or "user@REALM" names; its realm is empty when
 * none is given.  NULL stays NULL.  A '\' escapes '@', '/' and '\', and is an
 * error in front of anything else, where krb5_parse_name() drops it:
 * "NAS\alice" is not "NASalice".  With KRB5_PRINCIPAL_PARSE_ENTERPRISE in
 * flags, an '@' is part of the user's name.  To be freed with
 * krb5_free_principal().
 */
enum iakerb_code
client_parse(krb5_context context, const char *user, int flags,
             krb5_principal *client, struct iakerb_error *error);

/*
 * The principal as text, which client_parse() reads again: "user", where it has
 * no realm, or "user@REALM".  To be freed with free(); NULL after a failure.
 */
enum iakerb_code
client_name(krb5_context context, krb5_const_principal client, char **name,
            struct iakerb_error *error);

/*
 * Whether a principal that is at hand is the wanted one: anybody where that is
 * NULL, and of any realm where it has none.
 */
bool
client_is(krb5_context context, krb5_const_principal found,
          krb5_const_principal wanted);

/*
 * The principal of a cache, which must be the wanted one, unless that is NULL.
 * To be freed with krb5_free_principal().
 */
enum iakerb_code
client_of_ccache(krb5_context context, const char *ccache,
                 krb5_const_principal wanted, krb5_principal *client,
                 struct iakerb_error *error);

/*
 * The first principal in a keytab that is the wanted one, or just the first
 * when wanted is NULL.  To be freed with krb5_free_principal().
 */
enum iakerb_code
client_of_keytab(krb5_context context, const char *keytab,
                 krb5_const_principal wanted, krb5_principal *client,
                 struct iakerb_error *error);

#endif /* CLIENT_H */
