/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of localkdc(8).  Each gets its own name as argv[0], and returns
 * the exit status. */
#ifndef LOCALKDC_COMMANDS_H
#define LOCALKDC_COMMANDS_H

#include "conf.h"

enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_UNHEALTHY = 3
};

typedef int command(struct conf *conf, int argc, char **argv);

command command_setup;
command command_refresh;
command command_status;
command command_user;
command command_policy;
command command_samba;
command command_backup;
command command_restore;
command command_remove;

#endif
