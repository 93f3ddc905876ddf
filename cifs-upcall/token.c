/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

/* More than what SPNEGO puts around a token. */
#define FRAMING_BYTES 128

static const gss_OID_desc spnego = { 6, "\x2b\x06\x01\x05\x05\x02" };

/* ---- SPNEGO (RFC 4178, section 4.2), from the end to the start -------- */

static uint8_t *
put(uint8_t *start, const void *data, size_t length)
{
    return memcpy(start - length, data, length);
}

/* A tag, and the length of what is between start and end. */
static uint8_t *
put_tag(uint8_t *start, uint8_t tag, const uint8_t *end)
{
    size_t length = end - start, rest = length;

    if (length >= 0x80) {
        for (length = 0x80; rest > 0; rest >>= 8, length++)
            *--start = rest & 0xFF;
    }
    *--start = length;
    *--start = tag;
    return start;
}

static uint8_t *
put_oid(uint8_t *start, gss_const_OID oid)
{
    return put_tag(put(start, oid->elements, oid->length), 0x06, start);
}

/* *out is to be freed with free(). */
static bool
wrap(const gss_buffer_desc *token, gss_const_OID mechanism,
     struct bytes *out, struct reason *reason)
{
    size_t size = FRAMING_BYTES + token->length;
    uint8_t *buffer = malloc(size), *start, *token_start, *end;

    if (buffer == NULL)
        return reason_no_memory(reason);
    end = buffer + size;
    start = put_tag(put(end, token->value, token->length), 0x04, end);
    token_start = put_tag(start, 0xA2, end);            /* mechToken */
    start = put_oid(token_start, mechanism);
    start = put_tag(start, 0x30, token_start);
    start = put_tag(start, 0xA0, token_start);          /* mechTypes */
    start = put_tag(start, 0x30, end);
    start = put_oid(put_tag(start, 0xA0, end), &spnego); /* NegTokenInit */
    start = put_tag(start, 0x60, end);
    memmove(buffer, start, end - start);
    *out = (struct bytes){ buffer, end - start };
    return true;
}

/* ---- The AP-REQ ------------------------------------------------------- */

static bool
acquire(const char *ccache, gss_cred_id_t *credential, struct reason *reason)
{
    gss_key_value_element_desc element = { "ccache", ccache };
    gss_key_value_set_desc store = { 1, &element };
    gss_OID_set_desc kerberos = { 1, (gss_OID)gss_mech_krb5 };
    OM_uint32 major, minor;

    major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0, &kerberos,
                                  GSS_C_INITIATE, &store, credential, NULL,
                                  NULL);
    return major == GSS_S_COMPLETE ||
        reason_gss(reason, minor, "cannot use the tickets");
}

/* The first token is the last one too: without mutual authentication the
 * context has its key when the token is made. */
static bool
initiate(gss_cred_id_t credential, const char *service, gss_ctx_id_t *context,
         gss_buffer_t token, struct reason *reason)
{
    gss_buffer_desc text = { strlen(service), (char *)service };
    gss_name_t target = GSS_C_NO_NAME;
    OM_uint32 major, minor, tmp;

    major = gss_import_name(&minor, &text,
                            (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &target);
    if (major == GSS_S_COMPLETE)
        major = gss_init_sec_context(&minor, credential, context, target,
                                     (gss_OID)gss_mech_krb5, GSS_C_INTEG_FLAG,
                                     0, GSS_C_NO_CHANNEL_BINDINGS,
                                     GSS_C_NO_BUFFER, NULL, token, NULL, NULL);
    gss_release_name(&tmp, &target);
    return major == GSS_S_COMPLETE ||
        reason_gss(reason, minor, "cannot make a token");
}

bool
token_make(const char *ccache, const char *service, gss_const_OID mechanism,
           struct payload *payload, struct reason *reason)
{
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
    gss_buffer_set_t key = GSS_C_NO_BUFFER_SET;
    struct bytes wrapped = { 0 };
    OM_uint32 minor, tmp;
    bool done;

    done = acquire(ccache, &credential, reason) &&
        initiate(credential, service, &context, &token, reason);
    if (done && (gss_inquire_sec_context_by_oid(
                     &minor, context, GSS_C_INQ_SSPI_SESSION_KEY,
                     &key) != GSS_S_COMPLETE || key->count < 1))
        done = reason_gss(reason, minor, "cannot get at the session key");
    done = done && wrap(&token, mechanism, &wrapped, reason) &&
        payload_fill(payload, key->elements[0].value, key->elements[0].length,
                     wrapped.data, wrapped.length, reason);

    free(wrapped.data);
    gss_release_buffer_set(&tmp, &key);
    gss_release_buffer(&tmp, &token);
    gss_delete_sec_context(&tmp, &context, GSS_C_NO_BUFFER);
    gss_release_cred(&tmp, &credential);
    return done;
}
