/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Taking a token apart, and that putting it together again is the inverse. */

#include <stdlib.h>

#include "target.h"
#include "libiakerb/token.h"

static void
check_same(const struct der *a, const struct der *b)
{
    must(a->length == b->length && der_equal(a, b->data, b->length));
}

static struct token
parsed(const gss_buffer_desc *bytes)
{
    struct token token;

    must(token_parse(bytes, &token, NULL) == IAKERB_DONE);
    return token;
}

static void
check_proxy(const struct der *realm, const struct der *message)
{
    gss_buffer_desc made;
    struct token token;

    must(token_make_proxy(realm, message, &made, NULL) == IAKERB_DONE);
    token = parsed(&made);
    must(token.kind == TOKEN_PROXY);
    check_same(&token.realm, realm);
    check_same(&token.message, message);
    free(made.value);
}

/* There is one way only to frame an AP token, so the bytes are the same. */
static void
check_ap(const gss_buffer_desc *bytes, enum token_kind kind,
         const struct der *body)
{
    gss_buffer_desc made;
    struct token token;

    must(token_make_ap(kind, body, &made, NULL) == IAKERB_DONE);
    token = parsed(&made);
    check_same(&token.body, body);
    if (bytes != NULL) {
        must(token.kind == kind);
        must(made.length == bytes->length &&
             memcmp(made.value, bytes->value, made.length) == 0);
    }
    free(made.value);
}

static void
check_parsed(const gss_buffer_desc *bytes, krb5_context context)
{
    krb5_principal client = NULL, service = NULL;
    struct der contents;
    struct token token;
    struct iakerb_error error = { .code = IAKERB_DONE };

    if (token_parse(bytes, &token, &error) != IAKERB_DONE) {
        must(error.code == IAKERB_MALFORMED && error.message[0] != '\0');
        return;
    }
    switch (token.kind) {
    case TOKEN_PROXY:
        check_proxy(&token.realm, &token.message);
        if (token_message(&token, &contents) == KDC_NONE)
            must(token.message.length == 0);
        if (token_has_timestamp(&token.message))
            must(token_message(&token, &contents) == KDC_AS_REQ);
        if (token_refusal(context, &token.message, &client,
                          &service) == 0)
            must(client == NULL && service == NULL);
        krb5_free_principal(context, service);
        krb5_free_principal(context, client);
        break;
    case TOKEN_AP_IAKERB:
    case TOKEN_AP_KRB5:
        check_ap(bytes, token.kind, &token.body);
        break;
    case TOKEN_UNFRAMED:
        must(bytes->length == 0 || *(uint8_t *)bytes->value != 0x60);
        break;
    case TOKEN_FOREIGN:
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gss_buffer_desc bytes = { size, (void *)data };
    struct der rest = der_from(data, size), realm;
    static krb5_context context;

    if (context == NULL)
        must(krb5_init_context(&context) == 0);
    check_parsed(&bytes, context);

    realm = der_bytes(&rest, size > 0 ? data[0] % size : 0);
    check_proxy(&realm, &rest);
    check_ap(NULL, TOKEN_AP_KRB5, &rest);
    return 0;
}
