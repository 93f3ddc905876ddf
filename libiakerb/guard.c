/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "guard.h"

#include "request.h"

static bool
is_served(const char *const *realms, const struct der *realm)
{
    for (; *realms != NULL; realms++) {
        if (der_equal(realm, *realms, strlen(*realms)))
            return true;
    }
    return false;
}

static enum iakerb_code
refuse_realm(const char *const *realms, struct iakerb_error *error)
{
    /* The peer's realm is not quoted: it could be anything. */
    return error_set(error, IAKERB_REALM_REFUSED,
                     "the client asks for another realm than %s, which this "
                     "server serves", realms[0]);
}

enum iakerb_code
guard_check(const char *const *realms, const struct token *token,
            struct iakerb_error *error)
{
    struct request request;
    struct der message;
    enum kdc_message kind;

    kind = token_message(token, &message);
    if (kind == KDC_NONE) {
        if (token->realm.length == 0)
            return IAKERB_DONE;
        return error_set(error, IAKERB_MALFORMED,
                         "the client's token names a realm, but holds no "
                         "Kerberos message");
    }
    if (message.failed || (kind != KDC_AS_REQ && kind != KDC_TGS_REQ))
        return error_set(error, IAKERB_MALFORMED,
                         "the client's token holds something else than one "
                         "Kerberos AS-REQ or TGS-REQ");
    if (!is_served(realms, &token->realm))
        return refuse_realm(realms, error);

    if (!request_parse(message, &request))
        return error_set(error, IAKERB_MALFORMED, "the client's Kerberos "
                         "request is none that a KDC can read");
    if (!is_served(realms, &request.realm))
        return refuse_realm(realms, error);
    return IAKERB_DONE;
}

/* As many as this a name may have, here. */
#define MAX_COMPONENTS 8

static krb5_data
data_of(struct der contents)
{
    return (krb5_data){ .magic = KV5M_DATA, .length = contents.length,
                        .data = (char *)contents.data };
}

/*
 * PrincipalName ::= SEQUENCE { name-type [0] Int32,
 *                              name-string [1] SEQUENCE OF KerberosString }
 */
char *
guard_client(krb5_context context, const struct token *token)
{
    krb5_data components[MAX_COMPONENTS];
    krb5_principal_data principal = {
        .magic = KV5M_PRINCIPAL, .data = components, .type = KRB5_NT_UNKNOWN
    };
    struct request request;
    struct der message, names;
    char *name = NULL;

    if (token_message(token, &message) != KDC_AS_REQ ||
            !request_parse(message, &request))
        return NULL;
    der_get(&request.client, DER_CONTEXT(0));
    names = der_get(&request.client, DER_CONTEXT(1));
    names = der_only(&names, DER_SEQUENCE);
    while (names.length > 0 && principal.length < MAX_COMPONENTS)
        components[principal.length++] =
            data_of(der_get(&names, DER_GENERAL_STRING));
    if (names.failed || names.length > 0 || principal.length == 0)
        return NULL;
    principal.realm = data_of(request.realm);
    return krb5_unparse_name(context, &principal, &name) == 0 ? name : NULL;
}
