/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "check.h"

#include "policy.h"
#include "work.h"

/* Each key is encrypted and sealed with the master key, so reading them all
 * finds what is damaged. */
static int
check_entry(const struct db *db, const char *unparsed, struct error *error)
{
    kadm5_principal_ent_rec entry = { 0 };
    krb5_principal principal = NULL;
    kadm5_key_data *keys = NULL;
    int count = 0;
    kadm5_ret_t code;

    code = krb5_parse_name(db->context, unparsed, &principal);
    if (code == 0)
        code = kadm5_get_principal(db->handle, principal, &entry,
                                   KADM5_PRINCIPAL_NORMAL_MASK);
    if (code == 0)
        code = kadm5_get_principal_keys(db->handle, principal, 0, &keys,
                                        &count);
    kadm5_free_principal_ent(db->handle, &entry);
    kadm5_free_kadm5_key_data(db->context, count, keys);
    krb5_free_principal(db->context, principal);
    if (code == 0)
        return 0;
    db_fail(db->context, code, unparsed, error);
    return error_say(error, "the entry of %s is damaged; restore a backup",
                     unparsed);
}

static int
check_all(const struct db *db, const void *data, json_t *answer,
          struct error *error)
{
    kadm5_policy_ent_rec policy = { 0 };
    char **names = NULL;
    int count = 0, ret;
    kadm5_ret_t code;

    (void)data;
    (void)answer;
    ret = policy_get(db, &policy, error);
    if (ret != 0)
        return error_say(error, "the rules for passwords are not in the "
                         "database");
    kadm5_free_policy_ent(db->handle, &policy);
    code = kadm5_get_principals(db->handle, NULL, &names, &count);
    if (code != 0)
        return db_fail(db->context, code, "the list of entries", error);
    for (int i = 0; i < count && ret == 0; i++)
        ret = check_entry(db, names[i], error);
    kadm5_free_name_list(db->handle, names, count);
    return ret;
}

int
check_database(const struct conf *conf, const char *folder,
               const char *kdc_conf, struct error *error)
{
    return work(conf, folder, kdc_conf, check_all, NULL, NULL, error);
}
