/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "acquire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "service.h"

static krb5_error_code
tgs_step(krb5_context context, void *state, krb5_data *in, krb5_data *out,
         krb5_data *realm, unsigned int *flags)
{
    return krb5_tkt_creds_step(context, state, in, out, realm, flags);
}

/* Store the ticket under this name, unless it is there. */
static krb5_error_code
store_as(struct acquire *self, krb5_creds *creds, krb5_principal name)
{
    krb5_principal server = creds->server;
    krb5_creds have;
    krb5_error_code ret = 0;

    creds->server = name;
    if (krb5_cc_retrieve_cred(self->context, self->tickets,
                              KRB5_TC_MATCH_TIMES_EXACT, creds, &have) == 0)
        krb5_free_cred_contents(self->context, &have);
    else
        ret = krb5_cc_store_cred(self->context, self->tickets, creds);
    creds->server = server;
    return ret;
}

/* What was decoded ends in no zero byte. */
static krb5_error_code
set_realm(krb5_context context, krb5_principal principal,
          const krb5_data *realm)
{
    char *text = strndup(realm->data, realm->length);
    krb5_error_code ret = ENOMEM;

    if (text != NULL)
        ret = krb5_set_principal_realm(context, principal, text);
    free(text);
    return ret;
}

/*
 * Store the ticket under the name that it was issued for too, and under the one
 * that was given, without a realm and with it.
 */
static krb5_error_code
store_by_names(struct acquire *self, krb5_tkt_creds_context state,
               krb5_principal given)
{
    krb5_context context = self->context;
    krb5_ticket *ticket = NULL;
    krb5_creds creds = { 0 };
    krb5_error_code ret;

    ret = krb5_tkt_creds_get_creds(context, state, &creds);
    if (ret == 0)
        ret = krb5_decode_ticket(&creds.ticket, &ticket);
    if (ret == 0)
        ret = store_as(self, &creds, ticket->server);
    if (ret == 0)
        ret = store_as(self, &creds, given);
    if (ret == 0)
        ret = set_realm(context, given, &ticket->server->realm);
    if (ret == 0)
        ret = store_as(self, &creds, given);
    krb5_free_ticket(context, ticket);
    krb5_free_cred_contents(context, &creds);
    return ret;
}

/*
 * Get a ticket into the cache.  A realm that was not given stays empty: the
 * ticket is then stored under the name without a realm, by which clients that
 * know of no realm look for it, and under the full name for all others.  The
 * KDC knows the host by its one spelling; clients may look for another.
 */
static enum iakerb_code
get_ticket(struct acquire *self, const char *service,
           struct iakerb_error *error)
{
    krb5_tkt_creds_context state = NULL;
    krb5_principal given = NULL;
    krb5_creds wanted = { 0 };
    enum iakerb_code code = IAKERB_DONE;
    krb5_error_code ret;
    char *name = NULL;

    ret = krb5_cc_get_principal(self->context, self->tickets, &wanted.client);
    if (ret == 0)
        ret = krb5_parse_name_flags(self->context, service,
                                    KRB5_PRINCIPAL_PARSE_NO_DEF_REALM, &given);
    if (ret == 0)
        ret = service_parse(self->context, service, &wanted.server);
    if (ret == 0)
        ret = krb5_tkt_creds_init(self->context, self->tickets, &wanted, 0,
                                  &state);
    if (ret == 0)
        code = client_name(self->context, wanted.server, &name, error);
    if (ret == 0 && code == IAKERB_DONE)
        code = exchange_run(self, tgs_step, state, name, error);
    if (ret == 0 && code == IAKERB_DONE)
        ret = store_by_names(self, state, given);
    if (ret != 0)
        code = error_krb5(error, self->context, ret, IAKERB_INVALID,
                          "cannot get a ticket");
    free(name);
    krb5_free_principal(self->context, given);
    krb5_tkt_creds_free(self->context, state);
    krb5_free_cred_contents(self->context, &wanted);
    return code;
}

enum iakerb_code
ticket_get_all(struct acquire *self, struct iakerb_error *error)
{
    const char *const *service = self->params->services;
    enum iakerb_code code = IAKERB_DONE;

    for (; code == IAKERB_DONE && service != NULL && *service != NULL;
            service++)
        code = get_ticket(self, *service, error);
    return code;
}
