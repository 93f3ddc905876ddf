/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc samba: the command. */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "config/samba.h"
#include "options.h"
#include "outcome.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/layout.h"

static int
examine(const struct conf *conf, const char *smb_conf, struct samba *samba,
        struct error *error)
{
    if (samba_examine(conf, smb_conf, samba, error) != 0)
        return -1;
    if (!samba->installed)
        return error_say(error, "testparm is not there; install Samba first");
    if (!samba->found)
        return error_say(error, "%s: there is no such file; with --smb-conf "
                         "say where Samba's is", smb_conf);
    if (!samba->standalone)
        return error_say(error, "%s: 'server role' makes this machine part of "
                         "a domain; a local realm is for a standalone server",
                         smb_conf);
    return 0;
}

static void
print(const struct samba *samba, const char *smb_conf)
{
    if (samba->lacking.count == 0 && samba->modules.count == 0)
        printf("# %s: nothing is missing\n", smb_conf);
    else if (samba->lacking.count > 0)
        printf("[global]\n");
    for (size_t i = 0; i < samba->lacking.count; i++)
        printf("    %s = %s\n", samba->lacking.items[i].name,
               samba->lacking.items[i].value);
    for (size_t i = 0; i < samba->modules.count; i++)
        printf("# This smbd has no module for '%s': what this line is for "
               "does not work.\n", samba->modules.items[i]);
    if (!samba->iakerb)
        printf("# This Samba does not know IAKERB: only clients that reach "
               "the KDC themselves can log in.\n");
}

/* The file as it was stays under another name, which is printed. */
static int
keep_old(const char *smb_conf, char **old, struct error *error)
{
    for (int number = 1; ; number++) {
        AUTO_FREE char *copy = text("%s.old%d", smb_conf, number);

        if (link(smb_conf, copy) == 0) {
            *old = text("%s", copy);
            return 0;
        }
        if (errno != EEXIST)
            return error_file(error, copy);
    }
}

/* Samba has the last word on whether the new file does it. */
static int
check_staged(const struct conf *conf, const char *smb_conf,
             struct error *error)
{
    AUTO_FREE char *staged = file_staged(smb_conf);
    struct samba samba;
    int ret;

    ret = samba_examine(conf, staged, &samba, error);
    if (ret == 0 && samba.lacking.count > 0)
        ret = error_say(error, "%s: '%s' is set again further on, perhaps in "
                        "a file that it includes; nothing has changed",
                        smb_conf, samba.lacking.items[0].name);
    samba_free(&samba);
    return ret;
}

/* *old is the name of the file as it was, and *replaced its lines that are in
 * it no more; NULL where nothing was changed. */
static int
apply(const struct conf *conf, const char *smb_conf, const struct samba *samba,
      char **old, char **replaced, struct error *error)
{
    AUTO_FREE char *staged = file_staged(smb_conf);
    AUTO_FREE char *before = NULL;
    AUTO_FREE char *after = NULL;
    size_t length;
    int ret = -1;

    if (samba->lacking.count == 0)
        return 0;
    if (file_read(smb_conf, &before, &length, error) != 0)
        return -1;
    if (before == NULL)
        return error_say(error, "%s: this file has gone meanwhile", smb_conf);
    if (strlen(before) != length)
        return error_say(error, "%s: there is a zero byte in it; correct the "
                         "file", smb_conf);
    after = smbconf_set(before, &samba->lacking);
    if (tree_remove(staged, error) == 0 &&
            file_stage(smb_conf, after, strlen(after),
                       layout_mode(conf, conf->smb_conf), error) == 0 &&
            check_staged(conf, smb_conf, error) == 0 &&
            keep_old(smb_conf, old, error) == 0)
        ret = file_commit(smb_conf, error);
    if (ret != 0) {
        tree_remove(staged, error);
        return ret;
    }
    *replaced = smbconf_find(before, &samba->lacking, true);
    return 0;
}

static void
print_applied(const char *smb_conf, const char *old, const char *replaced)
{
    outcome_done("%s: changed; the old one is %s.\n", smb_conf, old);
    if (replaced[0] != '\0')
        outcome_done("They are in place of:\n%s", replaced);
    outcome_done("Make a running smbd read it: smbcontrol all "
                 "reload-config\n");
}

int
command_samba(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *smb_conf = conf->smb_conf;
    bool write = false;
    const struct option_spec specs[] = {
        { .name = "apply", .flag = &write,
          .help = "write the lines, and keep the old file" },
        { .name = "smb-conf", .word = &smb_conf, .takes = "FILE",
          .help = "Samba's configuration, where it is elsewhere" },
        { 0 }
    };
    AUTO_FREE char *old = NULL;
    AUTO_FREE char *replaced = NULL;
    struct samba samba = { 0 };
    char resolved[PATH_MAX];
    bool examined;
    int ret = command_begin(conf, "samba", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    /* A symbolic link stays one. */
    if (realpath(smb_conf, resolved) != NULL)
        smb_conf = resolved;
    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return EXIT_FAILED;
    ret = examine(conf, smb_conf, &samba, error);
    examined = ret == 0;
    if (examined && write)
        ret = apply(conf, smb_conf, &samba, &old, &replaced, error);
    release_realm(conf, error);
    if (examined)
        print(&samba, smb_conf);
    if (replaced != NULL)
        print_applied(smb_conf, old, replaced);
    samba_free(&samba);
    return ret == 0 ? EXIT_DONE : EXIT_FAILED;
}
