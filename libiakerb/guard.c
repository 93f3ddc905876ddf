/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "guard.h"

/*
 * The realm in a KDC-REQ (RFC 4120, section 5.4.1):
 *
 *   KDC-REQ ::= SEQUENCE { pvno [1], msg-type [2], padata [3] OPTIONAL,
 *                          req-body [4] SEQUENCE { kdc-options [0],
 *                            cname [1] OPTIONAL, realm [2] Realm, ... } }
 *
 * Failed, if there is none.  The KDC checks the rest.
 */
static struct der
request_realm(struct der request)
{
    struct der fields, body, realm;

    fields = der_only(&request, DER_SEQUENCE);
    der_get(&fields, DER_CONTEXT(1));
    der_get(&fields, DER_CONTEXT(2));
    if (der_is(&fields, DER_CONTEXT(3)))
        der_get(&fields, DER_CONTEXT(3));
    body = der_only(&fields, DER_CONTEXT(4));
    fields = der_only(&body, DER_SEQUENCE);
    der_get(&fields, DER_CONTEXT(0));
    if (der_is(&fields, DER_CONTEXT(1)))
        der_get(&fields, DER_CONTEXT(1));
    realm = der_get(&fields, DER_CONTEXT(2));
    return der_only(&realm, DER_GENERAL_STRING);
}

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
    struct der request, realm;
    enum kdc_message kind;

    kind = token_message(token, &request);
    if (kind == KDC_NONE) {
        if (token->realm.length == 0)
            return IAKERB_DONE;
        return error_set(error, IAKERB_MALFORMED,
                         "the client's token names a realm, but holds no "
                         "Kerberos message");
    }
    if (request.failed || (kind != KDC_AS_REQ && kind != KDC_TGS_REQ))
        return error_set(error, IAKERB_MALFORMED,
                         "the client's token holds something else than one "
                         "Kerberos AS-REQ or TGS-REQ");
    if (!is_served(realms, &token->realm))
        return refuse_realm(realms, error);

    realm = request_realm(request);
    if (realm.failed)
        return error_set(error, IAKERB_MALFORMED,
                         "the client's Kerberos request has no realm");
    if (!is_served(realms, &realm))
        return refuse_realm(realms, error);
    return IAKERB_DONE;
}
