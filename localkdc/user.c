/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc user: the command; users.c does the work. */

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "commands.h"
#include "files.h"
#include "hold.h"
#include "names.h"
#include "options.h"
#include "password.h"
#include "users.h"

/* What is done with one user whose name is known to be good. */
struct action {
    const char *name;
    int (*run)(const struct db *db, const char *user);
    const char *done;
};

static int
with_database(struct conf *conf, bool write,
              int (*call)(const struct db *, void *), void *data)
{
    struct db db;
    int ret = -1;

    if (hold_realm(conf, HOLD_EXISTING) != 0)
        return -1;
    if (!write || folder_room(conf->state) == 0) {
        if (db_open(conf, conf->database, conf->kdc_conf, &db) == 0)
            ret = call(&db, data);
        db_close(&db);
    }
    release_realm(conf);
    return ret;
}

/* ---- add, passwd ------------------------------------------------------ */

struct login {
    const char *name;
    char password[PASSWORD_SIZE];
    bool add;
};

static int
check(const struct db *db, void *data)
{
    const struct login *login = data;
    bool exists;

    if (user_exists(db, login->name, &exists) != 0)
        return -1;
    if (login->add && exists)
        return fail("%s@%s: this user exists already; for a new password "
                    "use 'localkdc user passwd'", login->name, db->realm);
    if (!login->add && !exists)
        return fail("%s@%s: there is no such user; see 'localkdc user "
                    "list'", login->name, db->realm);
    return 0;
}

static int
store(const struct db *db, void *data)
{
    struct login *login = data;

    return login->add ? user_add(db, login->name, login->password)
                      : user_passwd(db, login->name, login->password);
}

static int
ask(struct login *login, int fd)
{
    krb5_context context = NULL;
    int ret = -1;

    /* Only for krb5's prompt; no configuration has a part in it. */
    if (db_context("/dev/null", &context) == 0)
        ret = password_read(context, login->name, fd, login->password);
    if (context != NULL)
        krb5_free_context(context);
    return ret;
}

static int
set_password(struct conf *conf, const char *name, bool add, int fd)
{
    struct login login = { .name = name, .add = add };
    int ret = -1;
    uid_t uid;
    gid_t gid;

    if (add && !conf_account(conf, name, &uid, &gid))
        return fail("%s: this machine has no such account; make it first, "
                    "for example with adduser", name);
    /* Nobody else has to wait while somebody types. */
    if (with_database(conf, false, check, &login) == 0 &&
            ask(&login, fd) == 0)
        ret = with_database(conf, true, store, &login);
    explicit_bzero(login.password, sizeof(login.password));
    if (ret == 0)
        printf("%s@%s %s.\n", name, conf->realm,
               add ? "added" : "has a new password");
    return ret;
}

/* ---- disable, enable, unlock, remove ---------------------------------- */

static int
disable(const struct db *db, const char *name)
{
    return user_disable(db, name, true);
}

static int
enable(const struct db *db, const char *name)
{
    return user_disable(db, name, false);
}

static const struct action actions[] = {
    { "disable", disable, "disabled: cannot log in anew, but the tickets "
      "that are there are good until they end" },
    { "enable", enable, "enabled" },
    { "unlock", user_unlock, "unlocked" },
    { "remove", user_remove, "removed from the realm; the account stays, "
      "and tickets are good until they end" }
};

struct work {
    const struct action *action;
    const char *name;
};

static int
act(const struct db *db, void *data)
{
    const struct work *work = data;

    if (work->action->run(db, work->name) != 0)
        return -1;
    printf("%s@%s %s.\n", work->name, db->realm, work->action->done);
    return 0;
}

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
print_json(const struct user *users, size_t count)
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
    return ret == 0 ? 0 : fail("the list cannot be written");
}

static int
list(const struct db *db, void *data)
{
    const bool *json = data;
    struct user *users;
    size_t count;
    int ret;

    ret = users_list(db, &users, &count);
    if (ret == 0 && *json)
        ret = print_json(users, count);
    else if (ret == 0)
        print_table(users, count);
    users_free(users, count);
    return ret;
}

/* ---- The command ------------------------------------------------------ */

static int
user_list_command(struct conf *conf, int argc, char **argv)
{
    bool json = false;
    const struct option_spec specs[] = {
        { .name = "json", .flag = &json, .help = "for other programs" },
        { 0 }
    };
    int ret = command_begin(conf, "user list", argc, argv, specs);

    if (ret != OPTIONS_READ)
        return ret;
    return with_database(conf, false, list, &json) == 0 ? EXIT_DONE
                                                        : EXIT_FAILED;
}

/* add, passwd */
static int
password_command(struct conf *conf, int argc, char **argv)
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
    int ret = command_begin(conf, whole, argc, argv, specs);

    if (ret != OPTIONS_READ)
        return ret;
    if (name_check("user", name) != 0 ||
            set_password(conf, name, strcmp(argv[0], "add") == 0,
                         (int)fd) != 0)
        return EXIT_FAILED;
    return EXIT_DONE;
}

/* disable, enable, unlock, remove */
static int
action_command(struct conf *conf, int argc, char **argv)
{
    AUTO_FREE char *whole = text("user %s", argv[0]);
    struct work work = { .action = find_action(argv[0]) };
    const struct option_spec specs[] = {
        { .word = &work.name, .takes = "NAME", .help = "a user" },
        { 0 }
    };
    int ret = command_begin(conf, whole, argc, argv, specs);

    if (ret != OPTIONS_READ)
        return ret;
    if (name_check("user", work.name) != 0 ||
            with_database(conf, true, act, &work) != 0)
        return EXIT_FAILED;
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
command_user(struct conf *conf, int argc, char **argv)
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
    return command_run(verbs, "user ", conf, argc - 1, argv + 1);
}
