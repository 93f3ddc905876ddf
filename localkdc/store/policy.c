/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy.h"

#define MINUTE 60L

#define MASK (KADM5_PW_MIN_LENGTH | KADM5_PW_MIN_CLASSES | \
              KADM5_PW_MAX_LIFE | KADM5_PW_HISTORY_NUM | \
              KADM5_PW_MAX_FAILURE | KADM5_PW_FAILURE_COUNT_INTERVAL | \
              KADM5_PW_LOCKOUT_DURATION)

char policy_name[] = "users";

int
policy_ensure(const struct db *db, struct error *error)
{
    kadm5_policy_ent_rec found = { 0 }, policy = {
        .policy = policy_name,
        .pw_min_length = 8,
        .pw_min_classes = 1,
        .pw_history_num = 1,
        .pw_max_fail = 10,
        .pw_failcnt_interval = 15 * MINUTE,
        .pw_lockout_duration = 15 * MINUTE
    };
    kadm5_ret_t code;

    code = kadm5_get_policy(db->handle, policy_name, &found);
    if (code == 0) {
        kadm5_free_policy_ent(db->handle, &found);
        return 0;
    }
    if (code == KADM5_UNK_POLICY)
        code = kadm5_create_policy(db->handle, &policy, KADM5_POLICY | MASK);
    return code == 0 ? 0 : db_fail(db->context, code, "policy users", error);
}

int
policy_get(const struct db *db, kadm5_policy_ent_t policy, struct error *error)
{
    kadm5_ret_t code = kadm5_get_policy(db->handle, policy_name, policy);

    return code == 0 ? 0 : db_fail(db->context, code, "policy users", error);
}
