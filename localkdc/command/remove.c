/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "config/krb5_conf.h"
#include "config/smbconf.h"
#include "config/systemd.h"
#include "options.h"
#include "outcome.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/journal.h"
#include "store/keytab.h"
#include "store/layout.h"

/* The answer is the realm's name: nobody types that by mistake. */
static int
confirm(const struct conf *conf, struct error *error)
{
    char answer[258] = "";

    if (!isatty(STDIN_FILENO))
        return error_say(error, "remove: there is no terminal to ask on; with "
                         "--yes it does not ask");
    printf("This removes the realm %s, all its users and their passwords. "
           "Its tickets\nbecome worthless. To go on, write the realm's "
           "name: ", conf->realm);
    fflush(stdout);
    if (fgets(answer, sizeof(answer), stdin) == NULL)
        answer[0] = '\0';
    answer[strcspn(answer, "\n")] = '\0';
    if (strcmp(answer, conf->realm) != 0)
        return error_say(error, "that is not '%s'; nothing has changed",
                         conf->realm);
    return 0;
}

/* Whether the folder that setup has /etc/krb5.conf read is in use for more. */
static bool
reads_more(const struct conf *conf)
{
    DIR *folder = opendir(conf->snippet_dir);
    const struct dirent *entry;
    bool ret = false;

    while (folder != NULL && !ret && (entry = readdir(folder)) != NULL) {
        AUTO_FREE char *path = text("%s/%s", conf->snippet_dir,
                                    entry->d_name);

        ret = entry->d_name[0] != '.' && strcmp(path, conf->snippet) != 0 &&
              strcmp(path, conf->trusts_conf) != 0;
    }
    if (folder != NULL)
        closedir(folder);
    return ret;
}

static int
stage_krb5_conf(const struct conf *conf, struct journal *journal,
                struct error *error)
{
    AUTO_FREE char *before = NULL;
    AUTO_FREE char *after = NULL;
    size_t length;

    if (file_read(conf->krb5_conf, &before, &length, error) != 0)
        return -1;
    after = reads_more(conf) ? text("%s", before != NULL ? before : "")
                             : krb5_conf_without(conf, before);
    if (krb5_conf_reads(conf, after) &&
            hold_keep(conf, conf->snippet_dir, error) != 0)
        return -1;
    if (before == NULL || (after != NULL && strcmp(before, after) == 0))
        return 0;
    if (after == NULL) {
        list_add(&journal->remove, conf->krb5_conf);
        return 0;
    }
    list_add(&journal->replace, conf->krb5_conf);
    return file_stage(conf->krb5_conf, after, strlen(after),
                      layout_mode(conf, conf->krb5_conf), error);
}

static int
stage_keytab(const struct conf *conf, struct journal *journal,
             struct error *error)
{
    struct keys none = { 0 };
    bool empty;
    int ret;

    if (access(conf->keytab, F_OK) != 0)
        return 0;
    if (db_context("/dev/null", &none.context, error) != 0)
        return -1;
    ret = keytab_stage(conf, &none, &empty, error);
    if (ret == 0)
        list_add(empty ? &journal->remove : &journal->replace,
                 conf->keytab);
    krb5_free_context(none.context);
    return ret;
}

/* What is ours in the files that are not. */
static const struct {
    size_t member;
    int (*stage)(const struct conf *conf, struct journal *journal,
                 struct error *error);
} parts[] = {
    { offsetof(struct conf, krb5_conf), stage_krb5_conf },
    { offsetof(struct conf, keytab), stage_keytab }
};

static int
stage_part(const struct conf *conf, const struct place *place,
           struct journal *journal, struct error *error)
{
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].member == place->member)
            return parts[i].stage(conf, journal, error);
    }
    /* A row without its part is a mistake in the program. */
    abort();
}

static int
remove_realm(const struct conf *conf, struct error *error)
{
    struct journal journal = { 0 };
    int ret = 0;

    for (size_t i = 0; i < layout_count && ret == 0; i++) {
        if (layout[i].end == END_GOES)
            list_add(&journal.remove, layout_path(conf, &layout[i]));
        else if (layout[i].end == END_PART)
            ret = stage_part(conf, &layout[i], &journal, error);
    }
    if (ret == 0)
        ret = journal_check(&journal, error);
    if (ret == 0)
        ret = service_stop(conf, error);
    if (ret == 0)
        ret = journal_commit(conf, &journal, error);
    list_free(&journal.replace);
    list_free(&journal.remove);
    return ret;
}

/* Samba's configuration is the administrator's. */
static void
tell_samba(const struct conf *conf, struct error *error)
{
    char method[] = "dedicated keytab";
    struct setting items[] = {
        { "realm", conf->realm }, { "kerberos method", method },
        { "dedicated keytab file", conf->keytab },
        { "iakerb kdc socket", conf->socket }
    };
    const struct settings settings = {
        items, sizeof(items) / sizeof(items[0])
    };
    AUTO_FREE char *old = text("%s.old1", conf->smb_conf);
    AUTO_FREE char *smb_conf = NULL;
    AUTO_FREE char *lines = NULL;
    size_t length;

    if (file_read(conf->smb_conf, &smb_conf, &length, error) != 0 ||
            smb_conf == NULL)
        return;
    lines = smbconf_find(smb_conf, &settings, false);
    if (lines[0] == '\0')
        return;
    outcome_done("%s still has lines for this realm; take them out:\n%s",
                 conf->smb_conf, lines);
    if (access(old, F_OK) == 0)
        outcome_done("What it was before 'localkdc samba --apply' is %s.\n",
                     old);
}

/* Nobody has to wait while somebody thinks it over: the realm is held again
 * afterwards, and has to be the one that was meant. */
static int
hold_confirmed(struct conf *conf, bool yes, struct error *error)
{
    AUTO_FREE char *meant = NULL;

    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return -1;
    if (yes)
        return 0;
    meant = text("%s", conf->realm);
    release_realm(conf, error);
    if (confirm(conf, error) != 0 ||
            hold_realm(conf, HOLD_EXISTING, error) != 0)
        return -1;
    if (strcmp(conf->realm, meant) == 0)
        return 0;
    error_say(error, "this machine has become the realm %s meanwhile; nothing "
              "has changed", conf->realm);
    release_realm(conf, error);
    return -1;
}

int
command_remove(struct conf *conf, int argc, char **argv, struct error *error)
{
    bool yes = false;
    const struct option_spec specs[] = {
        { .name = "yes", .flag = &yes, .help = "do not ask" },
        { 0 }
    };
    int ret = command_begin(conf, "remove", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    if (hold_confirmed(conf, yes, error) != 0)
        return EXIT_FAILED;
    ret = remove_realm(conf, error);
    release_realm(conf, error);
    if (ret != 0)
        return EXIT_FAILED;
    outcome_done("Realm %s: removed.\n", conf->realm);
    if (reads_more(conf))
        outcome_done("%s has other files; %s still reads them.\n",
                     conf->snippet_dir, conf->krb5_conf);
    tell_samba(conf, error);
    return EXIT_DONE;
}
