/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which of a person's credential caches suits a server. */

#include "error.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "common/host.h"
#include "local.h"
#include "params.h"
#include "trust.h"

struct search {
    const struct iakerb_ccache_wanted *wanted;
    krb5_context context;
    krb5_principal user;        /* NULL: anybody */
    bool any_name;              /* of the user, only the realm counts */
    char host[HOST_BYTES];
    bool by_name;               /* the host is not called by an address */
    bool expired;
    krb5_ccache best;
    int score;                  /* of the best one; -1: none */
};

/* What speaks for a cache; each outweighs all that follow. */
enum {
    HAS_TICKET = IAKERB_CCACHE_HAS_TICKET,
    OF_HOST = IAKERB_CCACHE_OF_HOST,
    IS_DEFAULT = IAKERB_CCACHE_IS_DEFAULT
};

static bool
data_is(const krb5_data *data, const char *text)
{
    return data->length == strlen(text) &&
        memcmp(data->data, text, data->length) == 0;
}

/* ---- What is in a cache ----------------------------------------------- */

static bool
is_ticket_for(krb5_const_principal server, const char *host)
{
    return host[0] != '\0' && server->length == 2 &&
        data_is(&server->data[1], host) &&
        (data_is(&server->data[0], "cifs") ||
         data_is(&server->data[0], "host"));
}

static bool
is_tgt(krb5_const_principal server, const krb5_data *realm)
{
    return server->length == 2 && data_is(&server->data[0], "krbtgt") &&
        server->data[1].length == realm->length &&
        memcmp(server->data[1].data, realm->data, realm->length) == 0;
}

/* What the tickets in the cache are worth; -1: nothing. */
static int
score_tickets(struct search *self, krb5_ccache cache,
              krb5_const_principal client)
{
    krb5_cc_cursor cursor;
    krb5_timestamp now;
    krb5_creds creds;
    bool for_host;
    int score = -1;

    if (krb5_timeofday(self->context, &now) != 0 ||
            krb5_cc_start_seq_get(self->context, cache, &cursor) != 0)
        return -1;
    while (krb5_cc_next_cred(self->context, cache, &cursor, &creds) == 0) {
        for_host = is_ticket_for(creds.server, self->host);
        if (!for_host && !is_tgt(creds.server, &client->realm))
            ;
        else if ((uint32_t)creds.times.endtime <= (uint32_t)now)
            self->expired = true;
        else
            score = for_host || score == HAS_TICKET ? HAS_TICKET : 0;
        krb5_free_cred_contents(self->context, &creds);
    }
    krb5_cc_end_seq_get(self->context, cache, &cursor);
    return score;
}

/* ---- Whose it is ------------------------------------------------------ */

static bool
is_wanted_user(struct search *self, krb5_const_principal client)
{
    if (self->user == NULL)
        return true;
    if (self->any_name)
        return krb5_realm_compare(self->context, client, self->user);
    return client_is(self->context, client, self->user);
}

/* Whether the host lets users of the realm in by a trust. */
static bool
is_trusted(const struct search *self, const char *realm)
{
    char *other = trust_realm(self->context, realm, self->host);
    bool ret = other != NULL;

    free(other);
    return ret;
}

/*
 * Whether the cache may be used without having been named: one of the server's
 * own realm, as far as the server's name tells, or of one that it trusts.
 */
static bool
is_wanted_realm(struct search *self, const char *realm, int score)
{
    if (!self->wanted->local ||
            (self->user != NULL && self->user->realm.length > 0))
        return true;
    if (self->by_name)
        return (score & OF_HOST) != 0 || is_trusted(self, realm);
    /* On the server itself krb5 knows its KDC; but no service by an address. */
    return (score & IS_DEFAULT) != 0 && local_is_name(realm);
}

static int
score_ccache(struct search *self, krb5_ccache cache, bool is_default)
{
    krb5_principal client;
    int score = -1;

    /* What is in memory is of another login of this process. */
    if (strcmp(krb5_cc_get_type(self->context, cache), "MEMORY") == 0 ||
            krb5_cc_get_principal(self->context, cache, &client) != 0)
        return -1;
    if (is_wanted_user(self, client))
        score = score_tickets(self, cache, client);
    if (score >= 0) {
        score |= is_default ? IS_DEFAULT : 0;
        if (iakerb_realm_is_of_host(client->realm.data, self->host))
            score |= OF_HOST;
        if (!is_wanted_realm(self, client->realm.data, score))
            score = -1;
    }
    krb5_free_principal(self->context, client);
    return score;
}

/* ---- The search ------------------------------------------------------- */

/* The better one is kept, the other one closed. */
static void
consider(struct search *self, krb5_ccache cache, bool is_default)
{
    int score = score_ccache(self, cache, is_default);

    if (score > self->score) {
        if (self->best != NULL)
            krb5_cc_close(self->context, self->best);
        self->best = cache;
        self->score = score;
    } else {
        krb5_cc_close(self->context, cache);
    }
}

static void
search(struct search *self)
{
    krb5_cccol_cursor cursor;
    krb5_ccache cache;

    if (krb5_cc_default(self->context, &cache) == 0)
        consider(self, cache, true);
    if (krb5_cccol_cursor_new(self->context, &cursor) != 0)
        return;
    while (krb5_cccol_cursor_next(self->context, cursor, &cache) == 0 &&
            cache != NULL)
        consider(self, cache, false);
    krb5_cccol_cursor_free(self->context, &cursor);
}

static enum iakerb_code
begin(struct search *self, struct iakerb_error *error)
{
    const char *user = self->wanted->user;
    enum iakerb_code code = IAKERB_DONE;
    krb5_error_code ret;
    bool address = true;

    if (self->wanted->host != NULL &&
            !host_canonical(self->wanted->host, self->host, &address))
        return error_set(error, IAKERB_INVALID,
                         "\"%.64s\" cannot be the name of a host",
                         self->wanted->host);
    self->by_name = !address && strcmp(self->host, "localhost") != 0;
    ret = krb5_init_context(&self->context);
    if (ret != 0)
        return error_krb5(error, NULL, ret, IAKERB_SYSTEM,
                          "cannot read the krb5 configuration");
    self->any_name = user != NULL && user[0] == '@';
    if (self->any_name) {
        ret = krb5_parse_name(self->context, user, &self->user);
        if (ret != 0)
            code = error_krb5(error, self->context, ret, IAKERB_INVALID,
                              "cannot use the realm's name");
    } else if (user != NULL && user[0] != '\0') {
        code = client_parse(self->context, user, 0, &self->user, error);
    }
    return code;
}

static enum iakerb_code
found_none(const struct search *self, struct iakerb_error *error)
{
    error_set(error, IAKERB_NO_CREDENTIALS, self->expired ?
              "the tickets have expired; run kinit or iakerb-kinit" :
              "there are no tickets; run kinit or iakerb-kinit");
    if (error != NULL)
        error->krb5 = self->expired ? KRB5KRB_AP_ERR_TKT_EXPIRED :
            KRB5_CC_NOTFOUND;
    return IAKERB_NO_CREDENTIALS;
}

static enum iakerb_code
take_name(const struct search *self, char **ccache, struct iakerb_error *error)
{
    krb5_error_code ret;
    char *name;

    ret = krb5_cc_get_full_name(self->context, self->best, &name);
    if (ret != 0)
        return error_krb5(error, self->context, ret, IAKERB_SYSTEM,
                          "cannot name the credential cache");
    *ccache = strdup(name);
    krb5_free_string(self->context, name);
    return *ccache == NULL ? error_no_memory(error) : IAKERB_DONE;
}

static enum iakerb_code
find(const struct iakerb_ccache_wanted *wanted, char **ccache,
     unsigned int *merits, struct iakerb_error *error)
{
    struct search self = { .wanted = wanted, .score = -1 };
    enum iakerb_code code;

    code = begin(&self, error);
    if (code == IAKERB_DONE) {
        search(&self);
        code = self.best == NULL ? found_none(&self, error) :
            take_name(&self, ccache, error);
    }
    if (code == IAKERB_DONE && merits != NULL)
        *merits = self.score;
    if (self.best != NULL)
        krb5_cc_close(self.context, self.best);
    krb5_free_principal(self.context, self.user);
    krb5_free_context(self.context);
    return code;
}

enum iakerb_code
iakerb_ccache_find_sized(const struct iakerb_ccache_wanted *wanted,
                         size_t size, char **ccache, unsigned int *merits,
                         struct iakerb_error *error)
{
    struct iakerb_ccache_wanted own;
    enum iakerb_code code;

    *ccache = NULL;
    if (merits != NULL)
        *merits = 0;
    code = params_take(&own, sizeof(own), wanted, size, error);
    return code == IAKERB_DONE ? find(&own, ccache, merits, error) : code;
}

enum iakerb_code
iakerb_ccache_find(const struct iakerb_ccache_wanted *wanted, char **ccache,
                     unsigned int *merits, struct iakerb_error *error)
{
    return iakerb_ccache_find_sized(wanted, CCACHE_WANTED_0, ccache, merits,
                                    error);
}
