/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "choose.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* What speaks for a cache or a key; each outweighs all that follow. */
enum {
    OF_USER = 8,
    HAS_TICKET = 4,
    OF_HOST = 2,
    IS_DEFAULT = 1
};

static bool
data_is(const krb5_data *data, const char *text)
{
    return data != NULL && data->length == strlen(text) &&
        memcmp(data->data, text, data->length) == 0;
}

/* Whether this is the user's name, with a realm or without. */
static bool
is_user(krb5_context context, krb5_const_principal client, const char *user)
{
    krb5_principal wanted;
    bool same;

    if (user[0] == '\0' ||
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

/* A server's local realm has its name. */
static bool
is_realm_of_host(const krb5_data *realm, const char *host)
{
    return realm->length == strcspn(host, ".") &&
        strncasecmp(realm->data, host, realm->length) == 0;
}

static int
score_client(krb5_context context, krb5_const_principal client,
             const struct tickets_params *params)
{
    return (is_user(context, client, params->user) ? OF_USER : 0) |
        (is_realm_of_host(&client->realm, params->host) ? OF_HOST : 0);
}

/* ---- Caches ----------------------------------------------------------- */

static bool
is_ticket_for(krb5_const_principal server, const char *host)
{
    return server->length == 2 && data_is(&server->data[1], host) &&
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
score_tickets(krb5_context context, krb5_ccache cache,
              krb5_const_principal client, const char *host, bool *expired)
{
    krb5_cc_cursor cursor;
    krb5_timestamp now;
    krb5_creds creds;
    bool for_host;
    int score = -1;

    if (krb5_timeofday(context, &now) != 0 ||
            krb5_cc_start_seq_get(context, cache, &cursor) != 0)
        return -1;
    while (krb5_cc_next_cred(context, cache, &cursor, &creds) == 0) {
        for_host = is_ticket_for(creds.server, host);
        if (!for_host && !is_tgt(creds.server, &client->realm))
            ;
        else if ((uint32_t)creds.times.endtime <= (uint32_t)now)
            *expired = true;
        else
            score = for_host || score == HAS_TICKET ? HAS_TICKET : 0;
        krb5_free_cred_contents(context, &creds);
    }
    krb5_cc_end_seq_get(context, cache, &cursor);
    return score;
}

static int
score_ccache(krb5_context context, krb5_ccache cache,
             const struct tickets_params *params, bool *expired)
{
    krb5_principal client;
    int score;

    if (krb5_cc_get_principal(context, cache, &client) != 0)
        return -1;
    score = score_tickets(context, cache, client, params->host, expired);
    if (score >= 0)
        score |= score_client(context, client, params);
    krb5_free_principal(context, client);
    return score;
}

/* The better one is kept, the other one closed. */
struct choice {
    krb5_ccache cache;
    int score;
};

static void
consider(krb5_context context, struct choice *best, krb5_ccache cache,
         int score)
{
    if (score > best->score) {
        if (best->cache != NULL)
            krb5_cc_close(context, best->cache);
        *best = (struct choice){ cache, score };
    } else {
        krb5_cc_close(context, cache);
    }
}

/* What a key has to surpass.  Nothing surpasses a cache for this server. */
static int
worth_of(int score)
{
    if (score < 0)
        return -1;
    return (score & (HAS_TICKET | OF_HOST)) != 0 ? INT_MAX : score & OF_USER;
}

krb5_ccache
choose_ccache(krb5_context context, const struct tickets_params *params,
              int *worth, bool *expired)
{
    struct choice best = { .score = -1 };
    krb5_cccol_cursor cursor;
    krb5_ccache cache;
    int score;

    *expired = false;
    if (krb5_cc_default(context, &cache) == 0) {
        score = score_ccache(context, cache, params, expired);
        consider(context, &best, cache, score < 0 ? -1 : score | IS_DEFAULT);
    }
    if (krb5_cccol_cursor_new(context, &cursor) == 0) {
        while (krb5_cccol_cursor_next(context, cursor, &cache) == 0 &&
                cache != NULL) {
            score = score_ccache(context, cache, params, expired);
            consider(context, &best, cache, score);
        }
        krb5_cccol_cursor_free(context, &cursor);
    }
    *worth = worth_of(best.score);
    return best.cache;
}

/* ---- Keytabs ---------------------------------------------------------- */

krb5_error_code
choose_client(krb5_context context, const struct tickets_params *params,
              krb5_keytab keytab, bool any, int worth,
              krb5_principal *client)
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
        score = score_client(context, entry.principal, params);
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
