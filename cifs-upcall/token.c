/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "token.h"

#include <errno.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

static gss_OID_desc spnego = { 6, "\x2b\x06\x01\x05\x05\x02" };

/* A credential of SPNEGO that speaks Kerberos and nothing else. */
static bool
acquire(const char *ccache, gss_cred_id_t *credential, struct reason *reason)
{
    gss_key_value_element_desc element = { "ccache", ccache };
    gss_key_value_set_desc store = { 1, &element };
    gss_OID_set_desc mechanisms = { 1, &spnego };
    gss_OID_set_desc kerberos = { 1, (gss_OID)gss_mech_krb5 };
    OM_uint32 major, minor;

    major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0, &mechanisms,
                                  GSS_C_INITIATE, &store, credential, NULL,
                                  NULL);
    if (major == GSS_S_COMPLETE)
        major = gss_set_neg_mechs(&minor, *credential, &kerberos);
    return major == GSS_S_COMPLETE ||
        reason_gss(reason, minor, "cannot use the tickets");
}

/*
 * The first token is the last one too: without mutual authentication the
 * context has its key when the token is made.  That SPNEGO waits for an answer
 * is of no matter; the kernel takes that one.
 */
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
                                     &spnego, GSS_C_INTEG_FLAG, 0,
                                     GSS_C_NO_CHANNEL_BINDINGS,
                                     GSS_C_NO_BUFFER, NULL, token, NULL, NULL);
    gss_release_name(&tmp, &target);
    return !GSS_ERROR(major) ||
        reason_gss(reason, minor, "cannot make a token");
}

/*
 * The OID that Windows 2000 has for Kerberos is the right one but for a bit.
 * It stands in the list of mechanisms, which comes first in the token.
 */
static void
use_microsoft_oid(gss_buffer_t token)
{
    uint8_t *oid = memmem(token->value, token->length,
                          gss_mech_krb5->elements, gss_mech_krb5->length);

    if (oid != NULL)
        oid[3] = ((uint8_t *)gss_mech_krb5_wrong->elements)[3];
}

bool
token_make(const char *ccache, const char *service, bool microsoft,
           struct payload *payload, struct reason *reason)
{
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
    gss_buffer_set_t key = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor, tmp;
    bool done;

    done = acquire(ccache, &credential, reason) &&
        initiate(credential, service, &context, &token, reason);
    if (done && (gss_inquire_sec_context_by_oid(
                     &minor, context, GSS_C_INQ_SSPI_SESSION_KEY,
                     &key) != GSS_S_COMPLETE || key->count < 1))
        done = reason_gss(reason, minor, "cannot get at the session key");
    if (done && microsoft)
        use_microsoft_oid(&token);
    done = done && payload_fill(payload, key->elements[0].value,
                                key->elements[0].length, token.value,
                                token.length, reason);

    gss_release_buffer_set(&tmp, &key);
    gss_release_buffer(&tmp, &token);
    gss_delete_sec_context(&tmp, &context, GSS_C_NO_BUFFER);
    gss_release_cred(&tmp, &credential);
    return done;
}
