/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* One call of iakerb_acquire(), and the pieces that it is made of. */
#ifndef ACQUIRE_H
#define ACQUIRE_H

#include "limit.h"

struct acquire {
    const struct iakerb_acquire_params *params;
    const struct iakerb_transport *transport;
    struct limits limits;
    krb5_context context;
    krb5_principal client;      /* without a realm, until it is known */
    char *name;                 /* the client, for messages */
    krb5_ccache ccache;         /* of the parameters */
    krb5_ccache tickets;        /* in memory, until all are there */
    krb5_ccache hints;          /* NULL where none are named */
    bool guessing;              /* the client's realm is a guess */
    char *told;                 /* what the acceptor told instead, or NULL */
    bool by_password;           /* the AS exchange uses one, or its key */
    bool by_certificate;        /* it must be PKINIT, as a user identity says */
    krb5_error_code refusal;    /* of the peer's last token, or 0 */
    char said[256];             /* with it, by the KDC; or "" */
    char offered[96];           /* kinds of preauthentication, or empty */
    struct iakerb_error failed; /* of an exchange under the krb5 library */
};

/* ---- exchange.c: messages and their replies ---------------------------- */

/*
 * Ask the acceptor for its realm (draft, section 3.1).  *realm is to be freed
 * with free(); NULL after a failure.
 */
enum iakerb_code
exchange_discovery(struct acquire *self, krb5_context plain, char **realm,
                   struct iakerb_error *error);

/* Have what the krb5 library itself would send to a KDC go the same way: for a
 * renewal, and for FAST when the armor has to be fetched. */
void
exchange_hook(struct acquire *self);

typedef krb5_error_code (*step_fn)(krb5_context context, void *state,
                                   krb5_data *in, krb5_data *out,
                                   krb5_data *realm, unsigned int *flags);

/* Run an exchange of the krb5 library, for a ticket for this service, to its
 * end. */
enum iakerb_code
exchange_run(struct acquire *self, step_fn step, void *state,
             const char *service, struct iakerb_error *error);

/* Why the krb5 library could not get a ticket. */
enum iakerb_code
exchange_failed(struct acquire *self, krb5_error_code ret,
                const char *service, struct iakerb_error *error);

/* ---- prompt.c: asking the person -------------------------------------- */

/* For krb5_init_creds_init(); data is a struct acquire. */
krb5_error_code KRB5_CALLCONV
prompt_person(krb5_context context, void *data, const char *name,
              const char *banner, int count, krb5_prompt prompts[]);

/* ---- tgt.c and ticket.c: what is got ----------------------------------- */

enum iakerb_code
tgt_get(struct acquire *self, struct iakerb_error *error);

enum iakerb_code
tgt_renew(struct acquire *self, struct iakerb_error *error);

/* Get a ticket for each service of the parameters. */
enum iakerb_code
ticket_get_all(struct acquire *self, struct iakerb_error *error);

#endif /* ACQUIRE_H */
