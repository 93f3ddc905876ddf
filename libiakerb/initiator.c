/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "iakerb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_krb5.h>

#include "answer.h"
#include "client.h"
#include "common/refusal.h"
#include "credential.h"
#include "limit.h"
#include "outgoing.h"
#include "params.h"
#include "service.h"
#include "trust.h"

enum state {
    STATE_PROXY,                /* KDC messages through the acceptor */
    STATE_AP,                   /* the AP-REQ is made */
    STATE_DONE,
    STATE_FAILED
};

struct iakerb_initiator {
    enum state state;
    struct credential credential;
    gss_cred_id_t krb5_gss;     /* with IAKERB_FRAMING_KRB5, in STATE_AP */
    gss_ctx_id_t context;
    gss_name_t target;
    char *service;              /* the target, for messages */
    OM_uint32 flags;
    OM_uint32 lifetime;
    gss_channel_bindings_t bindings;
    enum iakerb_framing framing;
    bool no_timestamp;
    struct limits limits;
    unsigned int legs;
    char *guess;                /* the realm that was guessed, or NULL */
    char *discovered;           /* the realm that the acceptor told, or NULL */
    bool as_reply;              /* the peer's last token has an AS-REP */
    krb5_error_code refusal;    /* of the peer's last token, or 0 */
    char said[256];             /* with it, by the KDC; or "" */
    char offered[96];           /* kinds of preauthentication, or empty */
};

/*
 * Where the client's realm is trusted by the host's, the target is of that
 * realm, and the client comes with a ticket for its KDC.
 */
static enum iakerb_code
cross_over(struct iakerb_initiator *self, krb5_principal target,
           struct iakerb_error *error)
{
    struct credential *credential = &self->credential;
    enum iakerb_code code;
    krb5_error_code ret;
    const char *own;
    char *realm;

    if (credential->ccache == NULL || target->realm.length > 0)
        return IAKERB_DONE;
    own = strrchr(credential->client, '@');
    realm = own == NULL ? NULL : trust_realm(credential->context, own + 1,
                                             target->data[1].data);
    if (realm == NULL)
        return IAKERB_DONE;
    code = trust_cross(credential->context, credential->memory, realm, error);
    if (code == IAKERB_DONE) {
        ret = krb5_set_principal_realm(credential->context, target, realm);
        if (ret != 0)
            code = error_no_memory(error);
    }
    free(realm);
    return code;
}

/*
 * The target as GSS-API name.  A realm that was not given stays empty, whatever
 * the mechanism and the configuration: the client's realm is then asked.
 */
static enum iakerb_code
import_target(struct iakerb_initiator *self, const char *target,
              struct iakerb_error *error)
{
    krb5_context context = self->credential.context;
    krb5_principal principal = NULL;
    gss_buffer_desc buffer;
    enum iakerb_code code;
    krb5_error_code ret;
    OM_uint32 major, minor;
    char *name = NULL;

    ret = service_parse(context, target, &principal);
    if (ret == 0 && principal->length != 2)
        ret = KRB5_PARSE_MALFORMED;
    if (ret == 0) {
        code = cross_over(self, principal, error);
        if (code != IAKERB_DONE)
            goto done;
        ret = krb5_unparse_name(context, principal, &name);
    }
    if (ret != 0) {
        code = error_krb5(error, context, ret, IAKERB_INVALID, "the target "
                          "must be service/host or service/host@REALM");
        goto done;
    }
    code = client_name(context, principal, &self->service, error);
    if (code != IAKERB_DONE)
        goto done;
    buffer = (gss_buffer_desc){ strlen(name), name };
    major = gss_import_name(&minor, &buffer, GSS_C_NT_USER_NAME,
                            &self->target);
    code = GSS_ERROR(major) ?
        error_gss(error, major, minor, IAKERB_INVALID,
                  "cannot use the target's name") : IAKERB_DONE;

done:
    krb5_free_principal(context, principal);
    krb5_free_unparsed_name(context, name);
    return code;
}

static enum iakerb_code
create(const struct iakerb_initiator_params *params,
       struct iakerb_initiator **initiator, struct iakerb_error *error)
{
    struct iakerb_initiator *self;
    enum iakerb_code code;

    if (params->target == NULL)
        return error_set(error, IAKERB_INVALID, "no target was named");
    self = calloc(1, sizeof(*self));
    if (self == NULL)
        return error_no_memory(error);
    /* Nothing is delegated: MIT would ask name servers, and then whom they
     * name, for a ticket to forward, of a realm that the peer may have told. */
    self->flags = params->flags & ~(GSS_C_DELEG_FLAG |
                                    GSS_C_DELEG_POLICY_FLAG);
    self->lifetime = params->lifetime;
    self->bindings = params->bindings;
    self->framing = params->framing;
    self->no_timestamp = params->no_timestamp;
    limits_init(&self->limits, &params->limits);
    self->guess = params->guess == NULL ? NULL : strdup(params->guess);
    if (params->guess != NULL && self->guess == NULL) {
        iakerb_initiator_free(self);
        return error_no_memory(error);
    }

    code = credential_acquire(params, &self->credential, error);
    if (code == IAKERB_DONE)
        code = import_target(self, params->target, error);
    if (code != IAKERB_DONE) {
        iakerb_initiator_free(self);
        return code;
    }
    *initiator = self;
    return IAKERB_DONE;
}

enum iakerb_code
iakerb_initiator_create_sized(const struct iakerb_initiator_params *params,
                              size_t size, struct iakerb_initiator **initiator,
                              struct iakerb_error *error)
{
    struct iakerb_initiator_params own;
    enum iakerb_code code;

    *initiator = NULL;
    code = params_take(&own, sizeof(own), params, size, error);
    return code == IAKERB_DONE ? create(&own, initiator, error) : code;
}

enum iakerb_code
iakerb_initiator_create(const struct iakerb_initiator_params *params,
                          struct iakerb_initiator **initiator,
                          struct iakerb_error *error)
{
    return iakerb_initiator_create_sized(params, INITIATOR_PARAMS_0, initiator,
                                         error);
}

/* ---- What the acceptor sent ------------------------------------------- */

/* The client's name gets the realm that the acceptor told. */
static enum iakerb_code
discovered(struct iakerb_initiator *self, const struct der *realm,
           struct iakerb_error *error)
{
    char *client = NULL;

    self->discovered = strndup((const char *)realm->data, realm->length);
    if (self->discovered == NULL ||
            asprintf(&client, "%s@%s", self->credential.client,
                     self->discovered) < 0)
        return error_no_memory(error);
    free(self->credential.client);
    self->credential.client = client;
    self->credential.has_realm = true;
    return IAKERB_DONE;
}

/*
 * Once the acceptor has told its realm, it is that.  MIT krb5 1.22.1 would take
 * the one of any later token for the client's (its ticket 9194).
 */
static enum iakerb_code
check_same_realm(const struct iakerb_initiator *self,
                 const struct token *token, struct iakerb_error *error)
{
    if (self->discovered == NULL ||
            der_equal(&token->realm, self->discovered,
                      strlen(self->discovered)))
        return IAKERB_DONE;
    return error_set(error, IAKERB_MALFORMED, "the server has told its realm, "
                     "and then names another one");
}

/*
 * The acceptor serves another realm than the one that was guessed.  It has
 * passed nothing on, so the conversation begins anew.
 */
static enum iakerb_code
begin_anew(struct iakerb_initiator *self, const struct der *realm,
           gss_buffer_desc *out, struct iakerb_error *error)
{
    OM_uint32 tmp;

    self->discovered = strndup((const char *)realm->data, realm->length);
    if (self->discovered == NULL)
        return error_no_memory(error);
    gss_delete_sec_context(&tmp, &self->context, GSS_C_NO_BUFFER);
    *out = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
    self->refusal = 0;
    return credential_other_realm(&self->credential, self->discovered,
                                  self->flags, error);
}

static enum iakerb_code
check_proxy(struct iakerb_initiator *self, const struct token *token,
            gss_buffer_desc *out, struct iakerb_error *error)
{
    bool guessing = self->credential.password != NULL;
    bool discovering = !self->credential.has_realm;
    enum iakerb_code code;

    code = check_same_realm(self, token, error);
    if (code != IAKERB_DONE)
        return code;
    self->as_reply = der_is(&token->message, KDC_AS_REP);
    token_offered(self->credential.context, &token->message, self->offered,
                  sizeof(self->offered));
    token_said(self->credential.context, &token->message, self->said,
               sizeof(self->said));
    code = answer_check(self->credential.context, token,
                        self->credential.client, discovering, &self->refusal,
                        error);
    if (code != IAKERB_DONE)
        return code;
    if (guessing && answer_tells_realm(token, self->refusal, self->guess))
        return begin_anew(self, &token->realm, out, error);
    credential_settle(&self->credential);
    if (discovering)
        code = discovered(self, &token->realm, error);
    return code;
}

/*
 * Look at the acceptor's token before MIT's initiator does, which reads *out:
 * the token itself; or its framing changed to that of the AP-REQ, where the
 * acceptor answered under the other OID, and *owned then is to be released; or
 * nothing, where the conversation begins anew.
 */
static enum iakerb_code
check_token(struct iakerb_initiator *self, const gss_buffer_desc *in,
            gss_buffer_desc *out, gss_buffer_desc *owned,
            struct iakerb_error *error)
{
    enum token_kind ours = self->framing == IAKERB_FRAMING_KRB5 ?
        TOKEN_AP_KRB5 : TOKEN_AP_IAKERB;
    struct token token;
    struct der message;
    enum iakerb_code code;

    *out = *in;
    code = limits_token(&self->limits, in->length, error);
    if (code == IAKERB_DONE)
        code = token_parse(in, &token, error);
    if (code != IAKERB_DONE)
        return code;

    self->refusal = 0;
    self->as_reply = false;
    switch (token.kind) {
    case TOKEN_PROXY:
        if (self->state != STATE_PROXY)
            break;
        return check_proxy(self, &token, out, error);
    case TOKEN_AP_IAKERB:
    case TOKEN_AP_KRB5:
        message = token.body;
        der_bytes(&message, 2);
        self->refusal = token_refusal(self->credential.context, &message,
                                      NULL, NULL);
        if (self->state != STATE_AP || token.kind == ours)
            return IAKERB_DONE;
        code = token_make_ap(ours, &token.body, owned, error);
        *out = *owned;
        return code;
    case TOKEN_UNFRAMED:
        if (self->state == STATE_AP && (self->flags & GSS_C_DCE_STYLE))
            return IAKERB_DONE;
        break;
    case TOKEN_FOREIGN:
        return error_set(error, IAKERB_NOT_OFFERED,
                         "the server does not speak IAKERB");
    }
    return error_set(error, IAKERB_MALFORMED,
                     "the server's token is not one that was due");
}

/* ---- What is sent ----------------------------------------------------- */

/* The KDC refused, or the server itself, once it had the AP-REQ. */
static enum iakerb_code
refused(const struct iakerb_initiator *self, struct iakerb_error *error)
{
    const char *client = self->credential.client;
    const char *service = self->state == STATE_AP ? self->service : NULL;

    if (self->credential.ccache != NULL &&
            refusal_is_about_ticket(self->refusal))
        return error_ticket(error, self->refusal, true, client, service);
    if (self->state == STATE_AP)
        return error_refused_by_server(error, self->refusal, client, service);
    return error_refused(error, self->refusal, client, self->service);
}

static enum iakerb_code
gss_step(struct iakerb_initiator *self, gss_buffer_t in, gss_buffer_t out,
         struct iakerb_error *error)
{
    bool plain = self->krb5_gss != GSS_C_NO_CREDENTIAL;
    struct iakerb_error failed;
    OM_uint32 major, minor;

    major = gss_init_sec_context(&minor, plain ? self->krb5_gss :
                                 self->credential.gss, &self->context,
                                 self->target, plain ? gss_mech_krb5 :
                                 gss_mech_iakerb, self->flags, self->lifetime,
                                 self->bindings, in, NULL, out, NULL, NULL);
    if (!GSS_ERROR(major))
        return major & GSS_S_CONTINUE_NEEDED ? IAKERB_CONTINUE : IAKERB_DONE;
    error_gss(&failed, major, minor, IAKERB_NOT_AUTHENTICATED,
              "the login failed");
    /* A reply that the password does not decrypt, where no preauthentication
     * was needed. */
    if (self->as_reply && failed.krb5 == KRB5KRB_AP_ERR_BAD_INTEGRITY)
        self->refusal = KRB5KDC_ERR_PREAUTH_FAILED;
    if (self->refusal != 0 && self->said[0] != '\0')
        return error_said(error, self->said);
    if (self->refusal != 0)
        return refused(self, error);
    if (error != NULL)
        *error = failed;
    return failed.code;
}

/*
 * Begin the AP exchange anew with plain Kerberos, now that IAKERB has got the
 * ticket: an ordinary context knows nothing of the conversation.
 */
static enum iakerb_code
switch_to_krb5(struct iakerb_initiator *self, gss_buffer_t out,
               struct iakerb_error *error)
{
    struct credential *credential = &self->credential;
    krb5_ccache cache = NULL;
    enum iakerb_code code;
    krb5_error_code ret;
    char *name = NULL;
    OM_uint32 tmp;

    gss_release_buffer(&tmp, out);
    gss_delete_sec_context(&tmp, &self->context, GSS_C_NO_BUFFER);
    ret = krb5_cc_new_unique(credential->context, "MEMORY", NULL, &cache);
    if (ret == 0)
        ret = krb5_cc_get_full_name(credential->context, cache, &name);
    if (ret != 0) {
        code = error_krb5(error, credential->context, ret, IAKERB_SYSTEM,
                          "cannot make a credential cache in memory");
        goto done;
    }
    code = credential_copy(credential, name, error);
    if (code == IAKERB_DONE)
        code = credential_from_ccache(name, gss_mech_krb5, self->flags,
                                      &self->krb5_gss, error);
    if (code == IAKERB_DONE)
        code = gss_step(self, GSS_C_NO_BUFFER, out, error);

done:
    krb5_free_string(credential->context, name);
    if (cache != NULL)
        krb5_cc_destroy(credential->context, cache);
    return code;
}

/* A token that must not leave. */
static enum iakerb_code
withhold(gss_buffer_t out, enum iakerb_code code)
{
    OM_uint32 tmp;

    explicit_bzero(out->value, out->length);
    gss_release_buffer(&tmp, out);
    return code;
}

/* See what MIT's initiator made, and whether the AP exchange has begun. */
static enum iakerb_code
after_step(struct iakerb_initiator *self, enum iakerb_code code,
           gss_buffer_t out, struct iakerb_error *error)
{
    enum iakerb_code allowed;
    struct token token;

    if (self->state == STATE_PROXY &&
            token_parse(out, &token, NULL) == IAKERB_DONE) {
        if (token.kind != TOKEN_PROXY) {
            self->state = STATE_AP;
            if (self->framing == IAKERB_FRAMING_KRB5)
                code = switch_to_krb5(self, out, error);
        } else {
            allowed = outgoing_check(&token.message, self->no_timestamp,
                                     self->offered, self->credential.client,
                                     error);
            if (allowed != IAKERB_DONE)
                return withhold(out, allowed);
        }
    }
    if (out->length > 0)
        self->legs++;
    if (code == IAKERB_DONE) {
        self->state = STATE_DONE;
        credential_keep(&self->credential);
    }
    return code;
}

enum iakerb_code
iakerb_initiator_step(struct iakerb_initiator *initiator,
                      const gss_buffer_desc *in, gss_buffer_desc *out,
                      struct iakerb_error *error)
{
    struct iakerb_initiator *self = initiator;
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER, owned = GSS_C_EMPTY_BUFFER;
    bool first = self->context == GSS_C_NO_CONTEXT;
    enum iakerb_code code = IAKERB_DONE;
    OM_uint32 tmp;

    *out = token;
    if (self->state >= STATE_DONE)
        return error_set(error, IAKERB_INVALID,
                         "the login has ended: no further token is due");
    limits_start(&self->limits);
    if (!first) {
        if (in == NULL || in->length == 0)
            code = error_set(error, IAKERB_MALFORMED,
                             "the server sent an empty token");
        else
            code = check_token(self, in, &token, &owned, error);
    }
    if (code == IAKERB_DONE)
        code = gss_step(self, &token, out, error);
    if (code == IAKERB_DONE || code == IAKERB_CONTINUE)
        code = after_step(self, code, out, error);
    if (code != IAKERB_DONE && code != IAKERB_CONTINUE)
        self->state = STATE_FAILED;
    gss_release_buffer(&tmp, &owned);
    return code;
}

/* ---- The rest --------------------------------------------------------- */

gss_ctx_id_t
iakerb_initiator_context(const struct iakerb_initiator *initiator)
{
    return initiator->context;
}

unsigned int
iakerb_initiator_legs(const struct iakerb_initiator *initiator)
{
    return initiator->legs;
}

enum iakerb_code
iakerb_initiator_store(struct iakerb_initiator *initiator, const char *ccache,
                       struct iakerb_error *error)
{
    if (ccache == NULL)
        return error_set(error, IAKERB_INVALID,
                         "no credential cache was named");
    if (initiator->state != STATE_DONE)
        return error_set(error, IAKERB_INVALID,
                         "the login has got no tickets to store");
    return credential_store(&initiator->credential, ccache, error);
}

void
iakerb_initiator_free(struct iakerb_initiator *initiator)
{
    OM_uint32 tmp;

    if (initiator == NULL)
        return;
    gss_delete_sec_context(&tmp, &initiator->context, GSS_C_NO_BUFFER);
    gss_release_cred(&tmp, &initiator->krb5_gss);
    gss_release_name(&tmp, &initiator->target);
    credential_clear(&initiator->credential);
    free(initiator->service);
    free(initiator->guess);
    free(initiator->discovered);
    free(initiator);
}
