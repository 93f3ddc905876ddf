/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "way.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/refusal.h"
#include "resolve.h"

/* The KDC has had its time then; see tickets.c. */
#define SERVER_SECONDS 15

static bool
is_unreachable(krb5_error_code ret)
{
    return ret == KRB5_KDC_UNREACH || ret == KRB5_REALM_UNKNOWN ||
        ret == KRB5_REALM_CANT_RESOLVE;
}

/* ---- Through the server ----------------------------------------------- */

/* The kernel does not tell the interface that a link-local address needs. */
const char *
way_server(const struct request *request)
{
    return strncmp(request->address, "fe80:", 5) == 0 ? request->host :
        request->address;
}

/* From a keytab, the cache is filled anew; else with the TGT in it, and copy is
 * filled with all tickets. */
static bool
ask_server(struct login *self, const char *service, const char *keytab,
           const char *ccache, const char *copy, struct reason *reason)
{
    const char *servers[] = { way_server(self->request), NULL };
    const char *services[] = { NULL, NULL };
    struct iakerb_smb_params smb_params = { .servers = servers };
    struct iakerb_acquire_params params = {
        .source = keytab != NULL ? IAKERB_FROM_KEYTAB : IAKERB_FROM_TGT,
        .user = self->client_name,
        .ccache = ccache,
        .services = services,
        .keytab = keytab,
        .copy = copy,
        .limits.seconds = SERVER_SECONDS
    };
    struct iakerb_smb *smb = NULL;
    struct iakerb_error error;
    enum iakerb_code code;
    char *name = NULL;

    if (asprintf(&name, "%s/%s@%s", service, self->host,
                 self->client->realm.data) < 0)
        return reason_no_memory(reason);
    services[0] = name;
    code = iakerb_smb_create(&smb_params, &smb, &error);
    if (code == IAKERB_DONE)
        code = iakerb_acquire(&params, iakerb_smb_transport(smb), &error);
    iakerb_smb_free(smb);
    free(name);
    self->through_server = true;
    self->service_unknown = code == IAKERB_SERVICE_UNKNOWN;
    self->not_taken = code == IAKERB_NO_CREDENTIALS ||
        code == IAKERB_REALM_REFUSED;
    /* It is the KDC then that is missed. */
    if (code == IAKERB_NOT_OFFERED && self->no_kdc != 0)
        return reason_krb5(reason, self->context, self->no_kdc,
                           "cannot get a ticket for the server");
    return code == IAKERB_DONE || reason_iakerb(reason, &error);
}

/* ---- A ticket for the service ----------------------------------------- */

/* With KRB5_GC_CACHED in options, nobody is asked.  Where the server has the
 * KDC, its realm is the user's, whatever the configuration says. */
static krb5_error_code
get_credentials(struct login *self, const char *service,
                krb5_flags options, char **name)
{
    krb5_creds wanted = { .client = self->client }, *got = NULL;
    char *unparsed = NULL;
    krb5_error_code ret;

    ret = krb5_sname_to_principal(self->context, self->host, service,
                                  KRB5_NT_UNKNOWN, &wanted.server);
    if (ret == 0 && (self->through_server || login_is_local(self)))
        ret = krb5_set_principal_realm(self->context, wanted.server,
                                       self->client->realm.data);
    if (ret == 0)
        ret = krb5_get_credentials(self->context, options, self->cache,
                                   &wanted, &got);
    if (ret == 0)
        ret = krb5_unparse_name(self->context, got->server, &unparsed);
    if (ret == 0) {
        *name = strdup(unparsed);
        ret = *name == NULL ? ENOMEM : 0;
    }
    krb5_free_unparsed_name(self->context, unparsed);
    krb5_free_creds(self->context, got);
    krb5_free_principal(self->context, wanted.server);
    return ret;
}

/*
 * Ask the server with the TGT in the cache.  From here on a copy in memory is
 * used: the cache gets the new ticket too, if it can be written.
 */
static bool
ask_with_tgt(struct login *self, const char *service, struct reason *reason)
{
    krb5_ccache memory = NULL;
    char *name = NULL, *copy = NULL;
    krb5_error_code ret;
    bool done;

    ret = krb5_cc_get_full_name(self->context, self->cache, &name);
    if (ret == 0)
        ret = krb5_cc_new_unique(self->context, "MEMORY", NULL, &memory);
    if (ret == 0)
        ret = krb5_cc_get_full_name(self->context, memory, &copy);
    done = ret == 0 ? ask_server(self, service, NULL, name, copy, reason) :
        reason_krb5(reason, self->context, ret, "no credential cache");
    krb5_free_string(self->context, name);
    krb5_free_string(self->context, copy);
    if (done) {
        krb5_cc_close(self->context, self->cache);
        self->cache = memory;
    } else if (memory != NULL) {
        krb5_cc_destroy(self->context, memory);
    }
    return done;
}

static bool
get_ticket(struct login *self, const char *service, char **name,
           struct reason *reason)
{
    bool local = login_is_local(self);
    krb5_error_code ret;

    ret = get_credentials(self, service, local ? KRB5_GC_CACHED : 0, name);
    if (ret != 0 && (local || is_unreachable(ret))) {
        if (!local)
            self->no_kdc = ret;
        if (!ask_with_tgt(self, service, reason))
            return false;
        ret = get_credentials(self, service, KRB5_GC_CACHED, name);
    }
    self->service_unknown = ret == KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN;
    self->not_taken = refusal_is_about_ticket(ret);
    return ret == 0 || reason_krb5(reason, self->context, ret,
                                   "cannot get a ticket for the server");
}

/* Old servers have a key for "host" only, others one for the full name. */
bool
way_ticket(struct login *self, char **service, struct reason *reason)
{
    struct reason other;

    if (get_ticket(self, "cifs", service, reason) ||
            (self->service_unknown &&
             get_ticket(self, "host", service, &other)))
        return true;
    if (!self->service_unknown || login_is_local(self) ||
            strchr(self->host, '.') != NULL ||
            !resolve_domain(self->host, self->host_in_domain,
                            sizeof(self->host_in_domain)))
        return false;
    self->host = self->host_in_domain;
    return get_ticket(self, "cifs", service, &other);
}

/* ---- A TGT ------------------------------------------------------------ */

/* Fill the cache with a TGT from the keytab. */
static krb5_error_code
ask_kdc(struct login *self, krb5_keytab keytab)
{
    krb5_creds creds = { 0 };
    krb5_error_code ret;

    ret = krb5_get_init_creds_keytab(self->context, &creds, self->client,
                                     keytab, 0, NULL, NULL);
    if (ret == 0)
        ret = krb5_cc_initialize(self->context, self->cache, self->client);
    if (ret == 0)
        ret = krb5_cc_store_cred(self->context, self->cache, &creds);
    krb5_free_cred_contents(self->context, &creds);
    return ret;
}

bool
way_fill(struct login *self, krb5_keytab keytab, struct reason *reason)
{
    char name[1024], *ccache = NULL;
    krb5_error_code ret;
    bool done;

    if (!login_is_local(self)) {
        ret = ask_kdc(self, keytab);
        if (ret == 0)
            return true;
        if (!is_unreachable(ret))
            return reason_krb5(reason, self->context, ret,
                               "cannot get a ticket with the keytab");
        self->no_kdc = ret;
    }
    ret = krb5_kt_get_name(self->context, keytab, name, sizeof(name));
    if (ret == 0)
        ret = krb5_cc_get_full_name(self->context, self->cache, &ccache);
    done = ret == 0 ? ask_server(self, "cifs", name, ccache, NULL, reason) :
        reason_krb5(reason, self->context, ret, "the keytab");
    krb5_free_string(self->context, ccache);
    return done;
}
