/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc user: all but the list. */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "options.h"
#include "outcome.h"
#include "password.h"
#include "store/change.h"
#include "store/names.h"
#include "store/work.h"

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

    (void)answer;
    return user_check(db, login->name, !login->add, error);
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
    const struct user_change change = {
        .name = name, .action = add ? &change_add : &change_passwd,
        .password = login.password
    };
    int ret = -1;
    uid_t uid;
    gid_t gid;

    if (add && !conf_account(conf, name, &uid, &gid))
        return error_say(error, "%s: this machine has no such account; make "
                         "it first, for example with adduser", name);
    /* Nobody else has to wait while somebody types. */
    if (change_read(conf, check, &login, NULL, error) == 0 &&
            ask(&login, fd, error) == 0)
        ret = change_user(conf, &change, error);
    explicit_bzero(login.password, sizeof(login.password));
    if (ret == 0)
        outcome_done("%s@%s %s.\n", name, conf->realm, change.action->done);
    return ret;
}

/* ---- The command ------------------------------------------------------ */

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
    struct user_change change = { .action = change_find(argv[0]) };
    const struct option_spec specs[] = {
        { .word = &change.name, .takes = "NAME", .help = "a user" },
        { 0 }
    };
    int ret = command_begin(conf, whole, argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    if (name_check("user", change.name, error) != 0 ||
            change_user(conf, &change, error) != 0)
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
    { "list", command_user_list, "list users and their state" },
    { 0 }
};

int
command_user(struct conf *conf, int argc, char **argv, struct error *error)
{
    return command_below("user", verbs, conf, argc, argv, error);
}
