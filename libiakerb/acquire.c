/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "acquire.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "client.h"
#include "context.h"
#include "params.h"
#include "store.h"

#define DEFAULT_LEGS 20
#define LEGS_PER_SERVICE 2

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

/*
 * The realm, where the user's name has none: what the caller guesses, what the
 * acceptor told instead, or what it tells when it is asked.
 */
static enum iakerb_code
find_realm(struct acquire *self, krb5_context plain,
           struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    char *asked = NULL;
    krb5_error_code ret;

    if (!self->guessing && self->told == NULL)
        code = exchange_discovery(self, plain, &asked, error);
    if (code != IAKERB_DONE)
        return code;
    ret = krb5_set_principal_realm(plain, self->client,
                                   self->guessing ? self->params->guess :
                                   self->told != NULL ? self->told : asked);
    free(asked);
    if (ret != 0)
        return error_krb5(error, plain, ret, IAKERB_SYSTEM,
                          "cannot use the realm");
    return set_name(self, plain, error);
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
        code = find_realm(self, plain, error);
    else
        self->guessing = false;
    if (code == IAKERB_DONE)
        code = context_open(self->client->realm.data,
                            self->params->no_timestamp, &self->context, error);
    if (code == IAKERB_DONE)
        exchange_hook(self);
    else
        krb5_free_principal(plain, self->client);
    krb5_free_context(plain);
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
    if (params->start_time < 0)
        return error_set(error, IAKERB_INVALID,
                         "a ticket cannot become valid in the past");
    if (params->start_time > 0 && params->services != NULL &&
            params->services[0] != NULL)
        return error_set(error, IAKERB_INVALID, "a ticket that is not valid "
                         "yet can get no other tickets");
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

    self->ccache = self->tickets = self->hints = NULL;
    ret = open_tickets(self);
    if (ret != 0)
        code = error_krb5(error, self->context, ret, IAKERB_SYSTEM,
                          "cannot open a credential cache");
    else if (self->params->source == IAKERB_FROM_RENEWAL ||
             self->params->source == IAKERB_FROM_VALIDATION)
        code = tgt_renew(self, error);
    else if (self->params->source != IAKERB_FROM_TGT)
        code = tgt_get(self, error);
    if (code == IAKERB_DONE)
        code = ticket_get_all(self, error);
    if (code == IAKERB_DONE)
        code = finish(self, error);
    if (self->tickets != NULL)
        krb5_cc_destroy(self->context, self->tickets);
    if (self->ccache != NULL)
        krb5_cc_close(self->context, self->ccache);
    if (self->hints != NULL)
        krb5_cc_close(self->context, self->hints);
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

static enum iakerb_code
attempt(struct acquire *self, struct iakerb_error *error)
{
    enum iakerb_code code;

    self->failed.code = IAKERB_DONE;
    code = begin(self, error);
    if (code == IAKERB_DONE) {
        code = acquire(self, error);
        krb5_free_principal(self->context, self->client);
        krb5_free_context(self->context);
    }
    return code;
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
    self.guessing = answer_is_realm(own.guess);
    code = attempt(&self, error);
    if (code == IAKERB_REALM_REFUSED && self.guessing) {
        self.guessing = false;
        code = attempt(&self, error);
    }
    free(self.told);
    free(self.name);
    return code;
}

enum iakerb_code
iakerb_acquire(const struct iakerb_acquire_params *params,
                 const struct iakerb_transport *transport,
                 struct iakerb_error *error)
{
    return iakerb_acquire_sized(params, ACQUIRE_PARAMS_0, transport, error);
}
