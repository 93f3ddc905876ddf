/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "users.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/harmless.h"
#include "policy.h"
#include "text.h"
#include "work.h"

/* krb5's timestamps are unsigned in 32 bits (until 2106). */
static time_t
to_time(krb5_timestamp timestamp)
{
    return (time_t)(uint32_t)timestamp;
}

/* ---- Errors ----------------------------------------------------------- */

static int
fail_quality(const struct db *db, const char *name, kadm5_ret_t code,
             struct error *error)
{
    kadm5_policy_ent_rec policy = { 0 };

    if (policy_get(db, &policy, error) != 0)
        return -1;
    if (code == KADM5_PASS_Q_TOOSHORT)
        error_say(error, "%s: the password is too short; it needs %ld "
                  "characters", name, policy.pw_min_length);
    else
        error_say(error, "%s: the password needs %ld kinds of characters "
                  "(lower case, upper case, digits, punctuation, others)",
                  name, policy.pw_min_classes);
    kadm5_free_policy_ent(db->handle, &policy);
    return -1;
}

static int
fail_user(const struct db *db, const char *name, kadm5_ret_t code,
          struct error *error)
{
    AUTO_FREE char *about = text("%s@%s", name, db->realm);

    switch (code) {
    case KADM5_UNK_PRINC:
        return error_say(error, "%s: there is no such user; see 'localkdc "
                         "user list'", about);
    case KADM5_DUP:
        return error_say(error, "%s: this user exists already; for a new "
                         "password use 'localkdc user passwd'", about);
    case KADM5_PASS_Q_TOOSHORT:
    case KADM5_PASS_Q_CLASS:
        return fail_quality(db, about, code, error);
    case KADM5_PASS_Q_DICT:
        return error_say(error, "%s: the password is the user's name or the "
                         "realm's", about);
    case KADM5_PASS_REUSE:
        return error_say(error, "%s: the user had this password before",
                         about);
    default:
        return db_fail(db->context, code, about, error);
    }
}

/* ---- One user --------------------------------------------------------- */

/* *entry is to be freed with kadm5_free_principal_ent(); *found is whether
 * there is such a user. */
static int
look_up(const struct db *db, const char *name, kadm5_principal_ent_t entry,
        bool *found, struct error *error)
{
    krb5_principal principal = NULL;
    kadm5_ret_t code;

    memset(entry, 0, sizeof(*entry));
    if (db_principal(db, name, NULL, &principal, error) != 0)
        return -1;
    code = kadm5_get_principal(db->handle, principal, entry,
                               KADM5_PRINCIPAL_NORMAL_MASK);
    krb5_free_principal(db->context, principal);
    *found = code == 0;
    return code == 0 || code == KADM5_UNK_PRINC
        ? 0 : fail_user(db, name, code, error);
}

int
user_check(const struct db *db, const char *name, bool wanted,
           struct error *error)
{
    kadm5_principal_ent_rec entry;
    bool found;

    if (look_up(db, name, &entry, &found, error) != 0)
        return -1;
    kadm5_free_principal_ent(db->handle, &entry);
    return found == wanted
        ? 0 : fail_user(db, name, found ? KADM5_DUP : KADM5_UNK_PRINC, error);
}

int
user_facts(const struct db *db, const char *name, json_t *answer,
           const char *key, struct error *error)
{
    kadm5_principal_ent_rec entry;
    bool found;

    if (look_up(db, name, &entry, &found, error) != 0)
        return -1;
    if (found)
        json_object_set_new(answer, key, json_pack("{s:b, s:I, s:I}",
            "disabled", (entry.attributes & KRB5_KDB_DISALLOW_ALL_TIX) != 0,
            "kvno", (json_int_t)entry.kvno,
            "failures", (json_int_t)entry.fail_auth_count));
    kadm5_free_principal_ent(db->handle, &entry);
    return 0;
}

/* Nobody gets a ticket that is encrypted with a user's key, from which the
 * password could be guessed; and the user none that begins later. */
int
user_add(const struct db *db, const char *name, char *password,
         struct error *error)
{
    kadm5_principal_ent_rec entry = {
        .attributes = KRB5_KDB_REQUIRES_PRE_AUTH | KRB5_KDB_DISALLOW_SVR |
                      KRB5_KDB_DISALLOW_POSTDATED,
        .policy = policy_name
    };
    kadm5_ret_t code;

    if (db_principal(db, name, NULL, &entry.principal, error) != 0)
        return -1;
    code = kadm5_create_principal(db->handle, &entry,
                                  KADM5_PRINCIPAL | KADM5_ATTRIBUTES |
                                  KADM5_POLICY, password);
    krb5_free_principal(db->context, entry.principal);
    return code == 0 ? 0 : fail_user(db, name, code, error);
}

int
user_passwd(const struct db *db, const char *name, char *password,
            struct error *error)
{
    krb5_principal principal = NULL;
    kadm5_ret_t code;

    if (db_principal(db, name, NULL, &principal, error) != 0)
        return -1;
    code = kadm5_chpass_principal(db->handle, principal, password);
    krb5_free_principal(db->context, principal);
    return code == 0 ? 0 : fail_user(db, name, code, error);
}

int
user_disable(const struct db *db, const char *name, bool disable,
             struct error *error)
{
    kadm5_principal_ent_rec entry = { 0 };
    krb5_principal principal = NULL;
    kadm5_ret_t code;

    if (db_principal(db, name, NULL, &principal, error) != 0)
        return -1;
    code = kadm5_get_principal(db->handle, principal, &entry,
                               KADM5_PRINCIPAL | KADM5_ATTRIBUTES);
    if (code == 0) {
        entry.attributes &= ~KRB5_KDB_DISALLOW_ALL_TIX;
        entry.attributes |= disable ? KRB5_KDB_DISALLOW_ALL_TIX : 0;
        code = kadm5_modify_principal(db->handle, &entry, KADM5_ATTRIBUTES);
    }
    kadm5_free_principal_ent(db->handle, &entry);
    krb5_free_principal(db->context, principal);
    return code == 0 ? 0 : fail_user(db, name, code, error);
}

int
user_unlock(const struct db *db, const char *name, struct error *error)
{
    kadm5_principal_ent_rec entry = { 0 };
    kadm5_ret_t code;

    if (db_principal(db, name, NULL, &entry.principal, error) != 0)
        return -1;
    code = kadm5_modify_principal(db->handle, &entry,
                                  KADM5_FAIL_AUTH_COUNT);
    krb5_free_principal(db->context, entry.principal);
    return code == 0 ? 0 : fail_user(db, name, code, error);
}

int
user_remove(const struct db *db, const char *name, struct error *error)
{
    krb5_principal principal = NULL;
    kadm5_ret_t code;

    if (db_principal(db, name, NULL, &principal, error) != 0)
        return -1;
    code = kadm5_delete_principal(db->handle, principal);
    krb5_free_principal(db->context, principal);
    return code == 0 ? 0 : fail_user(db, name, code, error);
}

/* ---- All users -------------------------------------------------------- */

static bool
is_locked(const kadm5_principal_ent_rec *entry,
          const kadm5_policy_ent_rec *policy, time_t now)
{
    time_t until = to_time(entry->last_failed) + policy->pw_lockout_duration;

    if (policy->pw_max_fail == 0 ||
            entry->fail_auth_count < policy->pw_max_fail)
        return false;
    return policy->pw_lockout_duration == 0 || now < until;
}

static int
describe(const struct db *db, const krb5_principal_data *principal,
         const kadm5_policy_ent_rec *policy, struct user *user,
         struct error *error)
{
    AUTO_FREE char *name = db_component(principal, 0);
    kadm5_principal_ent_rec entry = { 0 };
    time_t now = time(NULL);
    kadm5_ret_t code;

    code = kadm5_get_principal(db->handle, (krb5_principal)principal, &entry,
                               KADM5_PRINCIPAL_NORMAL_MASK);
    if (code != 0)
        return fail_user(db, name, code, error);
    *user = (struct user){
        .name = text("%s", name),
        .disabled = entry.attributes & KRB5_KDB_DISALLOW_ALL_TIX,
        .locked = is_locked(&entry, policy, now),
        .failures = entry.fail_auth_count,
        .changed = to_time(entry.last_pwd_change),
        .expires = to_time(entry.pw_expiration),
        .last_login = to_time(entry.last_success)
    };
    user->expired = user->expires != 0 && user->expires <= now;
    kadm5_free_principal_ent(db->handle, &entry);
    return 0;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct user *)a)->name,
                  ((const struct user *)b)->name);
}

static int
add_user(const struct db *db, const char *unparsed,
         const kadm5_policy_ent_rec *policy, struct user *users,
         size_t *count, struct error *error)
{
    krb5_principal principal = NULL;
    krb5_error_code code;
    int ret = 0;

    code = krb5_parse_name(db->context, unparsed, &principal);
    if (code != 0)
        return db_fail(db->context, code, unparsed, error);
    if (principal->length == 1) {
        ret = describe(db, principal, policy, &users[*count], error);
        *count += ret == 0;
    }
    krb5_free_principal(db->context, principal);
    return ret;
}

static json_t *
to_json(const struct user *user)
{
    AUTO_FREE char *name = text("%s", user->name);

    /* JSON has no other bytes than UTF-8's. */
    harmless(name, "");
    return json_pack("{s:s, s:b, s:b, s:b, s:I, s:I, s:I, s:I}",
                     "name", name, "disabled", user->disabled,
                     "locked", user->locked, "expired", user->expired,
                     "failures", (json_int_t)user->failures,
                     "changed", (json_int_t)user->changed,
                     "expires", (json_int_t)user->expires,
                     "last_login", (json_int_t)user->last_login);
}

int
users_answer(const struct db *db, const void *data, json_t *answer,
             struct error *error)
{
    kadm5_policy_ent_rec policy = { 0 };
    struct user *users = NULL;
    json_t *array = json_array();
    char **found = NULL;
    size_t count = 0;
    int number = 0, ret = -1;
    kadm5_ret_t code;

    (void)data;
    json_object_set_new(answer, "users", array);
    if (policy_get(db, &policy, error) != 0)
        return -1;
    code = kadm5_get_principals(db->handle, NULL, &found, &number);
    if (code != 0) {
        db_fail(db->context, code, "the list of users", error);
        goto out;
    }
    users = grow(NULL, (size_t)number + 1, sizeof(*users));
    for (int i = 0; i < number; i++) {
        if (add_user(db, found[i], &policy, users, &count, error) != 0)
            goto out;
    }
    qsort(users, count, sizeof(*users), by_name);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, to_json(&users[i]));
    ret = 0;
out:
    users_free(users, count);
    kadm5_free_name_list(db->handle, found, number);
    kadm5_free_policy_ent(db->handle, &policy);
    return ret;
}

static int
from_json(const json_t *item, struct user *user, struct error *error)
{
    json_int_t failures, changed, expires, last_login;
    int disabled, locked, expired;
    const char *name;

    if (json_unpack((json_t *)item, "{s:s, s:b, s:b, s:b, s:I, s:I, s:I, s:I}",
                    "name", &name, "disabled", &disabled, "locked", &locked,
                    "expired", &expired, "failures", &failures, "changed",
                    &changed, "expires", &expires, "last_login",
                    &last_login) != 0)
        return error_say(error, "the database is damaged: a user makes no "
                         "sense");
    *user = (struct user){
        .name = text("%s", name), .disabled = disabled, .locked = locked,
        .expired = expired, .failures = (unsigned int)failures,
        .changed = (time_t)changed, .expires = (time_t)expires,
        .last_login = (time_t)last_login
    };
    harmless(user->name, "");
    return 0;
}

int
users_get(const json_t *answer, struct user **users, size_t *count,
          struct error *error)
{
    const json_t *array = answer_array(answer, "users", error), *item;
    size_t i;

    *users = NULL;
    *count = 0;
    if (array == NULL)
        return -1;
    *users = grow(NULL, json_array_size(array) + 1, sizeof(**users));
    json_array_foreach(array, i, item) {
        if (from_json(item, &(*users)[i], error) != 0)
            return -1;
        *count = i + 1;
    }
    return 0;
}

void
users_free(struct user *users, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(users[i].name);
    free(users);
}
