/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "acquire.h"

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
        code = exchange_run(self, tgs_step, state, service, error);
    if (ret == 0 && code == IAKERB_DONE && self->limits.legs > legs)
        ret = store_by_own_name(self, state);
    if (ret != 0)
        code = error_krb5(error, self->context, ret, IAKERB_INVALID,
                          "cannot get a ticket");
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
