/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "common/spnego.h"

/* The token in SPNEGO that offers this mechanism alone.  *out is to be freed
 * with free(). */
static bool
wrap(const gss_buffer_desc *token, gss_const_OID mechanism,
     struct bytes *out, struct reason *reason)
{
    struct der name = der_from(mechanism->elements, mechanism->length);
    struct der in = der_from(token->value, token->length);
    const struct oid *oid = oid_find(&name);
    size_t length;
    void *made;

    if (oid == NULL || !spnego_make(true, oid, &in, &made, &length))
        return reason_no_memory(reason);
    *out = (struct bytes){ made, length };
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
