/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "credential.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "answer.h"
#include "client.h"
#include "store.h"

static gss_OID_set_desc
one_mechanism(gss_OID mechanism)
{
    return (gss_OID_set_desc){ .count = 1, .elements = mechanism };
}

static enum iakerb_code
import_client(const char *client, gss_name_t *name, struct iakerb_error *error)
{
    gss_buffer_desc buffer = { strlen(client), (void *)client };
    OM_uint32 major, minor;

    major = gss_import_name(&minor, &buffer, GSS_C_NT_USER_NAME, name);
    return GSS_ERROR(major) ?
        error_gss(error, major, minor, IAKERB_INVALID,
                  "cannot use the user's name") : IAKERB_DONE;
}

/* Keep the client as text. */
static enum iakerb_code
take_client(struct credential *credential, krb5_const_principal client,
            struct iakerb_error *error)
{
    credential->has_realm = client->realm.length > 0;
    return client_name(credential->context, client, &credential->client,
                       error);
}

/*
 * MIT adds confidentiality and integrity to what is asked for, unless told
 * otherwise.  Peers of DCE/RPC take the flags for what is going to be done.
 */
static enum iakerb_code
only_wanted_flags(OM_uint32 flags, gss_cred_id_t *gss,
                  struct iakerb_error *error)
{
    const OM_uint32 added = GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
    gss_buffer_desc empty = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor;

    if ((flags & added) == added)
        return IAKERB_DONE;
    major = gss_set_cred_option(&minor, gss, GSS_KRB5_CRED_NO_CI_FLAGS_X,
                                &empty);
    return GSS_ERROR(major) ?
        error_gss(error, major, minor, IAKERB_SYSTEM,
                  "cannot use the credential") : IAKERB_DONE;
}

/* ---- Password --------------------------------------------------------- */

static enum iakerb_code
acquire_with_password(struct credential *credential, const char *password,
                      OM_uint32 flags, struct iakerb_error *error)
{
    gss_buffer_desc buffer = { strlen(password), (void *)password };
    gss_OID_set_desc mechanisms = one_mechanism(gss_mech_iakerb);
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 major, minor, tmp;
    enum iakerb_code code;

    code = import_client(credential->client, &name, error);
    if (code != IAKERB_DONE)
        return code;
    major = gss_acquire_cred_with_password(&minor, name, &buffer, 0,
                                           &mechanisms, GSS_C_INITIATE,
                                           &credential->gss, NULL, NULL);
    if (GSS_ERROR(major))
        code = error_gss(error, major, minor, IAKERB_SYSTEM,
                         "cannot use the password");
    else
        code = only_wanted_flags(flags, &credential->gss, error);
    gss_release_name(&tmp, &name);
    return code;
}

/* Make the client one of this realm. */
static enum iakerb_code
set_realm(struct credential *credential, const char *realm,
          struct iakerb_error *error)
{
    char *client = NULL;

    if (asprintf(&client, "%s@%s", credential->user, realm) < 0)
        return error_no_memory(error);
    free(credential->client);
    credential->client = client;
    credential->has_realm = true;
    return IAKERB_DONE;
}

/* Keep what is needed if the realm turns out to be another one. */
static enum iakerb_code
guess(struct credential *credential, const char *realm, const char *password,
      struct iakerb_error *error)
{
    credential->user = strdup(credential->client);
    credential->password = strdup(password);
    if (credential->user == NULL || credential->password == NULL)
        return error_no_memory(error);
    return set_realm(credential, realm, error);
}

void
credential_settle(struct credential *credential)
{
    if (credential->password != NULL)
        explicit_bzero(credential->password, strlen(credential->password));
    free(credential->password);
    free(credential->user);
    credential->password = NULL;
    credential->user = NULL;
}

enum iakerb_code
credential_other_realm(struct credential *credential, const char *realm,
                       OM_uint32 flags, struct iakerb_error *error)
{
    enum iakerb_code code;
    OM_uint32 tmp;

    gss_release_cred(&tmp, &credential->gss);
    code = set_realm(credential, realm, error);
    if (code == IAKERB_DONE)
        code = acquire_with_password(credential, credential->password, flags,
                                     error);
    credential_settle(credential);
    return code;
}

static enum iakerb_code
from_password(krb5_const_principal user,
              const struct iakerb_initiator_params *params,
              struct credential *credential, struct iakerb_error *error)
{
    enum iakerb_code code;

    code = take_client(credential, user, error);
    if (code == IAKERB_DONE && !credential->has_realm &&
            answer_is_realm(params->guess))
        code = guess(credential, params->guess, params->password, error);
    if (code == IAKERB_DONE)
        code = acquire_with_password(credential, params->password,
                                     params->flags, error);
    return code;
}

/* ---- Credential cache ------------------------------------------------- */

enum iakerb_code
credential_from_ccache(const char *ccache, gss_OID mechanism, OM_uint32 flags,
                       gss_cred_id_t *gss, struct iakerb_error *error)
{
    gss_key_value_element_desc element = { "ccache", ccache };
    gss_key_value_set_desc store = { 1, &element };
    gss_OID_set_desc mechanisms = one_mechanism(mechanism);
    OM_uint32 major, minor;

    major = gss_acquire_cred_from(&minor, GSS_C_NO_NAME, 0, &mechanisms,
                                  GSS_C_INITIATE, &store, gss, NULL, NULL);
    return GSS_ERROR(major) ?
        error_gss(error, major, minor, IAKERB_NO_CREDENTIALS,
                  "cannot use the credential cache") :
        only_wanted_flags(flags, gss, error);
}

/* Have a copy in memory to work with: whether the cache can be written is then
 * no matter. */
static enum iakerb_code
acquire_with_copy(const struct iakerb_initiator_params *params,
                  struct credential *credential, struct iakerb_error *error)
{
    krb5_context context = credential->context;
    enum iakerb_code code;
    krb5_error_code ret;
    char *name = NULL;

    ret = krb5_cc_resolve(context, params->ccache, &credential->ccache);
    if (ret == 0)
        ret = store_copy(context, credential->ccache, &credential->memory,
                         &name);
    if (ret != 0)
        return error_krb5(error, context, ret, IAKERB_NO_CREDENTIALS,
                          "cannot use the credential cache");
    code = credential_from_ccache(name, gss_mech_iakerb, params->flags,
                                  &credential->gss, error);
    krb5_free_string(context, name);
    return code;
}

static enum iakerb_code
from_ccache(krb5_const_principal wanted,
            const struct iakerb_initiator_params *params,
            struct credential *credential, struct iakerb_error *error)
{
    krb5_principal found;
    enum iakerb_code code;

    code = client_of_ccache(credential->context, params->ccache, wanted,
                            &found, error);
    if (code == IAKERB_DONE)
        code = take_client(credential, found, error);
    if (code == IAKERB_DONE)
        code = acquire_with_copy(params, credential, error);
    krb5_free_principal(credential->context, found);
    return code;
}

/* ---- Keytab ----------------------------------------------------------- */

/* Acquire with the keytab, and a new cache in memory for the tickets. */
static enum iakerb_code
acquire_with_keytab(const struct iakerb_initiator_params *params,
                    struct credential *credential, struct iakerb_error *error)
{
    gss_key_value_element_desc elements[2] = {
        { "client_keytab", params->keytab }
    };
    gss_key_value_set_desc store = { 2, elements };
    gss_OID_set_desc mechanisms = one_mechanism(gss_mech_iakerb);
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 major, minor, tmp;
    enum iakerb_code code;
    char *memory = NULL;
    krb5_error_code ret;

    ret = krb5_cc_new_unique(credential->context, "MEMORY", NULL,
                             &credential->memory);
    if (ret == 0)
        ret = krb5_cc_get_full_name(credential->context, credential->memory,
                                    &memory);
    if (ret != 0)
        return error_krb5(error, credential->context, ret, IAKERB_SYSTEM,
                          "cannot make a credential cache in memory");
    elements[1] = (gss_key_value_element_desc){ "ccache", memory };

    code = import_client(credential->client, &name, error);
    if (code != IAKERB_DONE)
        goto done;
    major = gss_acquire_cred_from(&minor, name, 0, &mechanisms,
                                  GSS_C_INITIATE, &store, &credential->gss,
                                  NULL, NULL);
    if (GSS_ERROR(major))
        code = error_gss(error, major, minor, IAKERB_NO_CREDENTIALS,
                         "cannot use the keytab");
    else
        code = only_wanted_flags(params->flags, &credential->gss, error);

done:
    gss_release_name(&tmp, &name);
    krb5_free_string(credential->context, memory);
    return code;
}

static enum iakerb_code
from_keytab(krb5_const_principal wanted,
            const struct iakerb_initiator_params *params,
            struct credential *credential, struct iakerb_error *error)
{
    krb5_principal found;
    enum iakerb_code code;

    code = client_of_keytab(credential->context, params->keytab, wanted,
                            &found, error);
    if (code == IAKERB_DONE)
        code = take_client(credential, found, error);
    if (code == IAKERB_DONE)
        code = acquire_with_keytab(params, credential, error);
    krb5_free_principal(credential->context, found);
    return code;
}

/* ---- All of them ------------------------------------------------------ */

enum iakerb_code
credential_acquire(const struct iakerb_initiator_params *params,
                   struct credential *credential, struct iakerb_error *error)
{
    int kinds = (params->password != NULL) + (params->ccache != NULL) +
        (params->keytab != NULL);
    krb5_principal wanted = NULL;
    enum iakerb_code code;
    krb5_error_code ret;

    *credential = (struct credential){ .gss = GSS_C_NO_CREDENTIAL };
    if (kinds != 1)
        return error_set(error, IAKERB_INVALID, "exactly one of password, "
                         "credential cache and keytab must be given");
    if (params->password != NULL && params->user == NULL)
        return error_set(error, IAKERB_INVALID,
                         "a password needs the user's name");
    if (params->password != NULL && params->password[0] == '\0')
        return error_set(error, IAKERB_INVALID, "the password is empty");

    ret = krb5_init_context(&credential->context);
    if (ret != 0)
        return error_krb5(error, NULL, ret, IAKERB_SYSTEM,
                          "cannot read the krb5 configuration");
    code = client_parse(credential->context, params->user, 0, &wanted, error);
    if (code != IAKERB_DONE)
        return code;
    if (params->password != NULL)
        code = from_password(wanted, params, credential, error);
    else if (params->ccache != NULL)
        code = from_ccache(wanted, params, credential, error);
    else
        code = from_keytab(wanted, params, credential, error);
    krb5_free_principal(credential->context, wanted);
    return code;
}

enum iakerb_code
credential_copy(const struct credential *credential, const char *ccache,
                struct iakerb_error *error)
{
    gss_key_value_element_desc element = { "ccache", ccache };
    gss_key_value_set_desc store = { 1, &element };
    OM_uint32 major, minor;

    major = gss_store_cred_into(&minor, credential->gss, GSS_C_INITIATE,
                                gss_mech_iakerb, 1, 0, &store, NULL, NULL);
    return GSS_ERROR(major) ?
        error_gss(error, major, minor, IAKERB_SYSTEM,
                  "cannot store the tickets") : IAKERB_DONE;
}

/*
 * By way of a cache in memory: the GSS-API takes the name of a cache in a
 * collection for that of the collection, and looks for the client in it.
 */
enum iakerb_code
credential_store(const struct credential *credential, const char *ccache,
                 struct iakerb_error *error)
{
    krb5_context context = credential->context;
    krb5_ccache from = NULL, to = NULL;
    enum iakerb_code code = IAKERB_DONE;
    krb5_error_code ret;
    char *name = NULL;

    ret = krb5_cc_resolve(context, ccache, &to);
    if (ret == 0)
        ret = krb5_cc_new_unique(context, "MEMORY", NULL, &from);
    if (ret == 0)
        ret = krb5_cc_get_full_name(context, from, &name);
    if (ret == 0)
        code = credential_copy(credential, name, error);
    if (ret != 0)
        code = store_failed(context, NULL, ret, error);
    else if (code == IAKERB_DONE)
        code = store_replace(context, &from, to, error);
    krb5_free_string(context, name);
    if (from != NULL)
        krb5_cc_destroy(context, from);
    if (to != NULL)
        krb5_cc_close(context, to);
    return code;
}

void
credential_keep(const struct credential *credential)
{
    if (credential->ccache != NULL)
        store_add(credential->context, credential->memory, credential->ccache,
                  NULL);
}

void
credential_clear(struct credential *credential)
{
    OM_uint32 tmp;

    credential_settle(credential);
    gss_release_cred(&tmp, &credential->gss);
    if (credential->memory != NULL)
        krb5_cc_destroy(credential->context, credential->memory);
    if (credential->ccache != NULL)
        krb5_cc_close(credential->context, credential->ccache);
    krb5_free_context(credential->context);
    free(credential->client);
    *credential = (struct credential){ .gss = GSS_C_NO_CREDENTIAL };
}
