/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "answer.h"

#include <string.h>

#include "common/harmless.h"

/*
 * A realm that an acceptor tells becomes part of names that are shown, by krb5
 * too, and stored, so it must look like one.
 */
static bool
is_realm(const struct der *realm)
{
    char shown[256] = "";
    size_t i;

    if (realm->length == 0 || realm->length > 255 || der_equal(realm, ".", 1))
        return false;
    for (i = 0; i < realm->length; i++) {
        if (realm->data[i] <= ' ' ||
                memchr("/@\\", realm->data[i], 3) != NULL)
            return false;
    }
    memcpy(shown, realm->data, realm->length);
    harmless(shown, "");
    return der_equal(realm, shown, realm->length);
}

bool
answer_is_realm(const char *realm)
{
    struct der bytes = der_from(realm, realm == NULL ? 0 : strlen(realm));

    return is_realm(&bytes);
}

bool
answer_tells_realm(const struct token *token, krb5_error_code refusal,
                   const char *refused)
{
    return refusal == KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND &&
        is_realm(&token->realm) &&
        !der_equal(&token->realm, refused, strlen(refused));
}

enum iakerb_code
answer_check(krb5_context context, const struct token *token,
             const char *client, bool discovering, krb5_error_code *refusal,
             struct iakerb_error *error)
{
    enum kdc_message kind;
    struct der contents;

    *refusal = 0;
    kind = token_message(token, &contents);
    if (contents.failed)
        goto malformed;
    switch (kind) {
    case KDC_NONE:
        if (!discovering)
            goto malformed;
        if (is_realm(&token->realm))
            return IAKERB_DONE;
        if (token->realm.length > 0 && !der_equal(&token->realm, ".", 1))
            return error_set(error, IAKERB_REALM_UNKNOWN, "the server tells a "
                             "realm that cannot be one; name it: %s@REALM",
                             client);
        return error_set(error, IAKERB_REALM_UNKNOWN, "the server does not "
                         "tell its realm; name it: %s@REALM", client);
    case KDC_KRB_ERROR:
        *refusal = token_refusal(context, &token->message, NULL,
                                 NULL);
        if (!discovering)
            return IAKERB_DONE;
        return error_set(error, IAKERB_REALM_UNKNOWN, "the server cannot "
                         "tell its realm; name it: %s@REALM", client);
    case KDC_AS_REP:
    case KDC_TGS_REP:
        if (!discovering)
            return IAKERB_DONE;
        break;
    default:
        break;
    }

malformed:
    return error_set(error, IAKERB_MALFORMED, "the server's token does not "
                     "hold the Kerberos message that was due");
}
