/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "samba.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <profile.h>

#include "commands.h"
#include "config/modules.h"
#include "options.h"
#include "outcome.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/layout.h"
#include "store/names.h"
#include "store/run.h"
#include "store/text.h"

/* What Samba makes of a parameter; NULL where it does not know it.  The
 * value is the caller's. */
static char *
parameter(const char *smb_conf, const char *name, bool quiet,
          struct error *error)
{
    AUTO_FREE char *option = text("--parameter-name=%s", name);
    const char *const argv[] = {
        "testparm", "-s", "-l", option, smb_conf, NULL
    };
    struct run testparm = { .argv = argv, .quiet = quiet };
    char *value = NULL;
    size_t length;

    if (run(&testparm, &value, &length, error) != 0)
        return NULL;
    value[strcspn(value, "\n")] = '\0';
    return value;
}

/* Where smb.conf has no realm, Samba takes the machine's name. */
static int
examine_realm(const struct conf *conf, const char *smb_conf,
              struct samba *samba, struct error *error)
{
    AUTO_FREE char *realm = parameter(smb_conf, "realm", false, error);
    AUTO_FREE char *name = parameter(smb_conf, "netbios name", false, error);
    AUTO_FREE char *own = NULL;

    if (realm == NULL || name == NULL)
        return -1;
    own = upper(realm[0] != '\0' ? realm : name);
    if (strcmp(own, conf->realm) != 0)
        settings_add(&samba->lacking, "realm", conf->realm);
    return 0;
}

/* What a Kerberos server takes without further words: krb5.conf may say. */
static bool
keytab_is_default(const struct conf *conf)
{
    AUTO_FREE char *path = NULL;
    profile_t profile = NULL;
    char *name = NULL;
    bool ret = true;

    if (profile_init_path(conf->krb5_conf, &profile) != 0)
        return true;
    profile_get_string(profile, "libdefaults", "default_keytab_name", NULL,
                       NULL, &name);
    if (name != NULL) {
        path = text("%s", strncmp(name, "FILE:", 5) == 0 ? name + 5 : name);
        ret = strcmp(path, conf->keytab) == 0 ||
              strcmp(path, SYSCONFDIR "/krb5.keytab") == 0;
    }
    profile_release_string(name);
    profile_release(profile);
    return ret;
}

/* A standalone Samba with IAKERB uses the system's keytab by default. */
static bool
keytab_is_good(const struct conf *conf, const struct samba *samba,
               const char *method, const char *file)
{
    if (strcasecmp(method, "dedicated keytab") == 0)
        return strcmp(file, conf->keytab) == 0;
    if (conf->root[0] != '\0' || !keytab_is_default(conf))
        return false;
    return strcasecmp(method, "system keytab") == 0 ||
           (strcasecmp(method, "default") == 0 && samba->iakerb);
}

static int
examine_keytab(const struct conf *conf, const char *smb_conf,
               struct samba *samba, struct error *error)
{
    AUTO_FREE char *method = parameter(smb_conf, "kerberos method", false,
                                       error);
    AUTO_FREE char *file = parameter(smb_conf, "dedicated keytab file",
                                     false, error);

    if (method == NULL || file == NULL)
        return -1;
    if (!keytab_is_good(conf, samba, method, file)) {
        settings_add(&samba->lacking, "kerberos method", "dedicated keytab");
        settings_add(&samba->lacking, "dedicated keytab file", conf->keytab);
    }
    return 0;
}

static void
examine_iakerb(const struct conf *conf, const char *smb_conf,
               struct samba *samba, struct error *error)
{
    AUTO_FREE char *socket = parameter(smb_conf, "iakerb kdc socket", true,
                                       error);
    AUTO_FREE char *offer = parameter(smb_conf, "server support iakerb",
                                      true, error);

    samba->iakerb = socket != NULL && offer != NULL;
    if (!samba->iakerb)
        return;
    if (strcmp(socket, conf->socket) != 0)
        settings_add(&samba->lacking, "iakerb kdc socket", conf->socket);
    if (strcasecmp(offer, "yes") != 0)
        settings_add(&samba->lacking, "server support iakerb", "yes");
}

int
samba_examine(const struct conf *conf, const char *smb_conf,
              struct samba *samba, struct error *error)
{
    AUTO_FREE char *role = NULL;

    *samba = (struct samba){
        .installed = run_found("testparm"),
        .found = access(smb_conf, F_OK) == 0 || errno != ENOENT
    };
    if (!samba->installed || !samba->found)
        return 0;
    role = parameter(smb_conf, "server role", false, error);
    if (role == NULL)
        return -1;
    samba->standalone = strcasecmp(role, "auto") == 0 ||
                        strcasecmp(role, "standalone server") == 0;
    examine_iakerb(conf, smb_conf, samba, error);
    if (examine_realm(conf, smb_conf, samba, error) != 0 ||
            modules_lacking(smb_conf, &samba->modules, error) != 0)
        return -1;
    return examine_keytab(conf, smb_conf, samba, error);
}

void
samba_free(struct samba *samba)
{
    settings_free(&samba->lacking);
    list_free(&samba->modules);
    *samba = (struct samba){ 0 };
}

/* ---- The command ------------------------------------------------------ */

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
