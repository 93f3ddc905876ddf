/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The guard lets nothing through for a realm that is not listed, in the header
 * or in the request.  What the request asks for is decided here by krb5's own
 * decoder, the one that a KDC reads it with.
 */

#include <stdlib.h>

#include "target.h"
#include "libiakerb/guard.h"

/* Exported by libkrb5 for its KDC, but in no public header. */
krb5_error_code
decode_krb5_as_req(const krb5_data *code, krb5_kdc_req **request);

krb5_error_code
decode_krb5_tgs_req(const krb5_data *code, krb5_kdc_req **request);

void KRB5_CALLCONV
krb5_free_kdc_req(krb5_context context, krb5_kdc_req *request);

static const char *const realms[] = { "NAS", "WORKSHOP.EXAMPLE", NULL };

static bool
listed(const void *realm, size_t length)
{
    size_t i;

    for (i = 0; realms[i] != NULL; i++) {
        if (length == strlen(realms[i]) &&
                memcmp(realm, realms[i], length) == 0)
            return true;
    }
    return false;
}

static bool
principal_listed(krb5_const_principal principal)
{
    return listed(principal->realm.data, principal->realm.length);
}

static void
check_admitted(krb5_context context, const struct token *token)
{
    krb5_data data = {
        .data = (char *)token->message.data, .length = token->message.length
    };
    krb5_kdc_req *request = NULL;

    if (data.length == 0) {
        must(token->realm.length == 0);
        return;
    }
    must(listed(token->realm.data, token->realm.length));
    if (decode_krb5_as_req(&data, &request) == 0) {
        if (request->client != NULL)
            must(principal_listed(request->client));
    } else if (decode_krb5_tgs_req(&data, &request) != 0) {
        /* No KDC can read it. */
        must(data.data[0] == KDC_AS_REQ || data.data[0] == KDC_TGS_REQ);
        return;
    }
    if (request->server != NULL)
        must(principal_listed(request->server));
    krb5_free_kdc_req(context, request);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gss_buffer_desc bytes = { size, (void *)data };
    static krb5_context context;
    struct iakerb_error error;
    enum iakerb_code code;
    struct token token;

    if (context == NULL)
        must(krb5_init_context(&context) == 0);
    if (token_parse(&bytes, &token, NULL) != IAKERB_DONE ||
            token.kind != TOKEN_PROXY)
        return 0;
    krb5_free_unparsed_name(context, guard_client(context, &token));
    code = guard_check(realms, &token, &error);
    if (code == IAKERB_DONE)
        check_admitted(context, &token);
    else
        must(error.code == code && (code == IAKERB_REALM_REFUSED ||
                                    code == IAKERB_MALFORMED));
    return 0;
}
