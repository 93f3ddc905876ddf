/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "acquire.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "common/refusal.h"
#include "outgoing.h"

/* Have the transport carry a token and its answer, in time and size. */
static enum iakerb_code
carry(struct acquire *self, const gss_buffer_desc *out, gss_buffer_desc *in,
      struct iakerb_error *error)
{
    struct iakerb_error failed;
    struct timespec deadline;
    enum iakerb_code code;

    limits_start(&self->limits);
    deadline = limits_deadline(&self->limits);
    /* For a transport that says nothing but a code. */
    error_set(&failed, IAKERB_UNREACHABLE,
              "the transport to the server failed");
    code = self->transport->exchange(self->transport->data, out, in,
                                     &deadline, &failed);
    failed.code = code;
    if (code != IAKERB_DONE && error != NULL)
        *error = failed;
    if (code == IAKERB_DONE)
        code = limits_token(&self->limits, in->length, error);
    limits_stop(&self->limits);
    return code;
}

/*
 * Exchange tokens.  token points into *in, which is to be released with
 * gss_release_buffer(), after a failure too.
 */
static enum iakerb_code
exchange(struct acquire *self, const krb5_data *realm,
         const krb5_data *message, gss_buffer_desc *in, struct token *token,
         struct iakerb_error *error)
{
    struct der realm_bytes = der_from(realm->data, realm->length);
    struct der message_bytes = der_from(message->data, message->length);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    enum iakerb_code code;
    OM_uint32 tmp;

    *in = out;
    code = outgoing_check(&message_bytes, self->params->no_timestamp,
                          self->offered, self->name, error);
    if (code == IAKERB_DONE)
        code = token_make_proxy(&realm_bytes, &message_bytes, &out, error);
    if (code == IAKERB_DONE)
        code = carry(self, &out, in, error);
    gss_release_buffer(&tmp, &out);
    if (code == IAKERB_DONE)
        code = token_parse(in, token, error);
    if (code != IAKERB_DONE)
        return code;
    if (token->kind == TOKEN_FOREIGN)
        return error_set(error, IAKERB_NOT_OFFERED,
                         "the server does not speak IAKERB");
    if (token->kind != TOKEN_PROXY)
        return error_set(error, IAKERB_MALFORMED,
                         "the server's token is not one that was due");
    token_said(self->context, &token->message, self->said,
               sizeof(self->said));
    code = answer_check(self->context, token, self->name,
                        self->client->realm.length == 0, &self->refusal,
                        error);
    /* The acceptor itself says this, and MIT would try another way to the
     * KDC: there is none. */
    if (code == IAKERB_DONE && self->guessing &&
            answer_tells_realm(token, self->refusal, self->params->guess)) {
        free(self->told);
        self->told = strndup((const char *)token->realm.data,
                             token->realm.length);
        if (self->told == NULL)
            return error_no_memory(error);
    }
    if (code == IAKERB_DONE &&
            (self->refusal == KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND ||
             self->refusal == KRB5KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE))
        code = error_refused(error, self->refusal, self->name, NULL);
    return code;
}

/* Have the KDC of a realm answer a message.  *reply is to be freed with
 * krb5_free_data_contents(). */
static enum iakerb_code
ask_kdc(struct acquire *self, const krb5_data *realm, const krb5_data *message,
        krb5_data *reply, struct iakerb_error *error)
{
    gss_buffer_desc in;
    struct token token;
    enum iakerb_code code;
    OM_uint32 tmp;

    *reply = (krb5_data){ 0 };
    code = exchange(self, realm, message, &in, &token, error);
    if (code == IAKERB_DONE) {
        token_offered(self->context, &token.message, self->offered,
                      sizeof(self->offered));
        reply->data = malloc(token.message.length);
        if (reply->data == NULL) {
            code = error_no_memory(error);
        } else {
            memcpy(reply->data, token.message.data, token.message.length);
            reply->length = token.message.length;
        }
    }
    gss_release_buffer(&tmp, &in);
    return code;
}

static krb5_error_code KRB5_CALLCONV
send_hook(krb5_context context, void *data, const krb5_data *realm,
          const krb5_data *message, krb5_data **new_message,
          krb5_data **new_reply)
{
    struct acquire *self = data;
    krb5_data reply;
    krb5_error_code ret;

    *new_message = NULL;
    *new_reply = NULL;
    if (ask_kdc(self, realm, message, &reply, &self->failed) != IAKERB_DONE)
        return KRB5_KDC_UNREACH;
    ret = krb5_copy_data(context, &reply, new_reply);
    krb5_free_data_contents(context, &reply);
    return ret;
}

void
exchange_hook(struct acquire *self)
{
    krb5_set_kdc_send_hook(self->context, send_hook, self);
}

/* No kind of preauthentication that the KDC has is possible here. */
static enum iakerb_code
no_preauth(struct acquire *self, struct iakerb_error *error)
{
    const char *text = krb5_get_error_message(self->context,
                                              KRB5_PREAUTH_FAILED);

    error_preauth(error, self->offered, self->name,
                  self->params->no_timestamp, text);
    krb5_free_error_message(self->context, text);
    return IAKERB_PREAUTH;
}

enum iakerb_code
exchange_failed(struct acquire *self, krb5_error_code ret,
                const char *service, struct iakerb_error *error)
{
    if (self->failed.code != IAKERB_DONE) {
        if (error != NULL)
            *error = self->failed;
        return self->failed.code;
    }
    /* A reply that the password does not decrypt, where no preauthentication
     * was needed. */
    if (ret == KRB5KRB_AP_ERR_BAD_INTEGRITY && self->by_password)
        self->refusal = KRB5KDC_ERR_PREAUTH_FAILED;
    if (self->refusal == KRB5KDC_ERR_PREAUTH_FAILED && !self->by_password)
        return error_set(error, IAKERB_PREAUTH, "the server's KDC refuses the "
                         "preauthentication of %s", self->name);
    if (self->params->source >= IAKERB_FROM_TGT &&
            refusal_is_about_ticket(self->refusal))
        return error_ticket(error, self->refusal, true, self->name, NULL);
    if (self->refusal != 0 && self->said[0] != '\0')
        return error_said(error, self->said);
    if (self->refusal != 0)
        return error_refused(error, self->refusal, self->name, service);
    if (ret == KRB5_LIBOS_PWDINTR)
        return error_set(error, IAKERB_NO_CREDENTIALS,
                         "no password for %s was given", self->name);
    if (ret == KRB5_PREAUTH_FAILED)
        return no_preauth(self, error);
    return error_krb5(error, self->context, ret, IAKERB_NOT_AUTHENTICATED,
                      "cannot get a ticket");
}

enum iakerb_code
exchange_run(struct acquire *self, step_fn step, void *state,
             const char *service, struct iakerb_error *error)
{
    krb5_data in = { 0 }, out, realm;
    enum iakerb_code code = IAKERB_DONE;
    bool more = true;
    unsigned int flags;
    krb5_error_code ret;

    self->refusal = 0;
    while (code == IAKERB_DONE && more) {
        ret = step(self->context, state, &in, &out, &realm, &flags);
        krb5_free_data_contents(self->context, &in);
        /* The KDC cannot know that there is no UDP here. */
        if (ret == KRB5KRB_ERR_RESPONSE_TOO_BIG)
            ret = 0;
        more = ret == 0 && (flags & KRB5_INIT_CREDS_STEP_FLAG_CONTINUE);
        if (ret != 0)
            code = exchange_failed(self, ret, service, error);
        else if (more)
            code = ask_kdc(self, &realm, &out, &in, error);
        krb5_free_data_contents(self->context, &out);
        krb5_free_data_contents(self->context, &realm);
    }
    krb5_free_data_contents(self->context, &in);
    return code;
}

enum iakerb_code
exchange_discovery(struct acquire *self, krb5_context plain, char **realm,
                   struct iakerb_error *error)
{
    krb5_data none = { 0 };
    gss_buffer_desc in;
    struct token token;
    enum iakerb_code code;
    OM_uint32 tmp;

    *realm = NULL;
    self->context = plain;
    code = exchange(self, &none, &none, &in, &token, error);
    self->context = NULL;
    if (code == IAKERB_DONE) {
        *realm = strndup((const char *)token.realm.data, token.realm.length);
        if (*realm == NULL)
            code = error_no_memory(error);
    }
    gss_release_buffer(&tmp, &in);
    return code;
}
