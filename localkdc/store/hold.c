/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "hold.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/patience.h"
#include "db.h"
#include "files.h"
#include "journal.h"
#include "layout.h"
#include "text.h"

static int
busy(const struct conf *conf, struct error *error)
{
    struct flock lock = { .l_type = F_WRLCK };

    if (fcntl(conf->lock_fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        return error_say(error, "%s: process %ld has been using the realm for "
                         "%d seconds; try again when it has ended", conf->lock,
                         (long)lock.l_pid, PATIENCE_SECONDS);
    return error_say(error, "%s: the realm is in use; try again", conf->lock);
}

static void
release_lock(struct conf *conf)
{
    if (conf->lock_fd >= 0)
        close(conf->lock_fd);
    conf->lock_fd = -1;
}

/* Another command may make it at the same time, or remove it again. */
static int
make_state(const struct conf *conf, struct error *error)
{
    AUTO_FREE char *copy = text("%s", conf->state);
    struct stat status;

    if (access(conf->state, F_OK) == 0)
        return 0;
    if (folder_make(dirname(copy), 0755, error) != 0)
        return -1;
    if (mkdir(conf->state, 0700) != 0) {
        int code = errno;

        /* A symbolic link to nothing does not become a folder by waiting. */
        if (code == EEXIST && (lstat(conf->state, &status) != 0 ||
                               !S_ISLNK(status.st_mode)))
            return 0;
        errno = code;
        return error_file(error, conf->state);
    }
    if (chmod(conf->state, layout_mode(conf, conf->state)) != 0 &&
            errno != ENOENT)
        return error_file(error, conf->state);
    return parent_sync(conf->state, error);
}

/* Wait for the lock.  Whoever removes the realm removes the lock too, and one
 * on a file without a name keeps nobody out: *gone is whether that is so. */
static int
wait_for_lock(const struct conf *conf, bool *gone, struct error *error)
{
    struct stat status;
    int code = patience_lock(conf->lock_fd);

    if (code == ETIMEDOUT)
        return busy(conf, error);
    errno = code;
    if (code != 0 || fstat(conf->lock_fd, &status) != 0)
        return error_file(error, conf->lock);
    *gone = status.st_nlink == 0;
    return 0;
}

/* The folder can go at any time until the lock is held.  Where there is none,
 * and none is to be made, there is no lock either. */
static int
take_lock(struct conf *conf, enum hold realm, struct error *error)
{
    bool gone = true;

    while (gone) {
        release_lock(conf);
        if (realm == HOLD_NEW && make_state(conf, error) != 0)
            return -1;
        conf->lock_fd = open(conf->lock, O_RDWR | O_CREAT | O_CLOEXEC,
                             layout_mode(conf, conf->lock));
        if (conf->lock_fd >= 0) {
            if (wait_for_lock(conf, &gone, error) != 0)
                return -1;
        } else if (errno != ENOENT) {
            return error_file(error, conf->lock);
        } else if (realm != HOLD_NEW) {
            return 0;
        }
    }
    return 0;
}

static int
no_realm(struct error *error)
{
    return error_say(error, "this machine has no local realm; make one with "
                     "'localkdc setup'");
}

int
hold_realm(struct conf *conf, enum hold realm, struct error *error)
{
    if (take_lock(conf, realm, error) != 0) {
        release_lock(conf);
        return -1;
    }
    if (conf->lock_fd < 0)
        return realm == HOLD_EXISTING ? no_realm(error) : 0;
    if (journal_recover(conf, error) != 0 || db_realm(conf, error) != 0 ||
            (realm == HOLD_EXISTING && conf->realm == NULL &&
             no_realm(error))) {
        release_realm(conf, error);
        return -1;
    }
    return 0;
}

static int
write_made(const struct conf *conf, const char *all, struct error *error)
{
    return file_stage(conf->made, all, strlen(all),
                      layout_mode(conf, conf->made), error) == 0
        ? file_commit(conf->made, error) : -1;
}

/* It is listed before it is made, so that no loss of power in between makes
 * it look like somebody else's. */
int
hold_folder(const struct conf *conf, const char *path, struct error *error)
{
    AUTO_FREE char *made = NULL;
    AUTO_FREE char *all = NULL;
    size_t length;

    if (access(path, F_OK) == 0)
        return 0;
    if (file_read(conf->made, &made, &length, error) != 0)
        return -1;
    all = text("%s%s\n", made != NULL ? made : "", path);
    if (write_made(conf, all, error) != 0)
        return -1;
    return folder_make(path, layout_mode(conf, path), error);
}

int
hold_keep(const struct conf *conf, const char *path, struct error *error)
{
    AUTO_FREE char *line = text("%s\n", path);
    AUTO_FREE char *made = NULL;
    size_t length;
    char *at;

    if (file_read(conf->made, &made, &length, error) != 0)
        return -1;
    at = made != NULL ? strstr(made, line) : NULL;
    if (at == NULL)
        return 0;
    memmove(at, at + strlen(line), strlen(at + strlen(line)) + 1);
    return write_made(conf, made, error);
}

int
hold_folders(const struct conf *conf, struct error *error)
{
    for (size_t i = 0; i < layout_count; i++) {
        if (layout[i].end == END_FOLDER &&
                hold_folder(conf, layout_path(conf, &layout[i]), error) != 0)
            return -1;
    }
    return 0;
}

static void
remove_folder(const char *path, const char *made)
{
    AUTO_FREE char *line = text("%s\n", path);

    if (made != NULL && strstr(made, line) != NULL)
        rmdir(path);
}

/* What is left of a realm that is gone, or never came to be; last the folder
 * that tells the next command to do this. */
static void
tidy(const struct conf *conf, struct error *error)
{
    AUTO_FREE char *made = NULL;
    size_t length;

    if (file_read(conf->made, &made, &length, error) != 0)
        return;
    for (size_t i = 0; i < layout_count; i++) {
        if (layout[i].end == END_FOLDER)
            remove_folder(layout_path(conf, &layout[i]), made);
    }
    unlink(conf->made);
    unlink(conf->lock);
    rmdir(conf->state);
}

void
release_realm(struct conf *conf, struct error *error)
{
    if (conf->lock_fd < 0)
        return;
    if (access(conf->journal, F_OK) != 0)
        journal_discard(conf, error);
    if (access(conf->database, F_OK) != 0 &&
            access(conf->journal, F_OK) != 0)
        tidy(conf, error);
    release_lock(conf);
}
