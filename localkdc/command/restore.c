/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "backup.h"
#include "commands.h"
#include "config/setup.h"
#include "config/systemd.h"
#include "options.h"
#include "outcome.h"
#include "store/check.h"
#include "store/db.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/names.h"
#include "store/owner.h"
#include "store/run.h"
#include "trust/keep.h"

struct backup {
    json_t *all;
    const char *realm;
    const char *stash;
    const char *database;
    json_t *names;
};

static int
fail_foreign(const char *path, struct error *error)
{
    return error_say(error, "%s: this is no backup of localkdc", path);
}

static int
parse(const char *path, struct backup *backup, struct error *error)
{
    const char *format;
    json_error_t mistake;
    int version;

    if (json_unpack_ex(backup->all, &mistake, 0, "{s:s, s:i}",
                       "format", &format, "version", &version) != 0 ||
            strcmp(format, BACKUP_FORMAT) != 0)
        return fail_foreign(path, error);
    if (version != BACKUP_VERSION)
        return error_say(error, "%s: the backup is of format %d; this "
                         "localkdc reads format %d", path, version,
                         BACKUP_VERSION);
    if (json_unpack_ex(backup->all, &mistake, 0, "{s:s, s:o, s:s, s:s}",
                       "realm", &backup->realm, "names", &backup->names,
                       "stash", &backup->stash, "database",
                       &backup->database) != 0)
        return error_say(error, "%s: the backup is damaged: %s", path,
                         mistake.text);
    if (!json_is_array(backup->names))
        return error_say(error, "%s: the backup is damaged: names is no list",
                         path);
    return realm_check(backup->realm, error);
}

/* Whether this began as a backup, and was damaged later. */
static bool
looks_like_one(const char *data, size_t length)
{
    return memmem(data, length, "\"" BACKUP_FORMAT "\"",
                  strlen("\"" BACKUP_FORMAT "\"")) != NULL;
}

static int
load(const char *path, struct backup *backup, struct error *error)
{
    json_error_t mistake;
    char *data = NULL;
    size_t length;
    int ret = -1;

    *backup = (struct backup){ 0 };
    if (file_read(path, &data, &length, error) != 0)
        return -1;
    if (data == NULL)
        return error_say(error, "%s: there is no such file", path);
    backup->all = json_loadb(data, length, 0, &mistake);
    if (backup->all == NULL && !looks_like_one(data, length))
        fail_foreign(path, error);
    else if (backup->all == NULL)
        error_say(error, "%s: line %d: the backup is damaged: %s", path,
                  mistake.line, mistake.text);
    else
        ret = parse(path, backup, error);
    wipe_free(data, length);
    return ret;
}

/* ---- The database ----------------------------------------------------- */

static int
from_hex(const char *hex, char *data, size_t length)
{
    unsigned int byte;
    int used;

    for (size_t i = 0; i < length; i++) {
        if (sscanf(hex + 2 * i, "%2x%n", &byte, &used) != 1 || used != 2)
            return -1;
        data[i] = (char)byte;
    }
    return 0;
}

static int
write_stash(const struct conf *conf, const char *folder, const char *hex,
            struct error *error)
{
    AUTO_FREE char *path = text("%s/stash", folder);
    size_t length = strlen(hex) / 2;
    char *data = calloc(1, length + 1);
    struct owner owner;
    int ret = -1;

    if (owner_become(conf, &owner, error) != 0)
        goto out;
    if (data == NULL)
        error_say(error, "out of memory");
    else if (strlen(hex) % 2 != 0 || from_hex(hex, data, length) != 0)
        error_say(error, "the master key in the backup is damaged");
    else if (file_stage(path, data, length, 0600, error) == 0)
        ret = file_commit(path, error);
out:
    wipe_free(data, length);
    return owner_leave(&owner, error) == 0 ? ret : -1;
}

static int
load_database(const struct conf *conf, const struct backup *backup,
              struct error *error)
{
    AUTO_FREE char *folder = file_staged(conf->database);
    AUTO_FREE char *kdc_conf = file_staged(conf->kdc_conf);
    AUTO_FREE char *name = text("%s/principal", folder);
    const char *const argv[] = {
        "kdb5_util", "-r", conf->realm, "-d", name, "load", "/dev/stdin",
        NULL
    };
    struct run util = {
        .argv = argv, .kdc_conf = kdc_conf,
        .uid = conf->owner, .gid = conf->group,
        .input = backup->database, .input_length = strlen(backup->database)
    };

    if (folder_room(conf->state, error) != 0 ||
            setup_stage_kdc_conf(conf, error) != 0 ||
            db_folder(conf, folder, error) != 0 ||
            write_stash(conf, folder, backup->stash, error) != 0)
        return -1;
    return run(&util, NULL, NULL, error);
}

static int
check_staged(const struct conf *conf, struct error *error)
{
    AUTO_FREE char *folder = file_staged(conf->database);
    AUTO_FREE char *kdc_conf = file_staged(conf->kdc_conf);

    return check_database(conf, folder, kdc_conf, error);
}

/* ---- The command ------------------------------------------------------ */

static int
choose_realm(struct conf *conf, const struct backup *backup, bool replace,
             struct error *error)
{
    if (conf->realm != NULL && strcmp(conf->realm, backup->realm) != 0)
        return error_say(error, "this machine is the realm %s, and the backup "
                         "is of %s; nothing has changed. Begin with 'localkdc "
                         "remove'", conf->realm, backup->realm);
    if (conf->realm != NULL && !replace)
        return error_say(error, "this machine is the realm %s already; "
                         "nothing has changed. --replace puts the backup in "
                         "its place", conf->realm);
    if (conf->realm == NULL)
        conf->realm = text("%s", backup->realm);
    return 0;
}

static int
forget_trusts(const struct conf *conf, struct list *gone, struct error *error)
{
    AUTO_FREE char *folder = file_staged(conf->database);
    AUTO_FREE char *kdc_conf = file_staged(conf->kdc_conf);

    return keep_forget(conf, folder, kdc_conf, gone, error);
}

static int
restore(struct conf *conf, const struct backup *backup, const char *path,
        struct setup *setup, struct list *gone, struct error *error)
{
    AUTO_LIST struct list more = { 0 };
    const json_t *name;
    size_t index;

    json_array_foreach(backup->names, index, name) {
        if (json_is_string(name))
            list_add(&more, json_string_value(name));
    }
    if (setup_names(conf, &more, setup, error) != 0 ||
            load_database(conf, backup, error) != 0)
        return -1;
    if (check_staged(conf, error) != 0)
        return error_say(error, "%s: the backup is damaged; nothing has "
                         "changed", path);
    setup->new_realm = true;
    if (forget_trusts(conf, gone, error) != 0 ||
            setup_apply(conf, setup, error) != 0)
        return -1;
    setup->applied = true;
    if (keep_unlist_all(conf, error) != 0)
        return -1;
    return service_reload(conf, error) == 0 ? service_start(conf, error) : -1;
}

int
command_restore(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *path;
    bool replace = false;
    const struct option_spec specs[] = {
        { .name = "replace", .flag = &replace,
          .help = "in place of the realm that is there" },
        { .word = &path, .takes = "FILE", .help = "a backup" },
        { 0 }
    };
    AUTO_LIST struct list gone = { 0 };
    struct setup setup = { 0 };
    struct backup backup;
    int ret = command_begin(conf, "restore", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    ret = EXIT_FAILED;
    if (load(path, &backup, error) == 0 && setup_machine(&setup, error) == 0 &&
            hold_realm(conf, HOLD_NEW, error) == 0) {
        if (choose_realm(conf, &backup, replace, error) == 0 &&
                restore(conf, &backup, path, &setup, &gone, error) == 0)
            ret = EXIT_DONE;
        release_realm(conf, error);
        if (setup.applied)
            outcome_done("Realm %s: restored from %s.\nNext: 'localkdc "
                         "samba', and 'localkdc status'.\n", conf->realm,
                         path);
    }
    for (size_t i = 0; setup.applied && i < gone.count; i++)
        outcome_done("The trust with %s was not restored: make it again with "
                     "'localkdc trust'.\n", gone.items[i]);
    setup_free(&setup);
    json_decref(backup.all);
    return ret;
}
