/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tickets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "choose.h"
#include "description.h"
#include "resolve.h"

/* After a KDC there is time to ask the server. */
#define KDC_SECONDS "8"
#define SERVER_SECONDS 15

struct tickets {
    const struct tickets_params *params;
    const char *host;
    char host_in_domain[HOST_MAX + 1];
    krb5_context context;
    krb5_ccache cache;
    krb5_principal client;      /* of the cache, or in the keytab */
    char *client_name;
    bool through_server;
    bool service_unknown;       /* to the KDC */
    krb5_error_code no_kdc;     /* why the realm's KDC was of no use, or 0 */
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
get_credentials(struct tickets *self, const char *service,
                krb5_flags options, char **name)
{
    krb5_creds wanted = { .client = self->client }, *got = NULL;
    char *unparsed = NULL;
    krb5_error_code ret;

    ret = krb5_sname_to_principal(self->context, self->host, service,
                                  KRB5_NT_UNKNOWN, &wanted.server);
    if (ret == 0 && (self->through_server || is_local(&self->client->realm)))
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

static bool
get_ticket(struct tickets *self, const char *service, const char *ccache,
           char **name, struct reason *reason)
{
    bool local = is_local(&self->client->realm);
    krb5_error_code ret;

    ret = get_credentials(self, service, local ? KRB5_GC_CACHED : 0, name);
    if (ret != 0 && (local || is_unreachable(ret))) {
        if (!local)
            self->no_kdc = ret;
        if (!ask_server(self, service, NULL, ccache, reason))
            return false;
        ret = get_credentials(self, service, KRB5_GC_CACHED, name);
    }
    self->service_unknown = ret == KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN;
    return ret == 0 || reason_krb5(reason, self->context, ret,
                                   "cannot get a ticket for the server");
}

/* Old servers have a key for "host" only, others one for the full name. */
static bool
get_any_ticket(struct tickets *self, const char *ccache, char **name,
               struct reason *reason)
{
    struct reason other;

    if (get_ticket(self, "cifs", ccache, name, reason) ||
            (self->service_unknown &&
             get_ticket(self, "host", ccache, name, &other)))
        return true;
    if (!self->service_unknown || is_local(&self->client->realm) ||
            strchr(self->host, '.') != NULL ||
            !resolve_domain(self->host, self->host_in_domain,
                            sizeof(self->host_in_domain)))
        return false;
    self->host = self->host_in_domain;
    return get_ticket(self, "cifs", ccache, name, &other);
}

/* ---- A cache ---------------------------------------------------------- */

/* Fill the cache with a TGT from the keytab. */
static krb5_error_code
ask_kdc(struct tickets *self, krb5_keytab keytab)
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

static bool
fill_from_keytab(struct tickets *self, krb5_keytab keytab,
                 struct reason *reason)
{
    char name[1024], *ccache = NULL;
    krb5_error_code ret;
    bool done;

    if (!is_local(&self->client->realm)) {
        ret = ask_kdc(self, keytab);
        if (ret == 0)
            return true;
        if (!is_unreachable(ret))
            return reason_krb5(reason, self->context, ret,
                               "cannot get a ticket with the keytab");
        self->no_kdc = ret;
    }
    ret = krb5_kt_get_name(self->context, keytab, name, sizeof(name));
    if (ret != 0)
        return reason_krb5(reason, self->context, ret, "the keytab");
    done = name_of(self, &ccache, reason) &&
        ask_server(self, "cifs", name, ccache, reason);
    free(ccache);
    return done;
}

/*
 * The cache where the client's tickets belong: in a collection the client's
 * own or a new one, else the default one.  *cache is NULL if that has somebody
 * else's tickets, and these are valid.
 */
static krb5_error_code
find_place(struct tickets *self, bool others, krb5_ccache *cache)
{
    krb5_ccache standard;
    krb5_principal owner = NULL;
    krb5_error_code ret;
    const char *type;

    *cache = NULL;
    ret = krb5_cc_default(self->context, &standard);
    if (ret != 0)
        return ret;
    type = krb5_cc_get_type(self->context, standard);
    if (krb5_cc_support_switch(self->context, type)) {
        ret = krb5_cc_cache_match(self->context, self->client, cache);
        others = ret == KRB5_CC_NOTFOUND &&
            krb5_cc_get_principal(self->context, standard, &owner) == 0;
        if (others)
            ret = krb5_cc_new_unique(self->context, type, NULL, cache);
        else if (ret == KRB5_CC_NOTFOUND)
            ret = 0;
    }
    if (ret == 0 && *cache == NULL && !others)
        *cache = standard;
    else
        krb5_cc_close(self->context, standard);
    krb5_free_principal(self->context, owner);
    return ret;
}

/* Tickets are had in memory, and change places as one: other helpers may be
 * at work.  Where there is no place for them, they stay. */
static bool
use_keytab(struct tickets *self, krb5_keytab keytab, struct reason *reason)
{
    bool others = self->cache != NULL;
    krb5_ccache place = NULL;
    krb5_error_code ret;

    if (others)
        krb5_cc_close(self->context, self->cache);
    self->cache = NULL;
    ret = krb5_cc_new_unique(self->context, "MEMORY", NULL, &self->cache);
    if (ret == 0 && !fill_from_keytab(self, keytab, reason))
        return false;
    if (ret == 0)
        ret = find_place(self, others, &place);
    if (ret == 0 && place != NULL) {
        ret = krb5_cc_move(self->context, self->cache, place);
        if (ret == 0)
            self->cache = place;
        else
            krb5_cc_close(self->context, place);
    }
    return ret == 0 || reason_krb5(reason, self->context, ret,
                                   "cannot open the credential cache");
}

static bool
no_tickets(bool expired, struct reason *reason)
{
    if (expired)
        return reason_set(reason, EKEYEXPIRED, "the tickets of uid %u have "
                          "expired; run kinit or iakerb-kinit", getuid());
    return reason_set(reason, ENOKEY, "uid %u has no tickets; run kinit or "
                      "iakerb-kinit", getuid());
}

/* The keytab of the option or of the system, then the user's own.  *client is
 * NULL where neither has a key that is of more use than a cache. */
static void
find_key(struct tickets *self, int worth, krb5_keytab *keytab,
         krb5_principal *client)
{
    const char *path = self->params->keytab;
    krb5_error_code ret;

    *keytab = NULL;
    *client = NULL;
    ret = path != NULL ? krb5_kt_resolve(self->context, path, keytab) :
        krb5_kt_default(self->context, keytab);
    if (ret == 0)
        choose_client(self->context, self->params, *keytab, false, worth,
                      client);
    if (*client != NULL)
        return;
    if (*keytab != NULL)
        krb5_kt_close(self->context, *keytab);
    *keytab = NULL;
    if (krb5_kt_client_default(self->context, keytab) == 0)
        choose_client(self->context, self->params, *keytab, true, worth,
                      client);
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
    krb5_keytab keytab;
    krb5_principal client;
    bool expired, done;
    int worth;

    self->cache = choose_ccache(self->context, self->params, &worth, &expired);
    find_key(self, worth, &keytab, &client);
    if (client != NULL)
        done = set_client(self, client, reason) &&
            use_keytab(self, keytab, reason);
    else if (self->cache != NULL)
        done = from_ccache(self, reason);
    else
        done = no_tickets(expired, reason);
    if (keytab != NULL)
        krb5_kt_close(self->context, keytab);
    /* With this error alone, mount.cifs goes on to the tickets of the user who
     * ran sudo. */
    if (!done && getuid() == 0 && !self->service_unknown &&
            (reason->code == EKEYEXPIRED || reason->code == EKEYREJECTED ||
             reason->code == EACCES))
        reason->code = ENOKEY;
    return done;
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
    int fd = memfd_create("krb5.conf", 0), i;
    char **files = NULL, *longer = NULL;
    FILE *list = NULL;
    size_t size;

    if (fd >= 0 && write(fd, text, sizeof(text) - 1) > 0 &&
            krb5_get_default_config_files(&files) == 0)
        list = open_memstream(&longer, &size);
    if (list != NULL) {
        for (i = 0; files[i] != NULL; i++)
            fprintf(list, "%s:", files[i]);
        fprintf(list, "/proc/self/fd/%d", fd);
        if (fclose(list) == 0)
            setenv("KRB5_CONFIG", longer, 1);
    }
    free(longer);
    krb5_free_config_files(files);
}

/* Get a ticket for this host. */
static bool
get_for_host(const struct tickets_params *params, char **ccache,
             char **service, struct reason *reason)
{
    struct tickets self = { .params = params, .host = params->host };
    krb5_error_code ret;
    bool done;

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

bool
tickets_get(const struct tickets_params *params, char **ccache,
            char **service, struct reason *reason)
{
    struct tickets_params by_address = *params;
    char host[HOST_MAX + 1];
    struct reason other;

    *ccache = *service = NULL;
    limit_kdc();
    if (get_for_host(params, ccache, service, reason))
        return true;
    if (!params->trust_dns ||
            !resolve_address(params->address, host, sizeof(host)))
        return false;
    free(*ccache);
    *ccache = NULL;
    by_address.host = host;
    if (!get_for_host(&by_address, ccache, service, &other))
        return false;
    *reason = other;
    return true;
}
