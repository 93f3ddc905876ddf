/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A KDB driver on top of db2 that lets nobody have a ticket whom the machine
 * does not know, or does not let in.
 *
 * It answers no question about entries by itself: everything goes to db2,
 * which has a context of its own, and an entry is what db2 says.  In krb5kdc,
 * and there alone, the checks that a KDC makes before it gives a ticket ask
 * the system too, once db2 has nothing against it.  What it knows of the
 * account is so never written back into an entry, as it would be if attributes
 * of the entry were changed: db2 stores the entry that counts failures.
 *
 * Whom it asks about: clients of this realm whose name is one word.  Services
 * have two.
 */

#include <kdb.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <profile.h>

#include "ask.h"
#include "common/tgs.h"
#include "missing.h"

/* What is forwarded here is all that this version has. */
#if KRB5_KDB_DAL_MAJOR_VERSION != 9
#error "this driver is written for version 9 of krb5's database interface"
#endif

#define BELOW "db2"

#define UNAVAILABLE KRB5KDC_ERR_SVC_UNAVAILABLE

struct users {
    krb5_context below;
    struct ask *ask;        /* in krb5kdc only */
    char status[512];       /* of the last refusal whose text is not fixed */
};

/* krb5 finds the driver by this name. */
extern kdb_vftabl kdb_function_table;

static struct users *
users_of(krb5_context context)
{
    void *users = NULL;

    if (krb5_db_get_context(context, &users) != 0)
        return NULL;
    return users;
}

static krb5_context
below(krb5_context context)
{
    struct users *users = users_of(context);

    return users != NULL ? users->below : NULL;
}

/* What went wrong below is said here. */
static krb5_error_code
said(krb5_context context, krb5_error_code error)
{
    if (error != 0 && below(context) != NULL)
        krb5_copy_error_message(context, below(context));
    return error;
}

/* As a statement: return what this call says in the context below. */
#define FORWARD(call)                                   \
    return below(context) == NULL ? KRB5_KDB_DBNOTINITED : said(context, call)

/* Whether this is a user of the realm: one word, and not a realm's own. */
static bool
is_user(krb5_context context, krb5_const_principal name)
{
    char *realm = NULL;
    bool ret;

    if (name == NULL || name->length != 1 ||
            krb5_get_default_realm(context, &realm) != 0)
        return false;
    ret = name->realm.length == strlen(realm) &&
        memcmp(name->realm.data, realm, name->realm.length) == 0;
    krb5_free_default_realm(context, realm);
    return ret;
}

/* The user's name; NULL when memory is out. */
static char *
name_of(krb5_const_principal name)
{
    return strndup(name->data[0].data, name->data[0].length);
}

/* ---- Beginning and end ------------------------------------------------ */

static krb5_error_code
users_init_library(void)
{
    return 0;
}

static krb5_error_code
users_fini_library(void)
{
    return 0;
}

/* A setting of the module's section; NULL where there is none. */
static krb5_error_code
setting(profile_t profile, const char *section, const char *name,
        char **value)
{
    char *found = NULL;
    krb5_error_code error;

    *value = NULL;
    error = profile_get_string(profile, KDB_MODULE_SECTION, section, name,
                               NULL, &found);
    if (error == 0 && found != NULL && (*value = strdup(found)) == NULL)
        error = ENOMEM;
    profile_release_string(found);
    return error;
}

static krb5_error_code
make_ask(krb5_context context, const char *section, struct ask **ask)
{
    struct sources sources = { .userdb = NULL };
    profile_t profile = NULL;
    krb5_error_code error;

    error = krb5_get_profile(context, &profile);
    if (error != 0)
        return error;
    error = setting(profile, section, "userdb_socket", &sources.userdb);
    if (error == 0)
        error = setting(profile, section, "passwd_file", &sources.passwd);
    if (error == 0)
        error = setting(profile, section, "accountd_socket",
                        &sources.accountd);
    system_machine(&sources.machine);
    if (error == 0 && (*ask = ask_new(&sources)) == NULL)
        error = ENOMEM;
    free(sources.userdb);
    free(sources.passwd);
    free(sources.accountd);
    profile_release(profile);
    return error;
}

/* With the same configuration and realm as the context above. */
static krb5_error_code
make_below(krb5_context context, krb5_context *out)
{
    krb5_context made = NULL;
    profile_t profile = NULL;
    char *realm = NULL;
    krb5_error_code error;

    error = krb5_get_profile(context, &profile);
    if (error == 0)
        error = krb5_init_context_profile(profile, KRB5_INIT_CONTEXT_KDC,
                                          &made);
    if (error == 0)
        error = krb5_get_default_realm(context, &realm);
    if (error == 0)
        error = krb5_set_default_realm(made, realm);
    if (error == 0)
        error = krb5_db_load_module(made, BELOW);
    if (error == 0) {
        *out = made;
        made = NULL;
    } else if (made != NULL) {
        krb5_copy_error_message(context, made);
    }
    krb5_free_default_realm(context, realm);
    profile_release(profile);
    krb5_free_context(made);
    return error;
}

static void
users_free(struct users *users)
{
    if (users == NULL)
        return;
    ask_free(users->ask);
    if (users->below != NULL)
        krb5_db_fini(users->below);
    krb5_free_context(users->below);
    free(users);
}

/* Nothing is opened below yet. */
static krb5_error_code
users_make(krb5_context context)
{
    struct users *users = calloc(1, sizeof(*users));
    krb5_error_code error = ENOMEM;

    if (users == NULL)
        return error;
    error = make_below(context, &users->below);
    if (error == 0)
        error = krb5_db_set_context(context, users);
    if (error != 0)
        users_free(users);
    return error;
}

static krb5_error_code
users_fini(krb5_context context)
{
    users_free(users_of(context));
    return krb5_db_set_context(context, NULL);
}

static krb5_error_code
users_open(krb5_context context, char *section, char **arguments, int mode)
{
    krb5_error_code error;

    if (users_of(context) != NULL)
        return 0;
    error = users_make(context);
    if (error != 0)
        return error;
    error = said(context, krb5_db_open(below(context), arguments, mode));
    if (error == 0 && (mode & KRB5_KDB_SRV_TYPE_KDC) != 0)
        error = make_ask(context, section, &users_of(context)->ask);
    if (error != 0)
        users_fini(context);
    return error;
}

static krb5_error_code
users_create(krb5_context context, char *section, char **arguments)
{
    krb5_error_code error = 0;

    (void)section;
    if (users_of(context) == NULL)
        error = users_make(context);
    if (error == 0)
        error = said(context, krb5_db_create(below(context), arguments));
    return error;
}

static krb5_error_code
users_destroy(krb5_context context, char *section, char **arguments)
{
    krb5_error_code error = 0;

    (void)section;
    if (users_of(context) == NULL)
        error = users_make(context);
    if (error == 0)
        error = said(context, krb5_db_destroy(below(context), arguments));
    return error;
}

static krb5_error_code
users_promote(krb5_context context, char *section, char **arguments)
{
    krb5_error_code error;

    (void)section;
    if (below(context) == NULL)
        return KRB5_KDB_DBNOTINITED;
    error = said(context, krb5_db_promote(below(context), arguments));
    /* As the interface has it, nothing is open after that. */
    return error != 0 ? error : users_fini(context);
}

/* ---- Forwarded, all that version 9 has -------------------------------- */

static krb5_error_code
users_lock(krb5_context context, int mode)
{
    FORWARD(krb5_db_lock(below(context), mode));
}

static krb5_error_code
users_unlock(krb5_context context)
{
    FORWARD(krb5_db_unlock(below(context)));
}

static krb5_error_code
users_get_principal(krb5_context context, krb5_const_principal name,
                    unsigned int flags, krb5_db_entry **entry)
{
    FORWARD(krb5_db_get_principal(below(context), name, flags, entry));
}

static krb5_error_code
users_put_principal(krb5_context context, krb5_db_entry *entry,
                    char **arguments)
{
    /* libkdb5 has taken them out of the entry, and db2 knows none. */
    if (arguments != NULL && arguments[0] != NULL) {
        krb5_set_error_message(context, EINVAL, "Unsupported argument \"%s\" "
                               "for db2", arguments[0]);
        return EINVAL;
    }
    FORWARD(krb5_db_put_principal(below(context), entry));
}

static krb5_error_code
users_delete_principal(krb5_context context, krb5_const_principal name)
{
    FORWARD(krb5_db_delete_principal(below(context),
                                     (krb5_principal)name));
}

static krb5_error_code
users_iterate(krb5_context context, char *match,
              int (*each)(krb5_pointer, krb5_db_entry *),
              krb5_pointer argument, krb5_flags flags)
{
    FORWARD(krb5_db_iterate(below(context), match, each, argument, flags));
}

static krb5_error_code
users_create_policy(krb5_context context, osa_policy_ent_t policy)
{
    FORWARD(krb5_db_create_policy(below(context), policy));
}

static krb5_error_code
users_get_policy(krb5_context context, char *name, osa_policy_ent_t *policy)
{
    FORWARD(krb5_db_get_policy(below(context), name, policy));
}

static krb5_error_code
users_put_policy(krb5_context context, osa_policy_ent_t policy)
{
    FORWARD(krb5_db_put_policy(below(context), policy));
}

static krb5_error_code
users_iterate_policies(krb5_context context, char *match,
                       osa_adb_iter_policy_func each, void *argument)
{
    FORWARD(krb5_db_iter_policy(below(context), match, each, argument));
}

static krb5_error_code
users_delete_policy(krb5_context context, char *name)
{
    FORWARD(krb5_db_delete_policy(below(context), name));
}

static krb5_error_code
users_check_transited(krb5_context context, const krb5_data *transited,
                      const krb5_data *client, const krb5_data *server)
{
    FORWARD(krb5_db_check_transited_realms(below(context), transited, client,
                                           server));
}

static void
users_audit_as(krb5_context context, krb5_kdc_req *request,
               const krb5_address *local, const krb5_address *remote,
               krb5_db_entry *client, krb5_db_entry *server,
               krb5_timestamp time, krb5_error_code error)
{
    struct users *users = users_of(context);
    char *user;

    if (users == NULL)
        return;
    krb5_db_audit_as_req(users->below, request, local, remote, client, server,
                         time, error);
    /* Who has logged in wants a ticket for a service next. */
    if (error != 0 || client == NULL || users->ask == NULL ||
            !is_user(context, client->princ))
        return;
    user = name_of(client->princ);
    if (user != NULL)
        ask_groups_soon(users->ask, user);
    free(user);
}

static void
users_refresh(krb5_context context)
{
    if (below(context) != NULL)
        krb5_db_refresh_config(below(context));
}

static krb5_error_code
users_check_delegate(krb5_context context, krb5_const_principal client,
                     const krb5_db_entry *server, krb5_const_principal proxy)
{
    FORWARD(krb5_db_check_allowed_to_delegate(below(context), client, server,
                                              proxy));
}

static krb5_error_code
users_get_x509(krb5_context context, const krb5_data *certificate,
               krb5_const_principal name, unsigned int flags,
               krb5_db_entry **entry)
{
    FORWARD(krb5_db_get_s4u_x509_principal(below(context), certificate, name,
                                           flags, entry));
}

static krb5_error_code
users_delegate_from(krb5_context context, krb5_const_principal client,
                    krb5_const_principal server, krb5_pac pac,
                    const krb5_db_entry *proxy)
{
    FORWARD(krb5_db_allowed_to_delegate_from(below(context), client, server,
                                             pac, proxy));
}

/* ---- Checks ----------------------------------------------------------- */

/* What a client reads, and the KDC's log. */
static krb5_error_code
verdict(enum account account, const char **status)
{
    static const struct {
        krb5_error_code error;
        const char *status;
    } verdicts[] = {
        [ACCOUNT_GOOD] = { 0, NULL },
        [ACCOUNT_NONE] = {
            KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, "NO SUCH ACCOUNT HERE"
        },
        [ACCOUNT_LOCKED] = {
            KRB5KDC_ERR_CLIENT_REVOKED, "ACCOUNT LOCKED"
        },
        [ACCOUNT_EXPIRED] = { KRB5KDC_ERR_NAME_EXP, "ACCOUNT EXPIRED" },
        [ACCOUNT_NOT_YET] = {
            KRB5KDC_ERR_CLIENT_NOTYET, "ACCOUNT NOT YET VALID"
        },
        [ACCOUNT_UNKNOWN] = { UNAVAILABLE, "ACCOUNT COULD NOT BE LOOKED UP" }
    };

    if (account != ACCOUNT_GOOD && status != NULL)
        *status = verdicts[account].status;
    return verdicts[account].error;
}

/* Of who is no user nothing is known, nor is there anything against him. */
static krb5_error_code
check_until(krb5_context context, krb5_const_principal name,
            const char **status, uint64_t *ends)
{
    struct users *users = users_of(context);
    enum account account = ACCOUNT_NONE;
    char *user;

    *ends = 0;
    if (users == NULL || users->ask == NULL || !is_user(context, name))
        return 0;
    user = name_of(name);
    if (user == NULL)
        return ENOMEM;
    /* A zero byte would make it somebody else's name. */
    if (strlen(user) == name->data[0].length)
        account = ask_account(users->ask, user, ends);
    free(user);
    return verdict(account, status);
}

static krb5_error_code
check(krb5_context context, krb5_const_principal name, const char **status)
{
    uint64_t ends;

    return check_until(context, name, status, &ends);
}

/* What says that a function has nothing to say. */
static krb5_error_code
unless_silent(krb5_error_code error)
{
    return error == KRB5_PLUGIN_OP_NOTSUPP ? 0 : error;
}

static krb5_error_code
users_check_as(krb5_context context, krb5_kdc_req *request,
               krb5_db_entry *client, krb5_db_entry *server,
               krb5_timestamp now, const char **status, krb5_pa_data ***data)
{
    krb5_error_code error;

    if (below(context) == NULL)
        return KRB5_KDB_DBNOTINITED;
    error = unless_silent(
        krb5_db_check_policy_as(below(context), request, client, server, now,
                                status, data));
    return error != 0 ? error : check(context, client->princ, status);
}

/*
 * What the database itself has against a user who shows a ticket.  krb5kdc asks
 * it when somebody logs in, and then no more until the ticket ends.
 */
static krb5_error_code
check_entry(krb5_context context, krb5_const_principal name,
            const char **status)
{
    enum account account = ACCOUNT_GOOD;
    krb5_db_entry *entry = NULL;
    krb5_timestamp now;
    krb5_error_code error;

    error = krb5_timeofday(context, &now);
    if (error == 0)
        error = krb5_db_get_principal(below(context), name,
                                      KRB5_KDB_FLAG_CLIENT, &entry);
    if (error == KRB5_KDB_NOENTRY)
        return verdict(ACCOUNT_NONE, status);
    if (error != 0)
        return error;
    if ((entry->attributes & KRB5_KDB_DISALLOW_ALL_TIX) != 0)
        account = ACCOUNT_LOCKED;
    /* Times of krb5 go on after 2038 without a sign. */
    else if (entry->expiration != 0 &&
             (uint32_t)now > (uint32_t)entry->expiration)
        account = ACCOUNT_EXPIRED;
    krb5_db_free_principal(below(context), entry);
    return verdict(account, status);
}

/* Whether the ticket that the request came with is the user's who is to have
 * another one: not so where a service asks in a user's name. */
static bool
is_in_own_name(const krb5_kdc_req *request)
{
    krb5_pa_data **data = request->padata;

    if ((request->kdc_options & KDC_OPT_CNAME_IN_ADDL_TKT) != 0)
        return false;
    for (; data != NULL && *data != NULL; data++) {
        if ((*data)->pa_type == KRB5_PADATA_FOR_USER ||
                (*data)->pa_type == KRB5_PADATA_S4U_X509_USER)
            return false;
    }
    return true;
}

/*
 * The client learns what its ticket lacks: of all errors clients show the
 * KDC's own words with this one only.
 */
static krb5_error_code
check_indicators(krb5_context context, krb5_db_entry *server,
                 const krb5_ticket *ticket, const char **status)
{
    struct users *users = users_of(context);
    char wanted[256];
    krb5_error_code error;

    error = missing_indicators(context, server, ticket, wanted,
                               sizeof(wanted));
    if (error != 0 || wanted[0] == '\0')
        return error;
    snprintf(users->status, sizeof(users->status),
             "HIGHER AUTHENTICATION REQUIRED, ANY OF: %s", wanted);
    *status = users->status;
    return KRB5KRB_ERR_GENERIC;
}

/*
 * For every ticket that is to be had with another one: krb5kdc goes on where
 * it does not find the client's entry, but not where this says no.
 */
static krb5_error_code
users_check_tgs(krb5_context context, krb5_kdc_req *request,
                krb5_db_entry *server, krb5_ticket *ticket,
                const char **status, krb5_pa_data ***data)
{
    krb5_error_code error;

    if (below(context) == NULL)
        return KRB5_KDB_DBNOTINITED;
    error = unless_silent(
        krb5_db_check_policy_tgs(below(context), request, server, ticket,
                                 status, data));
    if (error == 0 && is_user(context, ticket->enc_part2->client))
        error = check_entry(context, ticket->enc_part2->client, status);
    if (error == 0)
        error = check(context, ticket->enc_part2->client, status);
    if (error != 0 || users_of(context)->ask == NULL ||
            !is_in_own_name(request))
        return error;
    return check_indicators(context, server, ticket, status);
}

/* ---- What a ticket says ----------------------------------------------- */

/* The texts stay where they are. */
static void
take_groups(struct identity *identity, const struct groups *groups)
{
    identity->has_groups = groups->known;
    identity->total = groups->total;
    identity->count = groups->count;
    for (size_t i = 0; i < groups->count; i++) {
        const char *name = groups->names + groups->list[i].name;

        identity->groups[i] = (struct identity_group){
            groups->list[i].gid, { name, strlen(name) }
        };
    }
}

/* One that is too large is left out: a ticket without it is as good, but for
 * what it would have said. */
static krb5_error_code
add_identity(krb5_context context, krb5_const_principal client,
             krb5_timestamp authenticated, uint64_t ends, krb5_pac pac)
{
    struct identity identity = {
        .authenticated = (uint32_t)authenticated, .ends = ends
    };
    struct groups groups;
    krb5_data data = { .data = NULL };
    krb5_error_code error;
    char *name, *user;
    void *bytes;
    size_t length;

    user = name_of(client);
    error = user == NULL ? ENOMEM : krb5_unparse_name(context, client, &name);
    if (error != 0) {
        free(user);
        return error;
    }
    ask_groups(users_of(context)->ask, user, &groups);
    free(user);
    take_groups(&identity, &groups);
    identity.principal = (struct identity_text){ name, strlen(name) };
    if (identity_make(&identity, &bytes, &length)) {
        data.data = bytes;
        data.length = (unsigned int)length;
        error = krb5_pac_add_buffer(context, pac, IDENTITY_PAC_TYPE, &data);
        free(bytes);
    }
    krb5_free_unparsed_name(context, name);
    return error;
}

/*
 * Each ticket for a service has what is known of the user now.  Nothing is
 * taken over from the ticket that it is had with, least of all from another
 * realm's, whose users this KDC does not know.
 *
 * A service that asks for a ticket in a user's name has a client of its own in
 * the checks above; whom it asks for is known here.
 */
static krb5_error_code
users_issue_pac(krb5_context context, unsigned int flags,
                krb5_db_entry *client, krb5_keyblock *reply_key,
                krb5_db_entry *server, krb5_db_entry *krbtgt,
                krb5_timestamp time, krb5_pac old, krb5_pac new,
                krb5_data ***indicators)
{
    struct users *users = users_of(context);
    krb5_error_code error = 0;
    uint64_t ends;

    if (users == NULL)
        return KRB5_KDB_DBNOTINITED;
    if (users->ask != NULL && client != NULL &&
            (flags & KRB5_KDB_FLAG_CROSS_REALM) == 0 &&
            is_user(context, client->princ) && !is_tgs(server->princ)) {
        error = check_until(context, client->princ, NULL, &ends);
        if (error == 0)
            error = add_identity(context, client->princ, time, ends, new);
    } else if ((flags & KRB5_KDB_FLAGS_S4U) != 0 && client != NULL) {
        error = check(context, client->princ, NULL);
    }
    if (error != 0)
        return error;
    return krb5_db_issue_pac(users->below, flags, client, reply_key, server,
                             krbtgt, time, old, new, indicators);
}

/*
 * What is not here has its default in libkdb5, as it has for db2: the master
 * key, keys of entries, renaming.
 */
kdb_vftabl kdb_function_table = {
    .maj_ver = KRB5_KDB_DAL_MAJOR_VERSION,
    .min_ver = 0,
    .init_library = users_init_library,
    .fini_library = users_fini_library,
    .init_module = users_open,
    .fini_module = users_fini,
    .create = users_create,
    .destroy = users_destroy,
    .lock = users_lock,
    .unlock = users_unlock,
    .get_principal = users_get_principal,
    .put_principal = users_put_principal,
    .delete_principal = users_delete_principal,
    .iterate = users_iterate,
    .create_policy = users_create_policy,
    .get_policy = users_get_policy,
    .put_policy = users_put_policy,
    .iter_policy = users_iterate_policies,
    .delete_policy = users_delete_policy,
    .promote_db = users_promote,
    .check_transited_realms = users_check_transited,
    .check_policy_as = users_check_as,
    .check_policy_tgs = users_check_tgs,
    .audit_as_req = users_audit_as,
    .refresh_config = users_refresh,
    .check_allowed_to_delegate = users_check_delegate,
    .get_s4u_x509_principal = users_get_x509,
    .allowed_to_delegate_from = users_delegate_from,
    .issue_pac = users_issue_pac
};
