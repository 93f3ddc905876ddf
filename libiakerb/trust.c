/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "trust.h"

#include <stdlib.h>
#include <string.h>

#include <profile.h>

#include "common/host.h"

/* A value of the configuration, to be freed with profile_release_string(). */
static char *
configured(struct _profile_t *profile, const char *section, const char *name,
           const char *further)
{
    const char *names[] = { section, name, further, NULL };
    char **values = NULL, *value = NULL;

    if (profile_get_values(profile, names, &values) != 0)
        return NULL;
    if (values[0] != NULL)
        value = strdup(values[0]);
    profile_free_list(values);
    return value;
}

char *
trust_realm(krb5_context context, const char *client_realm, const char *host)
{
    struct _profile_t *profile = NULL;
    char name[HOST_BYTES], *realm = NULL, *path = NULL;
    bool address;

    if (!host_canonical(host, name, &address) ||
            krb5_get_profile(context, &profile) != 0)
        return NULL;
    realm = configured(profile, "domain_realm", name, NULL);
    if (realm != NULL && strcmp(realm, client_realm) != 0)
        path = configured(profile, "capaths", client_realm, realm);
    /* No realm in between. */
    if (path == NULL || strcmp(path, ".") != 0) {
        free(realm);
        realm = NULL;
    }
    free(path);
    profile_release(profile);
    return realm;
}

static enum iakerb_code
cross_failed(krb5_context context, krb5_error_code ret, const char *client,
             const char *realm, struct iakerb_error *error)
{
    enum iakerb_code code;

    if (ret != KRB5KDC_ERR_POLICY && ret != KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN)
        return error_krb5(error, context, ret, IAKERB_NO_CREDENTIALS,
                          "cannot get a ticket for the other realm");
    code = error_set(error, IAKERB_NO_CREDENTIALS, "the trust that lets "
                     "users of %s in at %s has ended; its owners can make it "
                     "again, with 'localkdc trust'", client, realm);
    if (error != NULL)
        error->krb5 = ret;
    return code;
}

enum iakerb_code
trust_cross(krb5_context context, krb5_ccache cache, const char *realm,
            struct iakerb_error *error)
{
    krb5_creds wanted = { 0 }, *got = NULL;
    enum iakerb_code code = IAKERB_DONE;
    const krb5_data *own;
    krb5_error_code ret;

    ret = krb5_cc_get_principal(context, cache, &wanted.client);
    if (ret != 0)
        return error_krb5(error, context, ret, IAKERB_NO_CREDENTIALS,
                          "cannot use the credential cache");
    own = &wanted.client->realm;
    ret = krb5_build_principal(context, &wanted.server, own->length,
                               own->data, KRB5_TGS_NAME, realm, (char *)NULL);
    /* It is stored in the cache. */
    if (ret == 0)
        ret = krb5_get_credentials(context, 0, cache, &wanted, &got);
    if (ret != 0)
        code = cross_failed(context, ret, own->data, realm, error);
    krb5_free_creds(context, got);
    krb5_free_cred_contents(context, &wanted);
    return code;
}
