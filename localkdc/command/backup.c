/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "commands.h"
#include "config/machine.h"
#include "options.h"
#include "store/check.h"
#include "store/db.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/run.h"
#include "store/text.h"

static int
dump(const struct conf *conf, char **data, size_t *length)
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

    return run(&util, data, length);
}

static int
read_stash(const struct conf *conf, char **hex, size_t *hex_length)
{
    char *data = NULL;
    size_t length;
    int ret, fd = db_stash(conf);

    if (fd < 0)
        return -1;
    ret = file_read_open(fd, conf->database, &data, &length);
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
fail_exists(const char *path)
{
    return fail("%s: this file exists already; take another name", path);
}

static json_t *
describe(const struct conf *conf)
{
    AUTO_LIST struct list names = { 0 };
    char *database = NULL, *stash = NULL;
    size_t database_length = 0, stash_length = 0;
    json_t *all = NULL, *array = json_array();

    /* A backup of what cannot be read is none, and kdb5_util would wait for a
     * lock for ever. */
    if (check_database(conf, NULL, NULL) != 0 ||
            names_read(conf->names, &names) != 0 ||
            dump(conf, &database, &database_length) != 0 ||
            read_stash(conf, &stash, &stash_length) != 0)
        goto out;
    for (size_t i = 0; i < names.count; i++)
        json_array_append_new(array, json_string(names.items[i]));
    all = json_pack("{s:s, s:i, s:s, s:O, s:s%, s:s%}",
                    "format", BACKUP_FORMAT, "version", BACKUP_VERSION,
                    "realm", conf->realm, "names", array,
                    "stash", stash, stash_length,
                    "database", database, database_length);
    if (all == NULL)
        fail("the database cannot be written as JSON");
out:
    wipe_free(database, database_length);
    wipe_free(stash, stash_length);
    json_decref(array);
    return all;
}

/* Some file systems have only one of these. */
static int
rename_to_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0 &&
            (errno != EINVAL || link(from, to) != 0))
        return errno == EEXIST ? fail_exists(to) : fail_file(to);
    return 0;
}

/* A file that is not whole never gets the name that was asked for.  *others is
 * set where its file system knows no modes. */
static int
write_file(const json_t *all, const char *path, bool *others)
{
    AUTO_FREE char *staged = file_staged(path);
    struct stat status;
    int ret = -1, fd;

    /* A loss of power may have left one. */
    unlink(staged);
    fd = open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_file(path);
    if (json_dumpfd(all, fd, JSON_INDENT(1)) != 0 || fsync(fd) != 0 ||
            fstat(fd, &status) != 0)
        fail_file(path);
    else
        ret = rename_to_new(staged, path);
    *others = ret == 0 && (status.st_mode & 077) != 0;
    close(fd);
    unlink(staged);
    return ret == 0 ? parent_sync(path) : ret;
}

int
command_backup(struct conf *conf, int argc, char **argv)
{
    const char *path;
    const struct option_spec specs[] = {
        { .word = &path, .takes = "FILE", .help = "a new file" },
        { 0 }
    };
    bool others = false;
    json_t *all;
    int ret = command_begin(conf, "backup", argc, argv, specs);

    if (ret != OPTIONS_READ)
        return ret;
    ret = EXIT_FAILED;
    if (access(path, F_OK) == 0) {
        fail_exists(path);
        return EXIT_FAILED;
    }
    if (hold_realm(conf, HOLD_EXISTING) != 0)
        return EXIT_FAILED;
    all = describe(conf);
    release_realm(conf);
    if (all != NULL && write_file(all, path, &others) == 0) {
        printf("Realm %s: written to %s. Who has this file can be anyone in "
               "the realm: keep it safe.\n", conf->realm, path);
        if (others)
            printf("Others can read it: its file system has no modes. Move "
                   "it to one that has.\n");
        ret = EXIT_DONE;
    }
    json_decref(all);
    return ret;
}
