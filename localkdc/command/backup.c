/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "commands.h"
#include "config/machine.h"
#include "options.h"
#include "outcome.h"
#include "store/check.h"
#include "store/db.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/layout.h"
#include "store/run.h"
#include "store/text.h"
#include "store/work.h"

static int
dump(const struct conf *conf, char **data, size_t *length, struct error *error)
{
    const char *const argv[] = {
        "kdb5_util", "-r", conf->realm, "-d", conf->principal,
        "-sf", conf->stash, "dump",
        NULL
    };
    struct run util = {
        .argv = argv, .kdc_conf = conf->kdc_conf,
        .uid = conf->owner, .gid = conf->group
    };

    return run(&util, data, length, error);
}

static int
read_stash(const struct conf *conf, char **hex, size_t *hex_length,
           struct error *error)
{
    char *data = NULL;
    size_t length;
    int ret, fd = db_stash(conf, error);

    if (fd < 0)
        return -1;
    ret = file_read_open(fd, conf->database, &data, &length, error);
    close(fd);
    if (ret != 0)
        return -1;
    *hex_length = 2 * length;
    *hex = text("%*s", (int)*hex_length, "");
    for (size_t i = 0; i < length; i++)
        sprintf(*hex + 2 * i, "%02x", (unsigned char)data[i]);
    wipe_free(data, length);
    return 0;
}

static int
fail_exists(const char *path, struct error *error)
{
    return error_say(error, "%s: this file exists already; take another name",
                     path);
}

/* ---- What is in it ---------------------------------------------------- */

static json_t *
put_realm(const struct conf *conf, struct error *error)
{
    (void)error;
    return json_string(conf->realm);
}

static json_t *
put_names(const struct conf *conf, struct error *error)
{
    AUTO_LIST struct list names = { 0 };

    return names_read(conf->names, &names, error) == 0 ? answer_list(&names)
                                                       : NULL;
}

static json_t *
put_secret(char *secret, size_t length, struct error *error)
{
    json_t *string = json_stringn(secret, length);

    wipe_free(secret, length);
    if (string == NULL)
        error_say(error, "the database cannot be written as JSON");
    return string;
}

static json_t *
put_stash(const struct conf *conf, struct error *error)
{
    char *stash = NULL;
    size_t length = 0;

    return read_stash(conf, &stash, &length, error) == 0
        ? put_secret(stash, length, error) : NULL;
}

static json_t *
put_database(const struct conf *conf, struct error *error)
{
    char *database = NULL;
    size_t length = 0;

    return dump(conf, &database, &length, error) == 0
        ? put_secret(database, length, error) : NULL;
}

static const struct {
    const char *name;
    json_t *(*put)(const struct conf *conf, struct error *error);
} parts[] = {
    { "realm", put_realm }, { "names", put_names }, { "stash", put_stash },
    { "database", put_database }
};

static int
put(const struct conf *conf, const char *name, json_t *all,
    struct error *error)
{
    json_t *part = NULL;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (strcmp(parts[i].name, name) == 0)
            part = parts[i].put(conf, error);
    }
    return part != NULL ? json_object_set_new(all, name, part) : -1;
}

static json_t *
describe(const struct conf *conf, struct error *error)
{
    json_t *all;

    /* A backup of what cannot be read is none, and kdb5_util would wait for a
     * lock for ever. */
    if (check_database(conf, NULL, NULL, error) != 0)
        return NULL;
    all = json_pack("{s:s, s:i}", "format", BACKUP_FORMAT,
                    "version", BACKUP_VERSION);
    for (size_t i = 0; i < layout_count; i++) {
        if (layout[i].backup != NULL &&
                put(conf, layout[i].backup, all, error) != 0) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

/* ---- The file --------------------------------------------------------- */

/* Some file systems have only one of these. */
static int
rename_to_new(const char *from, const char *to, struct error *error)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0 &&
            (errno != EINVAL || link(from, to) != 0))
        return errno == EEXIST ? fail_exists(to, error)
                               : error_file(error, to);
    return 0;
}

/* A file that is not whole never gets the name that was asked for.  *others is
 * set where its file system knows no modes. */
static int
write_file(const json_t *all, const char *path, bool *others,
           struct error *error)
{
    AUTO_FREE char *staged = file_staged(path);
    struct stat status;
    int ret = -1, fd;

    /* A loss of power may have left one. */
    unlink(staged);
    fd = open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_file(error, path);
    if (json_dumpfd(all, fd, JSON_INDENT(1)) != 0 || fsync(fd) != 0 ||
            fstat(fd, &status) != 0)
        error_file(error, path);
    else
        ret = rename_to_new(staged, path, error);
    *others = ret == 0 && (status.st_mode & 077) != 0;
    close(fd);
    unlink(staged);
    return ret == 0 ? parent_sync(path, error) : ret;
}

int
command_backup(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *path;
    const struct option_spec specs[] = {
        { .word = &path, .takes = "FILE", .help = "a new file" },
        { 0 }
    };
    bool others = false;
    json_t *all;
    int ret = command_begin(conf, "backup", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    ret = EXIT_FAILED;
    if (access(path, F_OK) == 0) {
        fail_exists(path, error);
        return EXIT_FAILED;
    }
    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return EXIT_FAILED;
    all = describe(conf, error);
    release_realm(conf, error);
    if (all != NULL && write_file(all, path, &others, error) == 0) {
        outcome_done("Realm %s: written to %s. Who has this file can be "
                     "anyone in the realm: keep it safe.\n", conf->realm,
                     path);
        if (others)
            outcome_done("Others can read it: its file system has no modes. "
                         "Move it to one that has.\n");
        ret = EXIT_DONE;
    }
    json_decref(all);
    return ret;
}
