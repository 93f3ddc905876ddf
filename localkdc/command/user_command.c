/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc user: the command; users.c does the work. */

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "commands.h"
#include "options.h"
#include "outcome.h"
#include "password.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/names.h"
#include "store/users.h"
#include "store/work.h"

/* What is done with one user whose name is known to be good. */
struct action {
    const char *name;
    int (*run)(const struct db *db, const char *user, struct error *error);
    /* Whether it was done, by what the database has of the user before and
     * after, which is NULL where there is no such user. */
    bool (*is_done)(const json_t *before, const json_t *after);
    const char *done;
};

/* Read what there is, with the realm held for no longer than that. */
static int
read_database(struct conf *conf, work_fn *fn, const void *data,
              json_t **answer, struct error *error)
{
    int ret;

    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return -1;
    ret = work(conf, NULL, NULL, fn, data, answer, error);
    release_realm(conf, error);
    return ret;
}

/* ---- A change --------------------------------------------------------- */

struct change {
    const char *name;                   /* of the user */
    const struct action *action;
    const char *password;               /* where the action sets one */
};

static int
make_change(const struct db *db, const void *data, json_t *answer,
            struct error *error)
{
    const struct change *change = data;
    char password[PASSWORD_SIZE] = "";
    int ret;

    if (user_facts(db, change->name, answer, "before", error) != 0)
        return -1;
    if (change->password == NULL)
        return change->action->run(db, change->name, error);
    /* krb5's calls take no const. */
    snprintf(password, sizeof(password), "%s", change->password);
    ret = strcmp(change->action->name, "add") == 0
        ? user_add(db, change->name, password, error)
        : user_passwd(db, change->name, password, error);
    explicit_bzero(password, sizeof(password));
    return ret;
}

static int
read_facts(const struct db *db, const void *data, json_t *answer,
           struct error *error)
{
    const struct change *change = data;

    return user_facts(db, change->name, answer, "after", error);
}

/*
 * krb5's database module does not say when it could not write.  So another
 * child reads from the file whether the change is there.
 */
static int
change_database(struct conf *conf, const struct change *change,
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

/* ---- add, passwd ------------------------------------------------------ */

struct login {
    const char *name;
    char password[PASSWORD_SIZE];
    bool add;
};

static int
check(const struct db *db, const void *data, json_t *answer,
      struct error *error)
{
    const struct login *login = data;
    bool exists;

    (void)answer;
    if (user_exists(db, login->name, &exists, error) != 0)
        return -1;
    if (login->add && exists)
        return error_say(error, "%s@%s: this user exists already; for a new "
                         "password use 'localkdc user passwd'", login->name,
                         db->realm);
    if (!login->add && !exists)
        return error_say(error, "%s@%s: there is no such user; see 'localkdc "
                         "user list'", login->name, db->realm);
    return 0;
}

static int
ask(struct login *login, int fd, struct error *error)
{
    krb5_context context = NULL;
    int ret = -1;

    /* Only for krb5's prompt; no configuration has a part in it. */
    if (db_context("/dev/null", &context, error) == 0)
        ret = password_read(context, login->name, fd, login->password, error);
    if (context != NULL)
        krb5_free_context(context);
    return ret;
}

static int
set_password(struct conf *conf, const char *name, bool add, int fd,
             struct error *error)
{
    struct login login = { .name = name, .add = add };
    const struct action action = {
        .name = add ? "add" : "passwd", .is_done = has_new_key,
        .done = add ? "added" : "has a new password"
    };
    const struct change change = {
        .name = name, .action = &action, .password = login.password
    };
    int ret = -1;
    uid_t uid;
    gid_t gid;

    if (add && !conf_account(conf, name, &uid, &gid))
        return error_say(error, "%s: this machine has no such account; make "
                         "it first, for example with adduser", name);
    /* Nobody else has to wait while somebody types. */
    if (read_database(conf, check, &login, NULL, error) == 0 &&
            ask(&login, fd, error) == 0)
        ret = change_database(conf, &change, error);
    explicit_bzero(login.password, sizeof(login.password));
    if (ret == 0)
        outcome_done("%s@%s %s.\n", name, conf->realm, action.done);
    return ret;
}

/* ---- disable, enable, unlock, remove ---------------------------------- */

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

static const struct action actions[] = {
    { "disable", disable, is_disabled, "disabled: gets no ticket any more; "
      "tickets for services that are there are good until they end" },
    { "enable", enable, is_enabled, "enabled" },
    { "unlock", user_unlock, is_unlocked, "unlocked" },
    { "remove", user_remove, is_gone, "removed from the realm; the account "
      "stays, and tickets for services are good until they end" }
};

static const struct action *
find_action(const char *name)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    }
    return NULL;
}

/* ---- list ------------------------------------------------------------- */

static const char *
state(const struct user *user)
{
    if (user->disabled)
        return "disabled";
    if (user->locked)
        return "locked";
    return user->expired ? "expired" : "enabled";
}

static void
format_time(time_t when, const char *never, char *out, size_t size)
{
    struct tm tm;

    if (when == 0 || localtime_r(&when, &tm) == NULL)
        snprintf(out, size, "%s", never);
    else
        strftime(out, size, "%Y-%m-%d %H:%M", &tm);
}

static void
print_table(const struct user *users, size_t count)
{
    char changed[20], expires[20], login[20];

    printf("%-20s %-9s %-17s %-17s %s\n", "USER", "STATE",
           "PASSWORD SET", "EXPIRES", "LAST LOGIN");
    for (size_t i = 0; i < count; i++) {
        format_time(users[i].changed, "-", changed, sizeof(changed));
        format_time(users[i].expires, "never", expires, sizeof(expires));
        format_time(users[i].last_login, "never", login, sizeof(login));
        printf("%-20s %-9s %-17s %-17s %s\n", users[i].name,
               state(&users[i]), changed, expires, login);
    }
}

static int
print_json(const struct user *users, size_t count, struct error *error)
{
    json_t *all = json_array();
    int ret;

    for (size_t i = 0; i < count; i++) {
        json_array_append_new(all, json_pack(
            "{s:s, s:s, s:i, s:I, s:I, s:I}",
            "name", users[i].name, "state", state(&users[i]),
            "failures", (int)users[i].failures,
            "password_changed", (json_int_t)users[i].changed,
            "password_expires", (json_int_t)users[i].expires,
            "last_login", (json_int_t)users[i].last_login));
    }
    ret = json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
    return ret == 0 ? 0 : error_say(error, "the list cannot be written");
}

static int
read_users(const struct db *db, const void *data, json_t *answer,
           struct error *error)
{
    (void)data;
    return users_answer(db, answer, error);
}

/* Whoever reads it may take long: nobody is kept out by then. */
static int
list(struct conf *conf, bool json, struct error *error)
{
    struct user *users = NULL;
    json_t *answer = NULL;
    size_t count = 0;
    int ret;

    ret = read_database(conf, read_users, NULL, &answer, error);
    if (ret == 0)
        ret = users_get(answer, &users, &count, error);
    if (ret == 0 && json)
        ret = print_json(users, count, error);
    else if (ret == 0)
        print_table(users, count);
    users_free(users, count);
    json_decref(answer);
    if (fflush(stdout) != 0)
        ret = error_file(error, "the list");
    return ret;
}

/* ---- The command ------------------------------------------------------ */

static int
user_list_command(struct conf *conf, int argc, char **argv,
                  struct error *error)
{
    bool json = false;
    const struct option_spec specs[] = {
        { .name = "json", .flag = &json, .help = "for other programs" },
        { 0 }
    };
    int ret = command_begin(conf, "user list", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    return list(conf, json, error) == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* add, passwd */
static int
password_command(struct conf *conf, int argc, char **argv, struct error *error)
{
    AUTO_FREE char *whole = text("user %s", argv[0]);
    const char *name = NULL;
    long fd = -1;
    const struct option_spec specs[] = {
        { .name = "password-fd", .number = &fd, .takes = "N",
          .help = "read the password from this file descriptor" },
        { .word = &name, .takes = "NAME", .help = "a local account's name" },
        { 0 }
    };
    int ret = command_begin(conf, whole, argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    if (name_check("user", name, error) != 0 ||
            set_password(conf, name, strcmp(argv[0], "add") == 0,
                         (int)fd, error) != 0)
        return EXIT_FAILED;
    return EXIT_DONE;
}

/* disable, enable, unlock, remove */
static int
action_command(struct conf *conf, int argc, char **argv, struct error *error)
{
    AUTO_FREE char *whole = text("user %s", argv[0]);
    struct change change = { .action = find_action(argv[0]) };
    const struct option_spec specs[] = {
        { .word = &change.name, .takes = "NAME", .help = "a user" },
        { 0 }
    };
    int ret = command_begin(conf, whole, argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    if (name_check("user", change.name, error) != 0 ||
            change_database(conf, &change, error) != 0)
        return EXIT_FAILED;
    outcome_done("%s@%s %s.\n", change.name, conf->realm, change.action->done);
    return EXIT_DONE;
}

static const struct command_entry verbs[] = {
    { "add", password_command, "add a user for a local account" },
    { "passwd", password_command, "set a new password" },
    { "disable", action_command, "let the user log in no more" },
    { "enable", action_command, "let the user log in again" },
    { "unlock", action_command, "end a lockout after failures" },
    { "remove", action_command, "remove the user from the realm" },
    { "list", user_list_command, "list users and their state" },
    { 0 }
};

static void
usage(FILE *to)
{
    fputs("usage: localkdc user COMMAND [OPTION...]\n\n", to);
    command_list(verbs, to);
    fputs("\nSee 'localkdc user COMMAND --help', and localkdc(8).\n", to);
}

int
command_user(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *verb = argc > 1 ? argv[1] : NULL;

    if (verb == NULL) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0 ||
            strcmp(verb, "help") == 0) {
        usage(stdout);
        return EXIT_DONE;
    }
    return command_run(verbs, "user ", conf, argc - 1, argv + 1, error);
}
