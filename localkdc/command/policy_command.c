/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc policy: the command. */

#include <stdio.h>

#include <jansson.h>

#include "commands.h"
#include "options.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/policy.h"
#include "store/work.h"

#define MINUTE 60L
#define DAY (24 * 60 * MINUTE)

enum {
    MIN_LENGTH, MIN_CLASSES, HISTORY, MAX_LIFE, MAX_FAILURES, WINDOW, LOCKOUT,
    NUMBERS
};

static const struct {
    const char *name;
    const char *unit;
    long size;              /* of the unit, in the database's */
    const char *when_zero;
    long mask;
    const char *help;
    long least;             /* krb5's bounds; no most is 0 */
    long most;
} numbers[NUMBERS] = {
    [MIN_LENGTH] = { "min-length", " characters", 1, "",
                     KADM5_PW_MIN_LENGTH,
                     "characters that a password must have", 1, 0 },
    [MIN_CLASSES] = { "min-classes", " kinds of characters", 1, "",
                      KADM5_PW_MIN_CLASSES,
                      "kinds of characters that it must have", 1, 5 },
    [HISTORY] = { "history", " passwords kept", 1, "",
                  KADM5_PW_HISTORY_NUM,
                  "passwords kept; a new one must differ", 1, 0 },
    [MAX_LIFE] = { "max-life", " days", DAY, " (passwords do not expire)",
                   KADM5_PW_MAX_LIFE,
                   "days that a password is good; 0: for ever", 0, 0 },
    [MAX_FAILURES] = { "max-failures", "", 1, " (nobody is locked out)",
                       KADM5_PW_MAX_FAILURE,
                       "failures that lock a user out; 0: none", 0, 0 },
    [WINDOW] = { "failure-window", " minutes", MINUTE, " (until a success)",
                 KADM5_PW_FAILURE_COUNT_INTERVAL,
                 "minutes within which they count", 0, 0 },
    [LOCKOUT] = { "lockout", " minutes", MINUTE, " (until unlocked)",
                  KADM5_PW_LOCKOUT_DURATION,
                  "minutes of lockout; 0: until unlocked", 0, 0 }
};

static void
to_numbers(const kadm5_policy_ent_rec *policy, long *out)
{
    out[MIN_LENGTH] = policy->pw_min_length;
    out[MIN_CLASSES] = policy->pw_min_classes;
    out[HISTORY] = policy->pw_history_num;
    out[MAX_LIFE] = policy->pw_max_life;
    out[MAX_FAILURES] = policy->pw_max_fail;
    out[WINDOW] = policy->pw_failcnt_interval;
    out[LOCKOUT] = policy->pw_lockout_duration;
}

static void
from_numbers(const long *in, kadm5_policy_ent_rec *policy)
{
    policy->pw_min_length = in[MIN_LENGTH];
    policy->pw_min_classes = in[MIN_CLASSES];
    policy->pw_history_num = in[HISTORY];
    policy->pw_max_life = in[MAX_LIFE];
    policy->pw_max_fail = (krb5_kvno)in[MAX_FAILURES];
    policy->pw_failcnt_interval = (krb5_deltat)in[WINDOW];
    policy->pw_lockout_duration = (krb5_deltat)in[LOCKOUT];
}

/* kadmin.local can have set what is no whole number of units. */
static void
print(const long *values)
{
    for (int i = 0; i < NUMBERS; i++) {
        if (values[i] % numbers[i].size != 0)
            printf("%s %ld seconds\n", numbers[i].name, values[i]);
        else
            printf("%s %ld%s%s\n", numbers[i].name,
                   values[i] / numbers[i].size, numbers[i].unit,
                   values[i] == 0 ? numbers[i].when_zero : "");
    }
}

static int
read_policy(const struct db *db, const void *data, json_t *answer,
            struct error *error)
{
    kadm5_policy_ent_rec policy = { 0 };
    json_t *array = json_array();
    long values[NUMBERS];

    (void)data;
    json_object_set_new(answer, "values", array);
    if (policy_get(db, &policy, error) != 0)
        return -1;
    to_numbers(&policy, values);
    kadm5_free_policy_ent(db->handle, &policy);
    for (int i = 0; i < NUMBERS; i++)
        json_array_append_new(array, json_integer(values[i]));
    return 0;
}

/* Change what is given, which is what is not negative. */
static int
change(const struct db *db, const void *data, json_t *answer,
       struct error *error)
{
    kadm5_policy_ent_rec policy = { 0 };
    const long *given = data;
    long values[NUMBERS], mask = 0;
    kadm5_ret_t code = 0;

    (void)answer;
    if (policy_get(db, &policy, error) != 0)
        return -1;
    to_numbers(&policy, values);
    for (int i = 0; i < NUMBERS; i++) {
        if (given[i] >= 0 && given[i] * numbers[i].size != values[i]) {
            values[i] = given[i] * numbers[i].size;
            mask |= numbers[i].mask;
        }
    }
    from_numbers(values, &policy);
    if (mask != 0)
        code = kadm5_modify_policy(db->handle, &policy, mask);
    kadm5_free_policy_ent(db->handle, &policy);
    return code == 0 ? 0 : db_fail(db->context, code, "policy users", error);
}

static int
get_values(const json_t *answer, long *values, struct error *error)
{
    const json_t *array = json_object_get(answer, "values");

    if (json_array_size(array) != NUMBERS)
        return error_say(error, "the database is damaged: its policy makes no "
                         "sense");
    for (int i = 0; i < NUMBERS; i++)
        values[i] = (long)json_integer_value(json_array_get(array,
                                                            (size_t)i));
    return 0;
}

static int
check_bounds(const long *given, struct error *error)
{
    for (int i = 0; i < NUMBERS; i++) {
        if (given[i] < 0)
            continue;
        if (given[i] < numbers[i].least)
            return error_say(error, "--%s %ld: the least is %ld",
                             numbers[i].name, given[i], numbers[i].least);
        if (numbers[i].most > 0 && given[i] > numbers[i].most)
            return error_say(error, "--%s %ld: the most is %ld",
                             numbers[i].name, given[i], numbers[i].most);
    }
    return 0;
}

/* As with users, what was written is read from the file again. */
static int
change_policy(struct conf *conf, const long *given, long *values,
              struct error *error)
{
    json_t *answer = NULL;
    bool writes = false;
    int ret = 0;

    for (int i = 0; i < NUMBERS; i++)
        writes |= given[i] >= 0;
    if (writes)
        ret = folder_room(conf->state, error);
    if (ret == 0 && writes)
        ret = work_write(conf, NULL, NULL, change, given, NULL, error);
    if (ret == 0)
        ret = work(conf, NULL, NULL, read_policy, NULL, &answer, error);
    if (ret == 0)
        ret = get_values(answer, values, error);
    for (int i = 0; i < NUMBERS && ret == 0; i++) {
        if (given[i] >= 0 && values[i] != given[i] * numbers[i].size)
            ret = error_say(error, "%s in the database as it is on the disk "
                            "is not what it should be; see whether the disk "
                            "is full", numbers[i].name);
    }
    json_decref(answer);
    return ret;
}

int
command_policy(struct conf *conf, int argc, char **argv, struct error *error)
{
    struct option_spec specs[NUMBERS + 1] = { 0 };
    long given[NUMBERS], values[NUMBERS];
    int ret;

    for (int i = 0; i < NUMBERS; i++) {
        given[i] = -1;
        specs[i] = (struct option_spec){
            .name = numbers[i].name, .number = &given[i],
            .takes = "NUMBER", .help = numbers[i].help
        };
    }
    ret = command_begin(conf, "policy", argc, argv, specs, error);
    if (ret != OPTIONS_READ)
        return ret;
    if (check_bounds(given, error) != 0)
        return EXIT_USAGE;
    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return EXIT_FAILED;
    ret = change_policy(conf, given, values, error);
    release_realm(conf, error);
    if (ret == 0)
        print(values);
    return ret == 0 ? EXIT_DONE : EXIT_FAILED;
}
