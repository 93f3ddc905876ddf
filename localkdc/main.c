/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc: makes a machine its own Kerberos realm.  See localkdc(8). */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>
#include <malloc.h>

#include "commands.h"
#include "text.h"

static const struct {
    const char *name;
    command *run;
    const char *summary;
} commands[] = {
    { "setup", command_setup, "make this machine its own realm" },
    { "refresh", command_refresh, "after its names or addresses changed" },
    { "status", command_status, "say whether all is well" },
    { "user", command_user,
      "add|passwd|disable|enable|unlock|remove|list users" },
    { "policy", command_policy, "rules for passwords and failures" },
    { "samba", command_samba, "what smb.conf needs" },
    { "backup", command_backup, "write the realm to a file" },
    { "restore", command_restore, "make the realm from such a file" },
    { "remove", command_remove, "take the realm away" }
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
usage(FILE *to)
{
    fputs("usage: localkdc [--root DIR] COMMAND [OPTION...]\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fputs("\nSee localkdc(8).\n", to);
}

static command *
find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run;
    }
    return NULL;
}

/* jansson holds a backup's keys. */
static void
wiping_free(void *memory)
{
    wipe_free(memory, memory != NULL ? malloc_usable_size(memory) : 0);
}

/* The database is for the programs of the krb5 that this was built with, where
 * that is not the system's; others may be where only an administrator's PATH
 * leads. */
static void
extend_path(void)
{
    const char *path = getenv("PATH");
    AUTO_FREE char *longer = text("%s%s%s/usr/local/sbin:/usr/sbin:/sbin",
                                  KRB5SBIN[0] != '\0' ? KRB5SBIN ":" : "",
                                  path != NULL ? path : "",
                                  path != NULL ? ":" : "");

    setenv("PATH", longer, 1);
}

/* What a command was asked for it has not done if nobody can read it. */
static int
flush(int ret)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return ret;
    fail("the output cannot be written: %s", strerror(errno));
    return EXIT_FAILED;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "root", required_argument, NULL, 'r' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'v' },
        { 0 }
    };
    const char *root = NULL;
    struct conf conf;
    command *run;
    int option, ret = EXIT_FAILED;

    while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        switch (option) {
        case 'r':
            root = optarg;
            break;
        case 'h':
            usage(stdout);
            return EXIT_DONE;
        case 'v':
            puts("localkdc " VERSION);
            return EXIT_DONE;
        default:
            usage(stderr);
            return EXIT_USAGE;
        }
    }
    run = optind < argc ? find(argv[optind]) : NULL;
    if (run == NULL) {
        usage(stderr);
        return EXIT_USAGE;
    }
    umask(077);
    json_set_alloc_funcs(malloc, wiping_free);
    extend_path();
    if (conf_init(&conf, root) == 0)
        ret = flush(run(&conf, argc - optind, argv + optind));
    conf_free(&conf);
    return ret;
}
