/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "token.h"

#include <stdio.h>

#include "common/harmless.h"
#include "common/writer.h"

/* The last number of RFC 4120, section 7.5.9, that krb5 has a code for. */
#define KRB_ERROR_MAX 127

/* PA-ENC-TIMESTAMP (RFC 4120, section 7.5.2). */
#define ENC_TIMESTAMP 2

/* The token id of IAKERB_PROXY (draft, section 3). */
static const uint8_t proxy_id[] = { 0x05, 0x01 };

/* ---- Parsing ---------------------------------------------------------- */

/*
 * The header's fields come in the order of their tags, each at most once.
 * Fields that the draft does not name are passed over: Windows sends a [3].
 */
static bool
parse_header(struct der header, struct token *token)
{
    unsigned int last = 0, tag;
    struct der field;
    bool have_realm = false;

    while (header.length > 0) {
        tag = header.data[0];
        if (tag < DER_CONTEXT(0) || tag > DER_CONTEXT(30) || tag <= last)
            return false;
        last = tag;
        field = der_get(&header, tag);
        if (tag == DER_CONTEXT(1)) {
            token->realm = der_only(&field, DER_UTF8_STRING);
            have_realm = true;
        } else if (tag == DER_CONTEXT(2)) {
            der_only(&field, DER_OCTET_STRING);
        }
        if (field.failed)
            return false;
    }
    return have_realm && !header.failed;
}

enum iakerb_code
token_parse(const gss_buffer_desc *bytes, struct token *token,
            struct iakerb_error *error)
{
    struct der in = der_from(bytes->value, bytes->length);
    struct der oid, id, header;

    *token = (struct token){ .kind = TOKEN_UNFRAMED, .body = in };
    if (!der_is(&in, DER_INITIAL_TOKEN))
        return IAKERB_DONE;

    in = der_only(&in, DER_INITIAL_TOKEN);
    oid = der_get(&in, DER_OID);
    if (in.failed)
        return error_set(error, IAKERB_MALFORMED,
                         "the peer's token has a broken GSS-API framing");

    token->body = in;
    if (oid_is(&oid, &oid_krb5)) {
        token->kind = TOKEN_AP_KRB5;
        return IAKERB_DONE;
    }
    if (!oid_is(&oid, &oid_iakerb)) {
        token->kind = TOKEN_FOREIGN;
        return IAKERB_DONE;
    }

    id = der_bytes(&in, sizeof(proxy_id));
    if (id.failed)
        return error_set(error, IAKERB_MALFORMED,
                         "the peer's token ends before its token id");
    if (!der_equal(&id, proxy_id, sizeof(proxy_id))) {
        token->kind = TOKEN_AP_IAKERB;
        return IAKERB_DONE;
    }

    token->kind = TOKEN_PROXY;
    header = der_get(&in, DER_SEQUENCE);
    if (in.failed || !parse_header(header, token))
        return error_set(error, IAKERB_MALFORMED,
                         "the peer's token has a broken IAKERB-HEADER");
    token->message = in;
    return IAKERB_DONE;
}

enum kdc_message
token_message(const struct token *token, struct der *contents)
{
    struct der message = token->message;
    uint8_t tag;

    *contents = der_from(NULL, 0);
    if (message.length == 0)
        return KDC_NONE;
    tag = message.data[0];
    *contents = der_only(&message, tag);
    return tag;
}

krb5_error_code
token_refusal(krb5_context context, const struct der *message,
              krb5_principal *client, krb5_principal *service)
{
    krb5_data data = {
        .data = (char *)message->data, .length = message->length
    };
    krb5_error *reply = NULL;
    krb5_error_code code;

    if (client != NULL)
        *client = NULL;
    if (service != NULL)
        *service = NULL;
    if (!der_is(message, KDC_KRB_ERROR) ||
            krb5_rd_error(context, &data, &reply) != 0)
        return 0;
    code = reply->error > 0 && reply->error <= KRB_ERROR_MAX ?
        ERROR_TABLE_BASE_krb5 + (krb5_error_code)reply->error :
        KRB5KRB_ERR_GENERIC;
    if (code == KRB5KDC_ERR_PREAUTH_REQUIRED ||
            code == KRB5KDC_ERR_MORE_PREAUTH_DATA_REQUIRED)
        code = 0;
    if (code != 0 && client != NULL) {
        *client = reply->client;
        reply->client = NULL;
    }
    if (code != 0 && service != NULL) {
        *service = reply->server;
        reply->server = NULL;
    }
    krb5_free_error(context, reply);
    return code;
}

void
token_said(krb5_context context, const struct der *message, char *text,
           size_t size)
{
    krb5_data data = {
        .data = (char *)message->data, .length = message->length
    };
    krb5_error *reply = NULL;

    text[0] = '\0';
    if (!der_is(message, KDC_KRB_ERROR) ||
            krb5_rd_error(context, &data, &reply) != 0)
        return;
    if (reply->error == KRB5KRB_ERR_GENERIC - ERROR_TABLE_BASE_krb5 &&
            reply->text.length > 0 &&
            reply->text.length < size) {
        memcpy(text, reply->text.data, reply->text.length);
        text[reply->text.length] = '\0';
        harmless(text, "");
    }
    krb5_free_error(context, reply);
}

static void
add_offered(const struct der *type, char *text, size_t size)
{
    static const struct {
        uint8_t type[2];
        const char *name;
    } kinds[] = {
        { { 0, 2 }, "encrypted timestamp" },
        { { 0, 16 }, "PKINIT" },
        { { 0, 136 }, "FAST" },
        { { 0, 141 }, "OTP" },
        { { 0, 151 }, "SPAKE" }
    };
    size_t i, used = strlen(text);

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        /* An INTEGER from 128 on begins with a zero. */
        if ((der_equal(type, kinds[i].type, 2) ||
             der_equal(type, kinds[i].type + 1, 1)) &&
                strstr(text, kinds[i].name) == NULL)
            snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "",
                     kinds[i].name);
    }
}

void
token_offered(krb5_context context, const struct der *message, char *text,
              size_t size)
{
    krb5_data data = {
        .data = (char *)message->data, .length = message->length
    };
    struct der in, list, entry, field, type;
    krb5_error *reply = NULL;

    text[0] = '\0';
    if (!der_is(message, KDC_KRB_ERROR) ||
            krb5_rd_error(context, &data, &reply) != 0)
        return;
    in = der_from(reply->e_data.data, reply->e_data.length);
    list = der_only(&in, DER_SEQUENCE);
    while (list.length > 0) {
        entry = der_get(&list, DER_SEQUENCE);
        field = der_get(&entry, DER_CONTEXT(1));
        type = der_only(&field, DER_INTEGER);
        if (!type.failed)
            add_offered(&type, text, size);
    }
    krb5_free_error(context, reply);
}

static bool
is_number(struct der integer, uint8_t number)
{
    while (integer.length > 1 && integer.data[0] == 0)
        der_byte(&integer);
    return der_equal(&integer, &number, 1);
}

bool
token_has_timestamp(const struct der *message)
{
    struct der in = *message, request, field, list, entry, type;
    bool found = false;

    if (!der_is(&in, KDC_AS_REQ))
        return false;
    in = der_only(&in, KDC_AS_REQ);
    request = der_only(&in, DER_SEQUENCE);
    der_get(&request, DER_CONTEXT(1));
    der_get(&request, DER_CONTEXT(2));
    if (request.failed || !der_is(&request, DER_CONTEXT(3)))
        return request.failed;
    field = der_get(&request, DER_CONTEXT(3));
    list = der_only(&field, DER_SEQUENCE);
    while (list.length > 0) {
        entry = der_get(&list, DER_SEQUENCE);
        field = der_get(&entry, DER_CONTEXT(1));
        type = der_only(&field, DER_INTEGER);
        if (type.length == 0 || is_number(type, ENC_TIMESTAMP))
            found = true;
    }
    return found || list.failed || request.failed;
}

/* ---- Making ----------------------------------------------------------- */

enum iakerb_code
token_make_proxy(const struct der *realm, const struct der *message,
                 gss_buffer_desc *out, struct iakerb_error *error)
{
    struct writer w;
    size_t mark;

    writer_start(&w, realm->length + message->length);
    put_bytes(&w, message->data, message->length);
    mark = w.used;
    put_bytes(&w, realm->data, realm->length);
    put_tag(&w, DER_UTF8_STRING, mark);
    put_tag(&w, DER_CONTEXT(1), mark);
    put_tag(&w, DER_SEQUENCE, mark);
    put_bytes(&w, proxy_id, sizeof(proxy_id));
    put_framing(&w, &oid_iakerb);
    return writer_take(&w, &out->value, &out->length) ? IAKERB_DONE :
        error_no_memory(error);
}

enum iakerb_code
token_make_ap(enum token_kind kind, const struct der *body,
              gss_buffer_desc *out, struct iakerb_error *error)
{
    struct writer w;

    writer_start(&w, body->length);
    put_bytes(&w, body->data, body->length);
    put_framing(&w, kind == TOKEN_AP_IAKERB ? &oid_iakerb : &oid_krb5);
    return writer_take(&w, &out->value, &out->length) ? IAKERB_DONE :
        error_no_memory(error);
}
