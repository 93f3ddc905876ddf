/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tickets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "choose.h"

/* After a KDC there is time to ask the server. */
#define KDC_SECONDS "8"
#define SERVER_SECONDS 15

struct tickets {
    const struct tickets_params *params;
    krb5_context context;
    krb5_ccache cache;
    krb5_principal client;      /* of the cache, or in the keytab */
    char *client_name;
    bool through_server;
    bool service_unknown;       /* to the KDC */
};

/*
 * Whether the KDC of this realm can only be reached through its server.  A
 * local realm is named as its machine, in one label.  DNS has no such realm,
 * but may take half a minute to say so.
 */
static bool
is_local(const krb5_data *realm)
{
    bool known = true;

    return memchr(realm->data, '.', realm->length) == NULL &&
        iakerb_realm_known(realm->data, &known, NULL) == IAKERB_DONE && !known;
}

static bool
is_unreachable(krb5_error_code ret)
{
    return ret == KRB5_KDC_UNREACH || ret == KRB5_REALM_UNKNOWN ||
        ret == KRB5_REALM_CANT_RESOLVE;
}

static bool
set_client(struct tickets *self, krb5_principal client, struct reason *reason)
{
    krb5_error_code ret;

    self->client = client;
    ret = krb5_unparse_name(self->context, client, &self->client_name);
    return ret == 0 ||
        reason_krb5(reason, self->context, ret, "cannot use the user's name");
}

/* ---- Through the server ----------------------------------------------- */

/* The kernel does not tell the interface that a link-local address needs. */
static const char *
server_of(const struct tickets_params *params)
{
    return strncmp(params->address, "fe80:", 5) == 0 ? params->host :
        params->address;
}

/* From a keytab, the cache is filled anew; else with the TGT in the cache. */
static bool
ask_server(struct tickets *self, const char *service, const char *keytab,
           const char *ccache, struct reason *reason)
{
    const char *servers[] = { server_of(self->params), NULL };
    const char *services[] = { NULL, NULL };
    struct iakerb_smb_params smb_params = { .servers = servers };
    struct iakerb_acquire_params params = {
        .source = keytab != NULL ? IAKERB_FROM_KEYTAB : IAKERB_FROM_TGT,
        .user = self->client_name,
        .ccache = ccache,
        .services = services,
        .keytab = keytab,
        .limits.seconds = SERVER_SECONDS
    };
    struct iakerb_smb *smb = NULL;
    struct iakerb_error error;
    enum iakerb_code code;
    char *name = NULL;

    if (asprintf(&name, "%s/%s@%s", service, self->params->host,
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
    return code == IAKERB_DONE || reason_iakerb(reason, &error);
}

/* ---- A ticket for the service ----------------------------------------- */

/* With KRB5_GC_CACHED in options, nobody is asked. */
static krb5_error_code
get_credentials(struct tickets *self, const char *service,
                krb5_flags options, char **name)
{
    krb5_creds wanted = { .client = self->client }, *got = NULL;
    char *unparsed = NULL;
    krb5_error_code ret;

    ret = krb5_sname_to_principal(self->context, self->params->host, service,
                                  KRB5_NT_UNKNOWN, &wanted.server);
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

static bool
get_ticket(struct tickets *self, const char *service, const char *ccache,
           char **name, struct reason *reason)
{
    bool local = is_local(&self->client->realm);
    krb5_error_code ret;

    ret = get_credentials(self, service, local ? KRB5_GC_CACHED : 0, name);
    if (ret != 0 && (local || is_unreachable(ret))) {
        if (!ask_server(self, service, NULL, ccache, reason))
            return false;
        ret = get_credentials(self, service, KRB5_GC_CACHED, name);
    }
    self->service_unknown = ret == KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN;
    return ret == 0 || reason_krb5(reason, self->context, ret,
                                   "cannot get a ticket for the server");
}

/* Old servers have a key for "host" only. */
static bool
get_any_ticket(struct tickets *self, const char *ccache, char **name,
               struct reason *reason)
{
    struct reason other;

    return get_ticket(self, "cifs", ccache, name, reason) ||
        (self->service_unknown &&
         get_ticket(self, "host", ccache, name, &other));
}

/* ---- A cache ---------------------------------------------------------- */

/* Fill the default cache with a TGT from the keytab. */
static krb5_error_code
ask_kdc(struct tickets *self, krb5_keytab keytab)
{
    krb5_creds creds = { 0 };
    krb5_ccache cache = NULL;
    krb5_error_code ret;

    ret = krb5_get_init_creds_keytab(self->context, &creds, self->client,
                                     keytab, 0, NULL, NULL);
    if (ret == 0)
        ret = krb5_cc_default(self->context, &cache);
    if (ret == 0)
        ret = krb5_cc_initialize(self->context, cache, self->client);
    if (ret == 0)
        ret = krb5_cc_store_cred(self->context, cache, &creds);
    krb5_free_cred_contents(self->context, &creds);
    if (cache != NULL)
        krb5_cc_close(self->context, cache);
    return ret;
}

static bool
use_keytab(struct tickets *self, krb5_keytab keytab, struct reason *reason)
{
    krb5_error_code ret = KRB5_KDC_UNREACH;
    char name[1024];

    if (!is_local(&self->client->realm))
        ret = ask_kdc(self, keytab);
    if (ret == 0)
        return true;
    if (!is_unreachable(ret))
        return reason_krb5(reason, self->context, ret,
                           "cannot get a ticket with the keytab");
    ret = krb5_kt_get_name(self->context, keytab, name, sizeof(name));
    if (ret != 0)
        return reason_krb5(reason, self->context, ret, "the keytab");
    return ask_server(self, "cifs", name,
                      krb5_cc_default_name(self->context), reason);
}

static bool
no_tickets(bool expired, struct reason *reason)
{
    if (expired)
        return reason_set(reason, EKEYEXPIRED, "the tickets of uid %d have "
                          "expired; run kinit or iakerb-kinit", getuid());
    return reason_set(reason, ENOKEY, "uid %d has no tickets; run kinit or "
                      "iakerb-kinit", getuid());
}

/* The keytab of the option or of the system, then the user's own. */
static bool
from_keytab(struct tickets *self, bool expired, struct reason *reason)
{
    const char *path = self->params->keytab;
    krb5_keytab keytab = NULL;
    krb5_principal client = NULL;
    krb5_error_code ret;
    bool done;

    ret = path != NULL ? krb5_kt_resolve(self->context, path, &keytab) :
        krb5_kt_default(self->context, &keytab);
    if (ret == 0)
        choose_client(self->context, self->params, keytab, false, &client);
    if (client == NULL) {
        if (keytab != NULL)
            krb5_kt_close(self->context, keytab);
        keytab = NULL;
        ret = krb5_kt_client_default(self->context, &keytab);
        if (ret == 0)
            choose_client(self->context, self->params, keytab, true, &client);
    }
    done = client == NULL ? no_tickets(expired, reason) :
        set_client(self, client, reason) && use_keytab(self, keytab, reason);
    if (keytab != NULL)
        krb5_kt_close(self->context, keytab);
    return done;
}

static bool
from_ccache(struct tickets *self, struct reason *reason)
{
    krb5_principal client;
    krb5_error_code ret;

    ret = krb5_cc_get_principal(self->context, self->cache, &client);
    return ret == 0 ? set_client(self, client, reason) :
        reason_krb5(reason, self->context, ret, "the credential cache");
}

/* Find a cache with tickets, or make one. */
static bool
open_ccache(struct tickets *self, struct reason *reason)
{
    krb5_error_code ret;
    bool expired;

    self->cache = choose_ccache(self->context, self->params, &expired);
    if (self->cache != NULL)
        return from_ccache(self, reason);
    if (!from_keytab(self, expired, reason))
        return false;
    ret = krb5_cc_default(self->context, &self->cache);
    return ret == 0 || reason_krb5(reason, self->context, ret,
                                   "cannot open the credential cache");
}

static bool
name_of(struct tickets *self, char **ccache, struct reason *reason)
{
    krb5_error_code ret;
    char *name;

    ret = krb5_cc_get_full_name(self->context, self->cache, &name);
    if (ret != 0)
        return reason_krb5(reason, self->context, ret,
                           "cannot name the credential cache");
    *ccache = strdup(name);
    krb5_free_string(self->context, name);
    return *ccache != NULL || reason_no_memory(reason);
}

/*
 * Give up a KDC in time, where the configuration does not say when: a file
 * behind the configuration's own.
 */
static void
limit_kdc(void)
{
    static const char text[] =
        "[libdefaults]\n    request_timeout = " KDC_SECONDS "\n";
    const char *list = getenv("KRB5_CONFIG");
    int fd = memfd_create("krb5.conf", 0);
    char *longer = NULL;

    if (fd >= 0 && write(fd, text, sizeof(text) - 1) > 0 &&
            asprintf(&longer, "%s:/proc/self/fd/%d",
                     list != NULL ? list : "/etc/krb5.conf", fd) >= 0)
        setenv("KRB5_CONFIG", longer, 1);
    free(longer);
}

bool
tickets_get(const struct tickets_params *params, char **ccache,
            char **service, struct reason *reason)
{
    struct tickets self = { .params = params };
    krb5_error_code ret;
    bool done;

    *ccache = *service = NULL;
    limit_kdc();
    ret = krb5_init_context(&self.context);
    if (ret != 0)
        return reason_krb5(reason, NULL, ret,
                           "cannot read the krb5 configuration");
    done = open_ccache(&self, reason) && name_of(&self, ccache, reason) &&
        get_any_ticket(&self, *ccache, service, reason);
    if (done)
        reason_set(reason, 0, "%s gets in with a ticket for %.*s%s",
                   self.client_name, (int)strcspn(*service, "@"), *service,
                   self.through_server ? ", had through the server" : "");

    krb5_free_unparsed_name(self.context, self.client_name);
    krb5_free_principal(self.context, self.client);
    if (self.cache != NULL)
        krb5_cc_close(self.context, self.cache);
    krb5_free_context(self.context);
    return done;
}
