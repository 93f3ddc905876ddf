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
#include "common/descriptors.h"
#include "outcome.h"
#include "store/text.h"

static const struct command_entry commands[] = {
    { "setup", command_setup, "make this machine its own realm" },
    { "refresh", command_refresh, "after its names or addresses changed" },
    { "status", command_status, "say whether all is well" },
    { "user", command_user,
      "add, passwd, disable, enable, unlock, remove, list" },
    { "policy", command_policy, "rules for passwords and failures" },
    { "require", command_require, "which proofs a service insists on" },
    { "trust", command_trust, "offer, join, list, remove" },
    { "samba", command_samba, "what smb.conf needs" },
    { "backup", command_backup, "write the realm to a file" },
    { "restore", command_restore, "make the realm from such a file" },
    { "remove", command_remove, "take the realm away" },
    { 0 }
};

static void
usage(FILE *to)
{
    fputs("usage: localkdc [--root DIR] COMMAND [OPTION...]\n\n", to);
    command_list(commands, to);
    fputs("\nSee 'localkdc COMMAND --help', and localkdc(8).\n", to);
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
flush(int ret, struct error *error)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return ret;
    error_say(error, "the output cannot be written: %s", strerror(errno));
    return EXIT_FAILED;
}

enum { READ = -1 };

/* READ where a command follows, or the status to exit with. */
static int
read_options(int argc, char **argv, const char **root, struct error *error)
{
    static const struct option options[] = {
        { "root", required_argument, NULL, 'r' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'v' },
        { 0 }
    };
    const char *word;
    int option;

    opterr = 0;
    while (word = argv[optind],
           (option = getopt_long(argc, argv, "+:h", options, NULL)) != -1) {
        switch (option) {
        case 'r':
            *root = optarg;
            break;
        case 'h':
            usage(stdout);
            return EXIT_DONE;
        case 'v':
            puts("localkdc " VERSION);
            return EXIT_DONE;
        case ':':
            error_say(error, "--root: the folder is missing after it");
            return EXIT_USAGE;
        default:
            error_say(error, "'%s': there is no such option; see 'localkdc "
                      "--help'", word);
            return EXIT_USAGE;
        }
    }
    if (optind >= argc) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[optind], "help") == 0) {
        usage(stdout);
        return EXIT_DONE;
    }
    return READ;
}

static int
run_command(int argc, char **argv, const char *root, struct error *error)
{
    struct conf conf;
    int ret = EXIT_FAILED;

    umask(077);
    json_set_alloc_funcs(malloc, wiping_free);
    extend_path();
    if (conf_init(&conf, root, error) == 0)
        ret = command_run(commands, "", &conf, argc, argv, error);
    conf_free(&conf);
    return ret;
}

int
main(int argc, char **argv)
{
    struct error error = { 0 };
    const char *root = NULL;
    int ret;

    if (!descriptors_complete())
        return EXIT_FAILED;
    ret = read_options(argc, argv, &root, &error);
    if (ret == READ)
        ret = run_command(argc - optind, argv + optind, root, &error);
    ret = flush(ret, &error);
    outcome_error(&error);
    return ret;
}
