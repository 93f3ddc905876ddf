/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "iakerb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <profile.h>

#include "guard.h"
#include "common/harmless.h"
#include "limit.h"
#include "params.h"

enum state {
    STATE_PROXY,                /* messages for the KDC may come */
    STATE_AP,                   /* the AP exchange has begun */
    STATE_DONE,
    STATE_FAILED
};

#define AP_REQ DER_APPLICATION(14)      /* RFC 4120, section 5.10 */

struct iakerb_acceptor {
    enum state state;
    char *keytab;               /* NULL: the default one */
    gss_cred_id_t gss;          /* of gss_mech_iakerb, until a client turns to
                                 * gss_mech_krb5 */
    gss_ctx_id_t context;
    krb5_context krb5;          /* NULL until a message is passed on */
    char **realms;
    bool require_finished;
    gss_channel_bindings_t bindings;
    struct limits limits;
    unsigned int kdc_timeout;   /* seconds; 0: the configuration has none */
    struct iakerb_error refusal;
    char *client;               /* of the last AS-REQ, or NULL */
};

/* ---- Making ----------------------------------------------------------- */

static enum iakerb_code
copy_realms(struct iakerb_acceptor *self, const char *const *realms,
            struct iakerb_error *error)
{
    size_t count = 0, i;

    while (realms != NULL && realms[count] != NULL)
        count++;
    if (count == 0)
        return error_set(error, IAKERB_INVALID, "no realm was named");
    self->realms = calloc(count + 1, sizeof(*self->realms));
    if (self->realms == NULL)
        return error_no_memory(error);
    for (i = 0; i < count; i++) {
        self->realms[i] = strdup(realms[i]);
        if (self->realms[i] == NULL)
            return error_no_memory(error);
    }
    return IAKERB_DONE;
}

/* Of one mechanism: both take twice as long, and most clients need one. */
static enum iakerb_code
acquire(struct iakerb_acceptor *self, gss_OID mechanism,
        struct iakerb_error *error)
{
    gss_key_value_element_desc element = { "keytab", self->keytab };
    gss_key_value_set_desc store = { 1, &element };
    gss_OID_set_desc mechanisms = { 1, mechanism };
    OM_uint32 major, minor;

    major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0, &mechanisms,
                                  GSS_C_ACCEPT,
                                  self->keytab != NULL ? &store : NULL,
                                  &self->gss, NULL, NULL);
    return GSS_ERROR(major) ?
        error_gss(error, major, minor, IAKERB_NO_CREDENTIALS,
                  "cannot use the keytab") : IAKERB_DONE;
}

/* How long MIT's acceptor waits for a KDC, from the krb5 configuration. */
static unsigned int
configured_timeout(krb5_context context)
{
    struct _profile_t *profile = NULL;
    krb5_deltat seconds = 0;
    char *value = NULL;

    if (krb5_get_profile(context, &profile) != 0)
        return 0;
    if (profile_get_string(profile, "libdefaults", "request_timeout", NULL,
                           NULL, &value) != 0 || value == NULL ||
            krb5_string_to_deltat(value, &seconds) != 0 || seconds < 0)
        seconds = 0;
    profile_release_string(value);
    profile_release(profile);
    return seconds;
}

/* A login with a ticket passes nothing on, and needs no krb5 context. */
static enum iakerb_code
open_context(struct iakerb_acceptor *self, struct iakerb_error *error)
{
    krb5_error_code ret;

    if (self->krb5 != NULL)
        return IAKERB_DONE;
    ret = krb5_init_context(&self->krb5);
    if (ret != 0)
        return error_krb5(error, NULL, ret, IAKERB_SYSTEM,
                          "cannot read the krb5 configuration");
    self->kdc_timeout = configured_timeout(self->krb5);
    return IAKERB_DONE;
}

static enum iakerb_code
create(const struct iakerb_acceptor_params *params,
       struct iakerb_acceptor **acceptor, struct iakerb_error *error)
{
    struct iakerb_acceptor *self;
    enum iakerb_code code;

    self = calloc(1, sizeof(*self));
    if (self == NULL)
        return error_no_memory(error);
    self->require_finished = params->require_finished;
    self->bindings = params->bindings;
    limits_init(&self->limits, &params->limits);

    code = copy_realms(self, params->realms, error);
    if (code != IAKERB_DONE)
        goto fail;
    if (params->keytab != NULL) {
        self->keytab = strdup(params->keytab);
        if (self->keytab == NULL) {
            code = error_no_memory(error);
            goto fail;
        }
    }
    code = acquire(self, gss_mech_iakerb, error);
    if (code != IAKERB_DONE)
        goto fail;
    *acceptor = self;
    return IAKERB_DONE;

fail:
    iakerb_acceptor_free(self);
    return code;
}

enum iakerb_code
iakerb_acceptor_create_sized(const struct iakerb_acceptor_params *params,
                             size_t size, struct iakerb_acceptor **acceptor,
                             struct iakerb_error *error)
{
    struct iakerb_acceptor_params own;
    enum iakerb_code code;

    *acceptor = NULL;
    code = params_take(&own, sizeof(own), params, size, error);
    return code == IAKERB_DONE ? create(&own, acceptor, error) : code;
}

enum iakerb_code
iakerb_acceptor_create(const struct iakerb_acceptor_params *params,
                         struct iakerb_acceptor **acceptor,
                         struct iakerb_error *error)
{
    return iakerb_acceptor_create_sized(params, ACCEPTOR_PARAMS_0, acceptor,
                                        error);
}

/* ---- Passing messages on ---------------------------------------------- */

/*
 * Tell the initiator why its message is not passed on, and which realm is the
 * one that is: a KRB-ERROR in a token of our own (draft, section 3).  MIT's
 * acceptor, which keeps a checksum over the conversation, need not know: it has
 * not begun yet, or ends here.
 */
static void
answer_refusal(struct iakerb_acceptor *self, krb5_ui_4 protocol_code,
               gss_buffer_desc *out)
{
    struct der realm = der_from(self->realms[0], strlen(self->realms[0]));
    krb5_error reply = {
        .error = protocol_code,
        .server = (krb5_principal)krb5_anonymous_principal()
    };
    krb5_data encoded = { 0 };
    struct der message;

    if (krb5_us_timeofday(self->krb5, &reply.stime, &reply.susec) != 0 ||
            krb5_mk_error(self->krb5, &reply, &encoded) != 0)
        return;
    message = der_from(encoded.data, encoded.length);
    token_make_proxy(&realm, &message, out, NULL);
    krb5_free_data_contents(self->krb5, &encoded);
}

static void
note_client(struct iakerb_acceptor *self, char *client)
{
    if (client == NULL)
        return;
    harmless(client, "");
    krb5_free_unparsed_name(self->krb5, self->client);
    self->client = client;
}

/* For a sentence, where the KDC said it; to be freed with
 * krb5_free_unparsed_name(). */
static char *
shown(struct iakerb_acceptor *self, krb5_principal principal)
{
    char *name = NULL;

    if (principal == NULL ||
            krb5_unparse_name(self->krb5, principal, &name) != 0)
        return NULL;
    return name;
}

/*
 * Remember what the KDC refused, if the answer to the initiator says so.  A
 * service that it does not know is named: it is another name of the server's,
 * which the administrator can give to it.
 */
static void
note_refusal(struct iakerb_acceptor *self, const gss_buffer_desc *out)
{
    krb5_principal client = NULL, server = NULL;
    char *name, *service;
    struct token token;
    krb5_error_code refusal;

    if (token_parse(out, &token, NULL) != IAKERB_DONE)
        return;
    refusal = token_refusal(self->krb5, &token.message, &client, &server);
    name = shown(self, client);
    service = shown(self, server);
    if (refusal != 0)
        error_refused(&self->refusal, refusal,
                      name != NULL ? name : "the client",
                      service != NULL ? service : "that was asked for");
    krb5_free_unparsed_name(self->krb5, name);
    krb5_free_unparsed_name(self->krb5, service);
    krb5_free_principal(self->krb5, client);
    krb5_free_principal(self->krb5, server);
}

static enum iakerb_code
gss_step(struct iakerb_acceptor *self, const gss_buffer_desc *in,
         gss_buffer_desc *out, struct iakerb_error *error)
{
    OM_uint32 major, minor;

    major = gss_accept_sec_context(&minor, &self->context, self->gss,
                                   (gss_buffer_t)in, self->bindings, NULL,
                                   NULL, out, NULL, NULL, NULL);
    if (!GSS_ERROR(major))
        return major & GSS_S_CONTINUE_NEEDED ? IAKERB_CONTINUE : IAKERB_DONE;
    return error_gss(error, major, minor, IAKERB_NOT_AUTHENTICATED,
                     "the login failed");
}

/* See whether the KDC can be waited for. */
static enum iakerb_code
check_time(const struct iakerb_acceptor *self, struct iakerb_error *error)
{
    if (self->kdc_timeout >= self->limits.max.seconds)
        return error_set(error, IAKERB_INVALID, "the krb5 configuration's "
                         "request_timeout of %u s leaves no time in the limit "
                         "of %u s", self->kdc_timeout,
                         self->limits.max.seconds);
    return limits_left(&self->limits, self->kdc_timeout, error);
}

/*
 * A client that has only guessed the realm goes on with the one that it is told,
 * as long as nothing has been passed on.
 */
static enum iakerb_code
refuse_realm(struct iakerb_acceptor *self, const struct iakerb_error *refusal,
             gss_buffer_desc *out, struct iakerb_error *error)
{
    answer_refusal(self, KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND -
                   ERROR_TABLE_BASE_krb5, out);
    if (self->context == GSS_C_NO_CONTEXT && self->client != NULL &&
            out->length > 0) {
        self->refusal = *refusal;
        return IAKERB_CONTINUE;
    }
    if (error != NULL)
        *error = *refusal;
    return refusal->code;
}

static enum iakerb_code
pass_on(struct iakerb_acceptor *self, const gss_buffer_desc *in,
        const struct token *token, gss_buffer_desc *out,
        struct iakerb_error *error)
{
    struct iakerb_error refusal;
    enum iakerb_code code;

    if (self->state != STATE_PROXY)
        return error_set(error, IAKERB_MALFORMED, "the client sends a message "
                         "for the KDC after its AP-REQ");
    code = open_context(self, error);
    if (code != IAKERB_DONE)
        return code;
    note_client(self, guard_client(self->krb5, token));
    code = guard_check((const char *const *)self->realms, token, &refusal);
    if (code == IAKERB_REALM_REFUSED)
        return refuse_realm(self, &refusal, out, error);
    if (code == IAKERB_DONE)
        code = check_time(self, error);
    else if (error != NULL)
        *error = refusal;
    if (code != IAKERB_DONE)
        return code;

    code = gss_step(self, in, out, error);
    if (code == IAKERB_CONTINUE)
        note_refusal(self, out);
    return code;
}

/* ---- The AP exchange -------------------------------------------------- */

static enum iakerb_code
accept_plain(struct iakerb_acceptor *self, const gss_buffer_desc *in,
             gss_buffer_desc *out, struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    OM_uint32 tmp;

    if (self->require_finished)
        return error_set(error, IAKERB_NOT_AUTHENTICATED, "the client's AP-REQ "
                         "is not bound to the conversation, which this "
                         "server insists on");
    /* An ordinary AP-REQ: a context that knows the conversation would miss
     * its checksum. */
    if (self->state == STATE_PROXY) {
        gss_delete_sec_context(&tmp, &self->context, GSS_C_NO_BUFFER);
        gss_release_cred(&tmp, &self->gss);
        code = acquire(self, gss_mech_krb5, error);
    }
    self->state = STATE_AP;
    return code == IAKERB_DONE ? gss_step(self, in, out, error) : code;
}

static enum iakerb_code
accept_bound(struct iakerb_acceptor *self, const gss_buffer_desc *in,
             gss_buffer_desc *out, struct iakerb_error *error)
{
    self->state = STATE_AP;
    return gss_step(self, in, out, error);
}

static enum iakerb_code
accept_token(struct iakerb_acceptor *self, const gss_buffer_desc *in,
             gss_buffer_desc *out, struct iakerb_error *error)
{
    struct token token;
    enum iakerb_code code;

    code = limits_token(&self->limits, in->length, error);
    if (code == IAKERB_DONE)
        code = token_parse(in, &token, error);
    if (code != IAKERB_DONE)
        return code;

    switch (token.kind) {
    case TOKEN_PROXY:
        return pass_on(self, in, &token, out, error);
    case TOKEN_AP_KRB5:
        return accept_plain(self, in, out, error);
    case TOKEN_AP_IAKERB:
        return accept_bound(self, in, out, error);
    case TOKEN_UNFRAMED:
        /* DCE style ([MS-KILE], section 3.4.5.1): no token of the AP exchange
         * has framing.  Without a conversation it is ordinary Kerberos. */
        if (self->state == STATE_PROXY && !der_is(&token.body, AP_REQ))
            break;
        return self->context == GSS_C_NO_CONTEXT ?
            accept_plain(self, in, out, error) :
            accept_bound(self, in, out, error);
    case TOKEN_FOREIGN:
        break;
    }
    return error_set(error, IAKERB_NOT_OFFERED,
                     "the client's token is neither IAKERB nor Kerberos");
}

/* The context may hold much, and the caller may hold the acceptor for long. */
static void
end_in_failure(struct iakerb_acceptor *self)
{
    OM_uint32 tmp;

    self->state = STATE_FAILED;
    gss_delete_sec_context(&tmp, &self->context, GSS_C_NO_BUFFER);
}

enum iakerb_code
iakerb_acceptor_step(struct iakerb_acceptor *acceptor,
                     const gss_buffer_desc *in, gss_buffer_desc *out,
                     struct iakerb_error *error)
{
    enum iakerb_code code;

    *out = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
    if (acceptor->state >= STATE_DONE)
        return error_set(error, IAKERB_INVALID,
                         "the login has ended: no further token is due");
    limits_start(&acceptor->limits);
    acceptor->refusal.code = IAKERB_DONE;
    code = accept_token(acceptor, in, out, error);
    if (code == IAKERB_DONE)
        acceptor->state = STATE_DONE;
    else if (code != IAKERB_CONTINUE)
        end_in_failure(acceptor);
    return code;
}

bool
iakerb_acceptor_waits(const struct iakerb_acceptor *acceptor,
                      const gss_buffer_desc *in)
{
    struct token token;

    return acceptor->state == STATE_PROXY &&
        token_parse(in, &token, NULL) == IAKERB_DONE &&
        token.kind == TOKEN_PROXY && token.message.length > 0;
}

/* ---- The rest --------------------------------------------------------- */

gss_ctx_id_t
iakerb_acceptor_context(const struct iakerb_acceptor *acceptor)
{
    return acceptor->context;
}

unsigned int
iakerb_acceptor_legs(const struct iakerb_acceptor *acceptor)
{
    return acceptor->limits.legs;
}

bool
iakerb_acceptor_refusal(const struct iakerb_acceptor *acceptor,
                        struct iakerb_error *error)
{
    if (acceptor->refusal.code == IAKERB_DONE)
        return false;
    if (error != NULL)
        *error = acceptor->refusal;
    return true;
}

const char *
iakerb_acceptor_client(const struct iakerb_acceptor *acceptor)
{
    return acceptor->client;
}

void
iakerb_acceptor_free(struct iakerb_acceptor *acceptor)
{
    OM_uint32 tmp;
    size_t i;

    if (acceptor == NULL)
        return;
    gss_delete_sec_context(&tmp, &acceptor->context, GSS_C_NO_BUFFER);
    gss_release_cred(&tmp, &acceptor->gss);
    krb5_free_unparsed_name(acceptor->krb5, acceptor->client);
    krb5_free_context(acceptor->krb5);
    for (i = 0; acceptor->realms != NULL && acceptor->realms[i] != NULL; i++)
        free(acceptor->realms[i]);
    free(acceptor->realms);
    free(acceptor->keytab);
    free(acceptor);
}
