/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "source.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/escaped.h"
#include "common/tgs.h"
#include "way.h"

/* What speaks for a cache or a key besides the IAKERB_CCACHE_...; it outweighs
 * them all. */
#define OF_USER 8

/* Of a collection that has more, the others are not looked at; nor is the rest
 * of a cache with more TGTs. */
#define CACHES_MAX 32
#define TGTS_MAX 32

/* Whether this is the user's name, with a realm or without. */
static bool
is_user(krb5_context context, krb5_const_principal client, const char *user)
{
    krb5_principal wanted;
    bool same;

    if (user[0] == '\0' || !is_escaped_well(user) ||
            krb5_parse_name_flags(context, user,
                                  KRB5_PRINCIPAL_PARSE_NO_DEF_REALM,
                                  &wanted) != 0)
        return false;
    same = wanted->realm.length == 0 ?
        krb5_principal_compare_any_realm(context, client, wanted) :
        krb5_principal_compare(context, client, wanted);
    krb5_free_principal(context, wanted);
    return same;
}

static bool
must_be_user(const struct request *request)
{
    return request->user[0] != '\0' && !request->user_is_hint;
}

/* ---- Caches ----------------------------------------------------------- */

/* What a key has to surpass.  Nothing surpasses a cache for this server. */
static int
worth_of(unsigned int merits, bool of_user)
{
    if ((merits & (IAKERB_CCACHE_HAS_TICKET | IAKERB_CCACHE_OF_HOST)) != 0)
        return INT_MAX;
    return of_user ? OF_USER : 0;
}

/* A search among the caches, by whose they are. */
struct search {
    const struct login *login;
    char *name;                 /* of the best cache, or NULL */
    int score;                  /* of that one; -1: none */
    unsigned int merits;
    bool expired;               /* there is one that was valid once */
};

static bool
is_refused(const struct login *self, const char *client)
{
    int i;

    for (i = 0; i < self->refused_count; i++) {
        if (strcmp(client, self->refused[i]) == 0)
            return true;
    }
    return false;
}

/* Look at the caches of this client. */
static void
consider(struct search *self, krb5_const_principal client, const char *name)
{
    const struct request *request = self->login->request;
    struct iakerb_ccache_wanted wanted = {
        .user = name, .host = request->host
    };
    struct iakerb_error error = { 0 };
    bool of_user = is_user(self->login->context, client, request->user);
    unsigned int merits;
    char *found;
    int score;

    if (is_refused(self->login, name) || (must_be_user(request) && !of_user))
        return;
    if (iakerb_ccache_find(&wanted, &found, &merits, &error) != IAKERB_DONE) {
        if (error.krb5 == KRB5KRB_AP_ERR_TKT_EXPIRED)
            self->expired = true;
        return;
    }
    score = (of_user ? OF_USER : 0) | (int)merits;
    if (score > self->score) {
        free(self->name);
        *self = (struct search){
            self->login, found, score, merits, self->expired
        };
    } else {
        free(found);
    }
}

static void
consider_owner(struct search *self, krb5_ccache cache)
{
    krb5_context context = self->login->context;
    krb5_principal client;
    char *name;

    if (krb5_cc_get_principal(context, cache, &client) != 0)
        return;
    if (krb5_unparse_name(context, client, &name) == 0) {
        consider(self, client, name);
        krb5_free_unparsed_name(context, name);
    }
    krb5_free_principal(context, client);
}

/* The name of the cache that suits best, or NULL; *expired says whether there
 * is one that was valid once. */
static char *
find_ccache(const struct login *login, int *worth, bool *expired)
{
    struct search self = { .login = login, .score = -1 };
    krb5_cccol_cursor cursor;
    krb5_ccache cache;
    int count = 0;

    *worth = -1;
    if (krb5_cccol_cursor_new(login->context, &cursor) != 0)
        cursor = NULL;
    while (cursor != NULL && count++ < CACHES_MAX &&
            krb5_cccol_cursor_next(login->context, cursor, &cache) == 0 &&
            cache != NULL) {
        consider_owner(&self, cache);
        krb5_cc_close(login->context, cache);
    }
    krb5_cccol_cursor_free(login->context, &cursor);
    *expired = self.name == NULL && self.expired;
    if (self.name != NULL)
        *worth = worth_of(self.merits, self.score >= OF_USER);
    return self.name;
}

static bool
set_client(struct login *self, krb5_principal client, struct reason *reason)
{
    krb5_error_code ret;

    self->client = client;
    ret = krb5_unparse_name(self->context, client, &self->client_name);
    return ret == 0 ||
        reason_krb5(reason, self->context, ret, "cannot use the user's name");
}

static bool
use_ccache(struct login *self, const char *name, struct reason *reason)
{
    krb5_principal client = NULL;
    krb5_error_code ret;

    self->from_cache = true;
    ret = krb5_cc_resolve(self->context, name, &self->cache);
    if (ret == 0)
        ret = krb5_cc_get_principal(self->context, self->cache, &client);
    return ret == 0 ? set_client(self, client, reason) :
        reason_krb5(reason, self->context, ret, "the credential cache");
}

/* ---- Keytabs ---------------------------------------------------------- */

static int
score_key(krb5_context context, krb5_const_principal client,
          const struct request *request)
{
    bool of_user = is_user(context, client, request->user);

    if (must_be_user(request) && !of_user)
        return -1;
    return (of_user ? OF_USER : 0) |
        (iakerb_realm_is_of_host(client->realm.data, request->host)
         ? IAKERB_CCACHE_OF_HOST : 0);
}

krb5_error_code
source_key(krb5_context context, const struct request *request,
           krb5_keytab keytab, bool any, int worth, krb5_principal *client)
{
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    krb5_error_code ret;
    int score, best = any || worth >= OF_USER ? worth : OF_USER - 1;

    *client = NULL;
    ret = krb5_kt_start_seq_get(context, keytab, &cursor);
    if (ret != 0)
        return ret;
    while (ret == 0 && krb5_kt_next_entry(context, keytab, &entry,
                                          &cursor) == 0) {
        score = score_key(context, entry.principal, request);
        if (score > best) {
            krb5_free_principal(context, *client);
            *client = NULL;
            ret = krb5_copy_principal(context, entry.principal, client);
            best = score;
        }
        krb5_free_keytab_entry_contents(context, &entry);
    }
    krb5_kt_end_seq_get(context, keytab, &cursor);
    return ret;
}

/* The keytab of the option or of the system, then the user's own.  *client is
 * NULL where neither has a key that is of more use than a cache. */
static void
find_key(struct login *self, int worth, krb5_keytab *keytab,
         krb5_principal *client)
{
    const char *path = self->request->keytab;
    krb5_error_code ret;

    *keytab = NULL;
    *client = NULL;
    ret = path != NULL ? krb5_kt_resolve(self->context, path, keytab) :
        krb5_kt_default(self->context, keytab);
    if (ret == 0)
        source_key(self->context, self->request, *keytab, false, worth,
                   client);
    if (*client != NULL)
        return;
    if (*keytab != NULL)
        krb5_kt_close(self->context, *keytab);
    *keytab = NULL;
    if (krb5_kt_client_default(self->context, keytab) == 0)
        source_key(self->context, self->request, *keytab, true, worth,
                   client);
}

/*
 * Put the tickets where they belong.  Those of a user who was asked for do not
 * become what all others use.  Where there is no place for them they stay in
 * memory, and are had anew the next time.
 */
static bool
keep(struct login *self, struct reason *reason)
{
    enum iakerb_place place = must_be_user(self->request) ?
        IAKERB_PLACE_ASIDE : IAKERB_PLACE_UNUSED;
    krb5_ccache stored = NULL;
    struct iakerb_error error;
    char *name = NULL, *stored_name = NULL;
    krb5_error_code ret;

    ret = krb5_cc_get_full_name(self->context, self->cache, &name);
    /* A cache that cannot be written is no reason to do without the login. */
    if (ret == 0 &&
            iakerb_ccache_store(name, place, &stored_name,
                                &error) == IAKERB_DONE && stored_name != NULL)
        ret = krb5_cc_resolve(self->context, stored_name, &stored);
    krb5_free_string(self->context, name);
    free(stored_name);
    if (ret != 0)
        return reason_krb5(reason, self->context, ret,
                           "cannot open the credential cache");
    if (stored != NULL) {
        krb5_cc_close(self->context, self->cache);
        self->cache = stored;
    }
    return true;
}

/* Tickets are had in memory, and change places as one: other helpers may be
 * at work. */
static bool
use_keytab(struct login *self, krb5_keytab keytab, krb5_principal client,
           struct reason *reason)
{
    krb5_error_code ret;

    if (!set_client(self, client, reason))
        return false;
    ret = krb5_cc_new_unique(self->context, "MEMORY", NULL, &self->cache);
    if (ret != 0)
        return reason_krb5(reason, self->context, ret,
                           "cannot open a credential cache");
    return way_fill(self, keytab, reason) && keep(self, reason);
}

/* ---- Both ------------------------------------------------------------- */

static bool
no_tickets(const struct request *request, bool expired, struct reason *reason)
{
    int code = expired ? EKEYEXPIRED : ENOKEY;

    if (must_be_user(request) && expired)
        return reason_set(reason, code, "the tickets of %s, whom uid %u asks "
                          "for, have expired; run kinit or iakerb-kinit",
                          request->user, getuid());
    if (must_be_user(request))
        return reason_set(reason, code, "uid %u has no tickets of %s; run "
                          "kinit or iakerb-kinit", getuid(), request->user);
    if (expired)
        return reason_set(reason, code, "the tickets of uid %u have expired; "
                          "run kinit or iakerb-kinit", getuid());
    return reason_set(reason, code, "uid %u has no tickets; run kinit or "
                      "iakerb-kinit", getuid());
}

bool
source_open(struct login *self, struct reason *reason)
{
    krb5_keytab keytab;
    krb5_principal client;
    bool expired, done;
    char *name;
    int worth;

    name = find_ccache(self, &worth, &expired);
    find_key(self, worth, &keytab, &client);
    if (client != NULL)
        done = use_keytab(self, keytab, client, reason);
    else if (name != NULL)
        done = use_ccache(self, name, reason);
    else
        done = no_tickets(self->request, expired, reason);
    if (keytab != NULL)
        krb5_kt_close(self->context, keytab);
    free(name);
    return done;
}

static void
close_source(struct login *self)
{
    krb5_free_unparsed_name(self->context, self->client_name);
    self->client_name = NULL;
    krb5_free_principal(self->context, self->client);
    self->client = NULL;
    if (self->cache != NULL)
        krb5_cc_close(self->context, self->cache);
    self->cache = NULL;
}

/* The TGTs alone. */
static krb5_error_code
copy_tgts(krb5_context context, krb5_ccache from, krb5_ccache to, int *count)
{
    krb5_cc_cursor cursor;
    krb5_creds creds;
    krb5_error_code ret;

    *count = 0;
    ret = krb5_cc_start_seq_get(context, from, &cursor);
    if (ret != 0)
        return ret;
    while (ret == 0 && *count < TGTS_MAX &&
            krb5_cc_next_cred(context, from, &cursor, &creds) == 0) {
        if (is_tgs(creds.server)) {
            ret = krb5_cc_store_cred(context, to, &creds);
            (*count)++;
        }
        krb5_free_cred_contents(context, &creds);
    }
    krb5_cc_end_seq_get(context, from, &cursor);
    return ret;
}

bool
source_tgts_alone(struct login *self)
{
    krb5_ccache memory;
    krb5_error_code ret;
    int count = 0;

    if (krb5_cc_new_unique(self->context, "MEMORY", NULL, &memory) != 0)
        return false;
    ret = krb5_cc_initialize(self->context, memory, self->client);
    if (ret == 0)
        ret = copy_tgts(self->context, self->cache, memory, &count);
    if (ret != 0 || count == 0) {
        krb5_cc_destroy(self->context, memory);
        return false;
    }
    krb5_cc_close(self->context, self->cache);
    self->cache = memory;
    return true;
}

bool
source_pass_over(struct login *self)
{
    char *name;

    if (!self->from_cache || !self->not_taken ||
            self->refused_count == REFUSED_MAX)
        return false;
    name = strdup(self->client_name);
    if (name == NULL)
        return false;
    self->refused[self->refused_count++] = name;
    close_source(self);
    return true;
}

void
source_close(struct login *self)
{
    close_source(self);
    while (self->refused_count > 0)
        free(self->refused[--self->refused_count]);
}
