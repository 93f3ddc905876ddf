/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "iakerb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "client.h"
#include "context.h"
#include "harmless.h"
#include "limit.h"
#include "params.h"
#include "store.h"

#define DEFAULT_LEGS 20
#define LEGS_PER_SERVICE 2

struct acquire {
    const struct iakerb_acquire_params *params;
    const struct iakerb_transport *transport;
    struct limits limits;
    krb5_context context;
    krb5_principal client;      /* without a realm, until it is known */
    char *name;                 /* the client, for messages */
    krb5_ccache ccache;         /* of the parameters */
    krb5_ccache tickets;        /* in memory, until all are there */
    bool by_password;           /* the AS exchange uses one, or its key */
    bool by_certificate;        /* it must be PKINIT, as a user identity says */
    krb5_error_code refusal;    /* of the peer's last token, or 0 */
    char offered[96];           /* kinds of preauthentication, or empty */
    struct iakerb_error failed; /* of an exchange under the krb5 library */
};

/* ---- One message and its reply ---------------------------------------- */

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
    struct iakerb_error failed;
    struct timespec deadline;
    enum iakerb_code code;
    OM_uint32 tmp;

    *in = out;
    code = token_make_proxy(&realm_bytes, &message_bytes, &out, error);
    if (code != IAKERB_DONE)
        return code;
    limits_start(&self->limits);
    deadline = limits_deadline(&self->limits);
    /* For a transport that says nothing but a code. */
    error_set(&failed, IAKERB_UNREACHABLE,
              "the transport to the server failed");
    code = self->transport->exchange(self->transport->data, &out, in,
                                     &deadline, &failed);
    failed.code = code;
    if (code != IAKERB_DONE && error != NULL)
        *error = failed;
    if (code == IAKERB_DONE)
        code = limits_token(&self->limits, in->length, error);
    limits_stop(&self->limits);
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
    code = answer_check(self->context, token, self->name,
                        self->client->realm.length == 0, &self->refusal,
                        error);
    /* The acceptor itself says this, and MIT would try another way to the
     * KDC: there is none. */
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

/*
 * Where the krb5 library itself would send to a KDC: for a renewal, and for
 * FAST when the armor has to be fetched.
 */
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

/* Why the krb5 library could not get a ticket. */
static enum iakerb_code
no_ticket(struct acquire *self, krb5_error_code ret, const char *service,
          struct iakerb_error *error)
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
            error_is_about_ticket(self->refusal))
        return error_ticket(error, self->refusal, true, self->name, NULL);
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

typedef krb5_error_code (*step_fn)(krb5_context context, void *state,
                                   krb5_data *in, krb5_data *out,
                                   krb5_data *realm, unsigned int *flags);

/* Run an exchange of the krb5 library to its end. */
static enum iakerb_code
run(struct acquire *self, step_fn step, void *state, const char *service,
    struct iakerb_error *error)
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
            code = no_ticket(self, ret, service, error);
        else if (more)
            code = ask_kdc(self, &realm, &out, &in, error);
        krb5_free_data_contents(self->context, &out);
        krb5_free_data_contents(self->context, &realm);
    }
    krb5_free_data_contents(self->context, &in);
    return code;
}

/* ---- The client ------------------------------------------------------- */

/* Find the client's principal, as far as it is known here. */
static enum iakerb_code
find_client(struct acquire *self, krb5_context plain,
            struct iakerb_error *error)
{
    const struct iakerb_acquire_params *params = self->params;
    krb5_principal wanted;
    enum iakerb_code code;

    code = client_parse(plain, params->user, params->enterprise ?
                        KRB5_PRINCIPAL_PARSE_ENTERPRISE : 0, &wanted, error);
    if (code != IAKERB_DONE)
        return code;
    switch (params->source) {
    case IAKERB_FROM_PASSWORD:
        self->client = wanted;
        return IAKERB_DONE;
    case IAKERB_FROM_KEYTAB:
        code = client_of_keytab(plain, params->keytab, wanted, &self->client,
                                error);
        break;
    default:
        code = client_of_ccache(plain, params->ccache, wanted, &self->client,
                                error);
    }
    krb5_free_principal(plain, wanted);
    return code;
}

static enum iakerb_code
set_name(struct acquire *self, krb5_context context,
         struct iakerb_error *error)
{
    free(self->name);
    return client_name(context, self->client, &self->name, error);
}

/* Ask the acceptor for its realm (draft, section 3.1). */
static enum iakerb_code
discover(struct acquire *self, krb5_context plain, struct iakerb_error *error)
{
    krb5_data none = { 0 };
    gss_buffer_desc in;
    struct token token;
    enum iakerb_code code;
    krb5_error_code ret;
    char realm[256];
    OM_uint32 tmp;

    self->context = plain;
    code = exchange(self, &none, &none, &in, &token, error);
    self->context = NULL;
    if (code == IAKERB_DONE) {
        memcpy(realm, token.realm.data, token.realm.length);
        realm[token.realm.length] = '\0';
        ret = krb5_set_principal_realm(plain, self->client, realm);
        if (ret != 0)
            code = error_krb5(error, plain, ret, IAKERB_SYSTEM,
                              "cannot use the server's realm");
    }
    gss_release_buffer(&tmp, &in);
    return code == IAKERB_DONE ? set_name(self, plain, error) : code;
}

/* Find the client with its realm, and open the context for it. */
static enum iakerb_code
begin(struct acquire *self, struct iakerb_error *error)
{
    krb5_context plain;
    enum iakerb_code code;
    krb5_error_code ret;

    ret = krb5_init_context(&plain);
    if (ret != 0)
        return error_krb5(error, NULL, ret, IAKERB_SYSTEM,
                          "cannot read the krb5 configuration");
    code = find_client(self, plain, error);
    if (code == IAKERB_DONE)
        code = set_name(self, plain, error);
    if (code == IAKERB_DONE && self->client->realm.length == 0)
        code = discover(self, plain, error);
    if (code == IAKERB_DONE)
        code = context_open(self->client->realm.data,
                            self->params->no_timestamp, &self->context, error);
    if (code == IAKERB_DONE)
        krb5_set_kdc_send_hook(self->context, send_hook, self);
    else
        krb5_free_principal(plain, self->client);
    krb5_free_context(plain);
    return code;
}

/* ---- The TGT ---------------------------------------------------------- */

/* A copy that does nothing to a terminal; krb5 itself writes lists of tokens,
 * with a newline and a tab for each. */
static char *
harmless_copy(const char *text)
{
    char *copy = strdup(text != NULL ? text : "");

    if (copy != NULL)
        harmless(copy, "\n\t");
    return copy;
}

/* Have the user asked.  Some of the words may be the peer's. */
static krb5_error_code
ask_user(struct acquire *self, const char *name, const char *banner, int count,
         const krb5_prompt *prompts)
{
    char *name_copy = harmless_copy(name), *banner_copy = harmless_copy(banner);
    krb5_prompt *copies = calloc(count + 1, sizeof(*copies));
    bool done = name_copy != NULL && banner_copy != NULL && copies != NULL;
    krb5_error_code ret = ENOMEM;
    int i;

    for (i = 0; copies != NULL && i < count; i++) {
        copies[i] = prompts[i];
        copies[i].prompt = harmless_copy(prompts[i].prompt);
        done = done && copies[i].prompt != NULL;
    }
    if (done)
        ret = self->params->prompter(self->context, self->params->prompter_data,
                                     name != NULL ? name_copy : NULL,
                                     banner != NULL ? banner_copy : NULL,
                                     count, copies);
    for (i = 0; copies != NULL && i < count; i++)
        free(copies[i].prompt);
    free(copies);
    free(banner_copy);
    free(name_copy);
    return ret;
}

/*
 * See whether the password is asked for, which tells a wrong one from other
 * failures.  Where nobody can be asked, nothing else is tried.  Whoever has a
 * certificate is not talked into typing a password.
 */
static krb5_error_code KRB5_CALLCONV
prompt(krb5_context context, void *data, const char *name, const char *banner,
       int count, krb5_prompt prompts[])
{
    struct acquire *self = data;
    krb5_prompt_type *types = krb5_get_prompt_types(context);
    krb5_error_code ret;
    int i;

    for (i = 0; types != NULL && i < count; i++) {
        if (types[i] == KRB5_PROMPT_TYPE_PASSWORD) {
            if (self->by_certificate)
                return KRB5_PREAUTH_FAILED;
            self->by_password = true;
        }
    }
    if (self->params->prompter == NULL)
        return count == 0 ? 0 : KRB5_LIBOS_PWDINTR;
    ret = ask_user(self, name, banner, count, prompts);
    return ret == KRB5_LIBOS_CANTREADPWD ? KRB5_LIBOS_PWDINTR : ret;
}

/* Set a preauthentication attribute, "NAME=VALUE" or "NAME". */
static krb5_error_code
set_preauth(struct acquire *self, krb5_get_init_creds_opt *options,
            const char *attribute)
{
    size_t length = strcspn(attribute, "=");
    const char *value = attribute[length] == '=' ? attribute + length + 1 :
        "yes";
    char *name = strndup(attribute, length);
    krb5_error_code ret;

    if (name == NULL)
        return ENOMEM;
    if (strcmp(name, "X509_user_identity") == 0)
        self->by_certificate = true;
    ret = krb5_get_init_creds_opt_set_pa(self->context, options, name, value);
    free(name);
    return ret;
}

static krb5_error_code
set_options(struct acquire *self, krb5_get_init_creds_opt *options)
{
    const struct iakerb_acquire_params *params = self->params;
    const char *const *attribute = params->preauth;
    krb5_context context = self->context;
    krb5_error_code ret;

    if (params->lifetime != 0)
        krb5_get_init_creds_opt_set_tkt_life(options, params->lifetime);
    if (params->renew_lifetime != 0)
        krb5_get_init_creds_opt_set_renew_life(options,
                                               params->renew_lifetime);
    if (params->canonicalize || params->enterprise)
        krb5_get_init_creds_opt_set_canonicalize(options, 1);
    if (params->anonymous)
        krb5_get_init_creds_opt_set_anonymous(options, 1);
    ret = krb5_get_init_creds_opt_set_out_ccache(context, options,
                                                 self->tickets);
    for (; ret == 0 && attribute != NULL && *attribute != NULL; attribute++)
        ret = set_preauth(self, options, *attribute);
    if (ret == 0 && params->responder != NULL)
        ret = krb5_get_init_creds_opt_set_responder(context, options,
                                                    params->responder,
                                                    params->responder_data);
    if (ret == 0 && params->armor_ccache != NULL) {
        ret = krb5_get_init_creds_opt_set_fast_ccache_name(
            context, options, params->armor_ccache);
        if (ret == 0)
            ret = krb5_get_init_creds_opt_set_fast_flags(context, options,
                                                         KRB5_FAST_REQUIRED);
    }
    return ret;
}

static krb5_error_code
set_secret(struct acquire *self, krb5_init_creds_context state,
           krb5_keytab *keytab)
{
    const struct iakerb_acquire_params *params = self->params;
    krb5_error_code ret = 0;

    self->by_password = params->password != NULL || params->keytab != NULL;
    if (params->source == IAKERB_FROM_KEYTAB) {
        ret = krb5_kt_resolve(self->context, params->keytab, keytab);
        if (ret == 0)
            ret = krb5_init_creds_set_keytab(self->context, state, *keytab);
    } else if (params->password != NULL) {
        ret = krb5_init_creds_set_password(self->context, state,
                                           params->password);
    }
    return ret;
}

static krb5_error_code
as_step(krb5_context context, void *state, krb5_data *in, krb5_data *out,
        krb5_data *realm, unsigned int *flags)
{
    return krb5_init_creds_step(context, state, in, out, realm, flags);
}

static enum iakerb_code
get_tgt(struct acquire *self, struct iakerb_error *error)
{
    krb5_get_init_creds_opt *options = NULL;
    krb5_init_creds_context state = NULL;
    krb5_keytab keytab = NULL;
    enum iakerb_code code;
    krb5_error_code ret;

    ret = krb5_get_init_creds_opt_alloc(self->context, &options);
    if (ret == 0)
        ret = set_options(self, options);
    if (ret == 0)
        ret = krb5_init_creds_init(self->context, self->client, prompt, self,
                                   0, options, &state);
    if (ret == 0)
        ret = set_secret(self, state, &keytab);
    if (ret == 0)
        code = run(self, as_step, state, "krbtgt", error);
    else
        code = error_krb5(error, self->context, ret, IAKERB_INVALID,
                          "cannot ask for a ticket");
    self->by_password = false;

    krb5_init_creds_free(self->context, state);
    krb5_get_init_creds_opt_free(self->context, options);
    if (keytab != NULL)
        krb5_kt_close(self->context, keytab);
    return code;
}

static enum iakerb_code
renew_tgt(struct acquire *self, struct iakerb_error *error)
{
    krb5_context context = self->context;
    krb5_creds tgt = { 0 };
    enum iakerb_code code = IAKERB_DONE;
    krb5_error_code ret;

    ret = krb5_get_renewed_creds(context, &tgt, self->client, self->ccache,
                                 NULL);
    if (ret == 0)
        ret = krb5_cc_initialize(context, self->tickets, self->client);
    if (ret == 0)
        ret = krb5_cc_store_cred(context, self->tickets, &tgt);
    if (self->refusal == KRB5KDC_ERR_BADOPTION)
        code = error_set(error, IAKERB_NO_CREDENTIALS, "the ticket of %s "
                         "cannot be renewed", self->name);
    else if (ret != 0)
        code = no_ticket(self, ret, "krbtgt", error);
    krb5_free_cred_contents(context, &tgt);
    return code;
}

/* ---- Service tickets -------------------------------------------------- */

static krb5_error_code
tgs_step(krb5_context context, void *state, krb5_data *in, krb5_data *out,
         krb5_data *realm, unsigned int *flags)
{
    return krb5_tkt_creds_step(context, state, in, out, realm, flags);
}

/* Store the ticket under the name that it was issued for too. */
static krb5_error_code
store_by_own_name(struct acquire *self, krb5_tkt_creds_context state)
{
    krb5_context context = self->context;
    krb5_ticket *ticket = NULL;
    krb5_creds creds = { 0 };
    krb5_principal asked_for;
    krb5_error_code ret;

    ret = krb5_tkt_creds_get_creds(context, state, &creds);
    if (ret == 0)
        ret = krb5_decode_ticket(&creds.ticket, &ticket);
    if (ret == 0 && !krb5_principal_compare(context, creds.server,
                                            ticket->server)) {
        asked_for = creds.server;
        creds.server = ticket->server;
        ret = krb5_cc_store_cred(context, self->tickets, &creds);
        creds.server = asked_for;
    }
    krb5_free_ticket(context, ticket);
    krb5_free_cred_contents(context, &creds);
    return ret;
}

/*
 * Get a ticket into the cache.  A realm that was not given stays empty: the
 * ticket is then stored under the name without a realm, by which clients that
 * know of no realm look for it, and under the full name for all others.
 */
static enum iakerb_code
get_ticket(struct acquire *self, const char *service,
           struct iakerb_error *error)
{
    krb5_tkt_creds_context state = NULL;
    unsigned int legs = self->limits.legs;
    krb5_creds wanted = { 0 };
    enum iakerb_code code = IAKERB_DONE;
    krb5_error_code ret;

    ret = krb5_cc_get_principal(self->context, self->tickets, &wanted.client);
    if (ret == 0)
        ret = krb5_parse_name_flags(self->context, service,
                                    KRB5_PRINCIPAL_PARSE_NO_DEF_REALM,
                                    &wanted.server);
    if (ret == 0)
        ret = krb5_tkt_creds_init(self->context, self->tickets, &wanted, 0,
                                  &state);
    if (ret == 0)
        code = run(self, tgs_step, state, service, error);
    if (ret == 0 && code == IAKERB_DONE && self->limits.legs > legs)
        ret = store_by_own_name(self, state);
    if (ret != 0)
        code = error_krb5(error, self->context, ret, IAKERB_INVALID,
                          "cannot get a ticket");
    krb5_tkt_creds_free(self->context, state);
    krb5_free_cred_contents(self->context, &wanted);
    return code;
}

static enum iakerb_code
get_tickets(struct acquire *self, struct iakerb_error *error)
{
    const char *const *service = self->params->services;
    enum iakerb_code code = IAKERB_DONE;

    for (; code == IAKERB_DONE && service != NULL && *service != NULL;
            service++)
        code = get_ticket(self, *service, error);
    return code;
}

/* ---- All together ----------------------------------------------------- */

static enum iakerb_code
check(const struct iakerb_acquire_params *params, struct iakerb_error *error)
{
    if (params->ccache == NULL)
        return error_set(error, IAKERB_INVALID,
                         "no credential cache was named");
    if (params->source == IAKERB_FROM_PASSWORD && params->user == NULL)
        return error_set(error, IAKERB_INVALID,
                         "a password needs the user's name");
    if ((params->source == IAKERB_FROM_KEYTAB) != (params->keytab != NULL))
        return error_set(error, IAKERB_INVALID,
                         "a keytab must be named where one is to be used, "
                         "and nowhere else");
    if (params->copy != NULL && params->source != IAKERB_FROM_TGT)
        return error_set(error, IAKERB_INVALID, "there is no copy but of a "
                         "cache with a TGT");
    return IAKERB_DONE;
}

/* Open the cache that tickets are put in. */
static krb5_error_code
open_tickets(struct acquire *self)
{
    krb5_error_code ret;
    char *name;

    ret = krb5_cc_resolve(self->context, self->params->ccache, &self->ccache);
    if (ret != 0)
        return ret;
    if (self->params->source != IAKERB_FROM_TGT)
        return krb5_cc_new_unique(self->context, "MEMORY", NULL,
                                  &self->tickets);
    ret = store_copy(self->context, self->ccache, &self->tickets, &name);
    krb5_free_string(self->context, name);
    return ret;
}

/* Move the tickets to where they are wanted. */
static enum iakerb_code
finish(struct acquire *self, struct iakerb_error *error)
{
    krb5_ccache copy = NULL;
    enum iakerb_code code;
    krb5_error_code ret;

    if (self->params->source != IAKERB_FROM_TGT)
        return store_replace(self->context, &self->tickets, self->ccache,
                             error);
    code = store_add(self->context, self->tickets, self->ccache, error);
    if (self->params->copy == NULL)
        return code;
    ret = krb5_cc_resolve(self->context, self->params->copy, &copy);
    if (ret != 0)
        return store_failed(self->context, NULL, ret, error);
    code = store_replace(self->context, &self->tickets, copy, error);
    krb5_cc_close(self->context, copy);
    return code;
}

static enum iakerb_code
acquire(struct acquire *self, struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    krb5_error_code ret;

    ret = open_tickets(self);
    if (ret != 0)
        code = error_krb5(error, self->context, ret, IAKERB_SYSTEM,
                          "cannot open a credential cache");
    else if (self->params->source == IAKERB_FROM_RENEWAL)
        code = renew_tgt(self, error);
    else if (self->params->source != IAKERB_FROM_TGT)
        code = get_tgt(self, error);
    if (code == IAKERB_DONE)
        code = get_tickets(self, error);
    if (code == IAKERB_DONE)
        code = finish(self, error);
    if (self->tickets != NULL)
        krb5_cc_destroy(self->context, self->tickets);
    if (self->ccache != NULL)
        krb5_cc_close(self->context, self->ccache);
    return code;
}

static void
init_limits(struct acquire *self)
{
    struct iakerb_limits limits = self->params->limits;
    size_t count = 0;

    while (self->params->services != NULL &&
            self->params->services[count] != NULL)
        count++;
    if (limits.legs == 0)
        limits.legs = DEFAULT_LEGS + LEGS_PER_SERVICE * count;
    limits_init(&self->limits, &limits);
    limits_add(&self->limits, count);
}

enum iakerb_code
iakerb_acquire_sized(const struct iakerb_acquire_params *params, size_t size,
                     const struct iakerb_transport *transport,
                     struct iakerb_error *error)
{
    struct iakerb_acquire_params own;
    struct acquire self = { .params = &own, .transport = transport };
    enum iakerb_code code;

    code = params_take(&own, sizeof(own), params, size, error);
    if (code == IAKERB_DONE)
        code = check(&own, error);
    if (code != IAKERB_DONE)
        return code;
    init_limits(&self);
    code = begin(&self, error);
    if (code == IAKERB_DONE) {
        code = acquire(&self, error);
        krb5_free_principal(self.context, self.client);
        krb5_free_context(self.context);
    }
    free(self.name);
    return code;
}

enum iakerb_code
(iakerb_acquire)(const struct iakerb_acquire_params *params,
                 const struct iakerb_transport *transport,
                 struct iakerb_error *error)
{
    return iakerb_acquire_sized(params, ACQUIRE_PARAMS_0, transport, error);
}
