/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "acquire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* Set what the ticket is to be good for. */
static void
set_ticket(const struct iakerb_acquire_params *params, krb5_context context,
           krb5_get_init_creds_opt *options)
{
    if (params->lifetime != 0)
        krb5_get_init_creds_opt_set_tkt_life(options, params->lifetime);
    if (params->renew_lifetime != 0)
        krb5_get_init_creds_opt_set_renew_life(options,
                                               params->renew_lifetime);
    if (params->canonicalize || params->enterprise)
        krb5_get_init_creds_opt_set_canonicalize(options, 1);
    if (params->anonymous)
        krb5_get_init_creds_opt_set_anonymous(options, 1);
    if (params->forwardable != IAKERB_AS_CONFIGURED)
        krb5_get_init_creds_opt_set_forwardable(
            options, params->forwardable == IAKERB_YES);
    if (params->proxiable != IAKERB_AS_CONFIGURED)
        krb5_get_init_creds_opt_set_proxiable(
            options, params->proxiable == IAKERB_YES);
    if (params->pac != IAKERB_AS_CONFIGURED)
        krb5_get_init_creds_opt_set_pac_request(context, options,
                                                params->pac == IAKERB_YES);
}

static krb5_error_code
set_options(struct acquire *self, krb5_get_init_creds_opt *options)
{
    const struct iakerb_acquire_params *params = self->params;
    const char *const *attribute = params->preauth;
    krb5_context context = self->context;
    krb5_error_code ret;

    set_ticket(params, context, options);
    ret = krb5_get_init_creds_opt_set_out_ccache(context, options,
                                                 self->tickets);
    if (ret == 0 && params->hints_ccache != NULL) {
        ret = krb5_cc_resolve(context, params->hints_ccache, &self->hints);
        if (ret == 0)
            ret = krb5_get_init_creds_opt_set_in_ccache(context, options,
                                                        self->hints);
    }
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

enum iakerb_code
tgt_get(struct acquire *self, struct iakerb_error *error)
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
        ret = krb5_init_creds_init(self->context, self->client, prompt_person,
                                   self, self->params->start_time, options,
                                   &state);
    if (ret == 0)
        ret = set_secret(self, state, &keytab);
    if (ret == 0)
        code = exchange_run(self, as_step, state, "krbtgt", error);
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

enum iakerb_code
tgt_renew(struct acquire *self, struct iakerb_error *error)
{
    bool renewal = self->params->source == IAKERB_FROM_RENEWAL;
    krb5_context context = self->context;
    krb5_creds tgt = { 0 };
    enum iakerb_code code = IAKERB_DONE;
    krb5_error_code ret;

    if (renewal)
        ret = krb5_get_renewed_creds(context, &tgt, self->client,
                                     self->ccache, NULL);
    else
        ret = krb5_get_validated_creds(context, &tgt, self->client,
                                       self->ccache, NULL);
    if (ret == 0)
        ret = krb5_cc_initialize(context, self->tickets, self->client);
    if (ret == 0)
        ret = krb5_cc_store_cred(context, self->tickets, &tgt);
    if (self->refusal == KRB5KDC_ERR_BADOPTION)
        code = error_set(error, IAKERB_NO_CREDENTIALS, "the ticket of %s "
                         "cannot be %s", self->name,
                         renewal ? "renewed" : "validated");
    else if (self->refusal == KRB5KRB_AP_ERR_TKT_NYV && !renewal)
        code = error_set(error, IAKERB_NO_CREDENTIALS, "the time from which "
                         "the ticket of %s is good has not come", self->name);
    else if (ret != 0)
        code = exchange_failed(self, ret, "krbtgt", error);
    krb5_free_cred_contents(context, &tgt);
    return code;
}
