/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc user list: the command. */

#include <stdio.h>

#include <jansson.h>

#include "commands.h"
#include "options.h"
#include "store/change.h"

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

/* Whoever reads it may take long: nobody is kept out by then. */
static int
list(struct conf *conf, bool json, struct error *error)
{
    struct user *users = NULL;
    json_t *answer = NULL;
    size_t count = 0;
    int ret;

    ret = change_read(conf, users_answer, NULL, &answer, error);
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

int
command_user_list(struct conf *conf, int argc, char **argv,
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
