/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of localkdc(8).  Each gets its own name as argv[0], and returns
 * the exit status. */
#ifndef LOCALKDC_COMMANDS_H
#define LOCALKDC_COMMANDS_H

#include <stdio.h>

#include "common/error.h"
#include "options.h"
#include "store/conf.h"

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_UNHEALTHY = 3
};

typedef int command(struct conf *conf, int argc, char **argv,
                    struct error *error);

/* A list of commands ends with one without a name. */
struct command_entry {
    const char *name;
    command *run;
    const char *summary;
};

/* Run the one that argv[0] names, and say what was meant where there is none;
 * above is what they are commands of, such as "user ", or "". */
int command_run(const struct command_entry *commands, const char *above,
                struct conf *conf, int argc, char **argv, struct error *error);

void command_list(const struct command_entry *commands, FILE *to);

/* The whole of a command that only has commands below it: name is its own. */
int command_below(const char *name, const struct command_entry *commands,
                  struct conf *conf, int argc, char **argv,
                  struct error *error);

/* What each command begins with: options_read(), and that the caller may do
 * this at all. */
int command_begin(struct conf *conf, const char *name, int argc, char **argv,
                  const struct option_spec *specs, struct error *error);

command command_setup;
command command_refresh;
command command_status;
command command_user;
command command_user_list;
command command_policy;
command command_require;
command command_trust;
command command_samba;
command command_backup;
command command_restore;
command command_remove;

#endif
