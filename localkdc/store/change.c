/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "change.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "files.h"
#include "hold.h"

int
change_read(struct conf *conf, work_fn *fn, const void *data,
            json_t **answer, struct error *error)
{
    int ret;

    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return -1;
    ret = work(conf, NULL, NULL, fn, data, answer, error);
    release_realm(conf, error);
    return ret;
}

static int
make_change(const struct db *db, const void *data, json_t *answer,
            struct error *error)
{
    const struct user_change *change = data;
    char password[PASSWORD_SIZE] = "";
    int ret;

    if (user_facts(db, change->name, answer, "before", error) != 0)
        return -1;
    if (change->action->run != NULL)
        return change->action->run(db, change->name, error);
    /* krb5's calls take no const. */
    snprintf(password, sizeof(password), "%s", change->password);
    ret = change->action == &change_add
        ? user_add(db, change->name, password, error)
        : user_passwd(db, change->name, password, error);
    explicit_bzero(password, sizeof(password));
    return ret;
}

static int
read_facts(const struct db *db, const void *data, json_t *answer,
           struct error *error)
{
    const struct user_change *change = data;

    return user_facts(db, change->name, answer, "after", error);
}

/*
 * krb5's database module does not say when it could not write.  So another
 * child reads from the file whether the change is there.
 */
int
change_user(struct conf *conf, const struct user_change *change,
            struct error *error)
{
    json_t *wrote = NULL, *found = NULL;
    int ret = -1;

    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return -1;
    if (folder_room(conf->state, error) != 0 ||
        work_write(conf, NULL, NULL, make_change, change, &wrote, error) != 0)
        goto out;
    if (work(conf, NULL, NULL, read_facts, change, &found, error) == 0 &&
            change->action->is_done(json_object_get(wrote, "before"),
                                    json_object_get(found, "after")))
        ret = 0;
    else
        error_say(error, "%s@%s: the change is not in the database as it is "
                  "on the disk; see 'localkdc user list', and whether the "
                  "disk is full", change->name, conf->realm);
out:
    json_decref(wrote);
    json_decref(found);
    release_realm(conf, error);
    return ret;
}

static json_int_t
number(const json_t *facts, const char *key)
{
    return json_integer_value(json_object_get(facts, key));
}

static bool
has_new_key(const json_t *before, const json_t *after)
{
    return number(after, "kvno") > number(before, "kvno");
}

static bool
is_disabled(const json_t *before, const json_t *after)
{
    (void)before;
    return json_is_true(json_object_get(after, "disabled"));
}

static bool
is_enabled(const json_t *before, const json_t *after)
{
    (void)before;
    return json_is_false(json_object_get(after, "disabled"));
}

/* Somebody may have given a wrong password again meanwhile. */
static bool
is_unlocked(const json_t *before, const json_t *after)
{
    json_int_t failures = number(after, "failures");

    return after != NULL &&
           (failures == 0 || failures < number(before, "failures"));
}

static bool
is_gone(const json_t *before, const json_t *after)
{
    (void)before;
    return after == NULL;
}

static int
disable(const struct db *db, const char *name, struct error *error)
{
    return user_disable(db, name, true, error);
}

static int
enable(const struct db *db, const char *name, struct error *error)
{
    return user_disable(db, name, false, error);
}

static const struct user_action actions[] = {
    { "disable", disable, is_disabled, "disabled: gets no ticket any more; "
      "tickets for services that are there are good until they end" },
    { "enable", enable, is_enabled, "enabled" },
    { "unlock", user_unlock, is_unlocked, "unlocked" },
    { "remove", user_remove, is_gone, "removed from the realm; the account "
      "stays, and tickets for services are good until they end" }
};

const struct user_action *
change_find(const char *name)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    }
    return NULL;
}

const struct user_action change_add = {
    "add", NULL, has_new_key, "added"
};

const struct user_action change_passwd = {
    "passwd", NULL, has_new_key, "has a new password"
};
