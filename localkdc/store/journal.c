/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "layout.h"

static const char replace_word[] = "replace ";
static const char remove_word[] = "remove ";

static bool
is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool
is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* ---- Doing it --------------------------------------------------------- */

/* overlayfs moves no folder that lies in a lower layer.  What is to come in
 * its place is whole, so the old one can go where it is. */
static int
move_away(const char *path, const char *old, struct error *error)
{
    if (rename(path, old) == 0)
        return parent_sync(path, error);
    return errno == EXDEV ? tree_remove(path, error) : error_file(error, path);
}

/* Each of these may have been done in part, or wholly, before. */
static int
apply_replace(const char *path, struct error *error)
{
    AUTO_FREE char *staged = file_staged(path);
    AUTO_FREE char *old = text("%s.localkdc-old", path);

    if (is_there(staged)) {
        if (is_folder(path) && move_away(path, old, error) != 0)
            return -1;
        if (file_commit(path, error) != 0)
            return -1;
    }
    return tree_remove(old, error);
}

static int
apply_remove(const char *path, struct error *error)
{
    AUTO_FREE char *old = text("%s.localkdc-old", path);

    if (is_there(path) && move_away(path, old, error) != 0)
        return -1;
    return tree_remove(old, error);
}

static int
apply(const struct conf *conf, struct error *error)
{
    AUTO_FREE char *data = NULL;
    char *line, *next = NULL;
    size_t length;
    int ret = 0;

    if (file_read(conf->journal, &data, &length, error) != 0)
        return -1;
    for (line = strtok_r(data, "\n", &next); line != NULL && ret == 0;
         line = strtok_r(NULL, "\n", &next)) {
        if (strncmp(line, replace_word, strlen(replace_word)) == 0)
            ret = apply_replace(line + strlen(replace_word), error);
        else if (strncmp(line, remove_word, strlen(remove_word)) == 0)
            ret = apply_remove(line + strlen(remove_word), error);
        else
            ret = error_say(error, "%s: '%s' is not understood", conf->journal,
                            line);
    }
    if (ret == 0 && unlink(conf->journal) != 0)
        ret = error_file(error, conf->journal);
    return ret == 0 ? parent_sync(conf->journal, error) : ret;
}

/* ---- Beginning it ----------------------------------------------------- */

/* Once the journal is written there is no way back: whatever rename() could
 * refuse has to come out before. */
static int
check_path(const char *path, struct error *error)
{
    const unsigned long long fixed = STATX_ATTR_IMMUTABLE |
                                     STATX_ATTR_APPEND |
                                     STATX_ATTR_MOUNT_ROOT;
    AUTO_FREE char *copy = text("%s", path);
    const char *folder = dirname(copy);
    struct statx status;

    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) != 0)
        return errno == ENOENT ? 0 : error_file(error, path);
    if ((status.stx_attributes & fixed) != 0)
        return error_say(error, "%s: it is mounted, or protected with chattr, "
                         "and cannot be replaced", path);
    if (S_ISLNK(status.stx_mode) && is_folder(path))
        return error_say(error, "%s: it is a symbolic link; put the folder in "
                         "its place, or mount a disk on the folder above",
                         path);
    return access(folder, W_OK) == 0 ? 0 : error_file(error, folder);
}

int
journal_check(const struct journal *journal, struct error *error)
{
    const struct list *lists[] = { &journal->replace, &journal->remove };

    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            if (check_path(lists[i]->items[j], error) != 0)
                return -1;
        }
    }
    return 0;
}

static char *
as_text(const struct journal *journal)
{
    char *all = text("%s", "");
    const struct list *lists[] = { &journal->replace, &journal->remove };
    const char *words[] = { replace_word, remove_word };

    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < lists[i]->count; j++)
            text_append(&all, "%s%s\n", words[i], lists[i]->items[j]);
    }
    return all;
}

int
journal_commit(const struct conf *conf, const struct journal *journal,
               struct error *error)
{
    AUTO_FREE char *all = as_text(journal);

    if (journal_check(journal, error) != 0)
        return -1;
    for (size_t i = 0; i < journal->replace.count; i++) {
        if (parent_sync(journal->replace.items[i], error) != 0)
            return -1;
    }
    if (file_stage(conf->journal, all, strlen(all),
                   layout_mode(conf, conf->journal), error) != 0 ||
            file_commit(conf->journal, error) != 0)
        return -1;
    return apply(conf, error);
}

int
journal_discard(const struct conf *conf, struct error *error)
{
    int ret = 0;

    for (size_t i = 0; i < layout_count; i++) {
        AUTO_FREE char *staged = file_staged(layout_path(conf, &layout[i]));

        if (layout[i].staged && tree_remove(staged, error) != 0)
            ret = -1;
    }
    return ret;
}

int
journal_recover(const struct conf *conf, struct error *error)
{
    if (is_there(conf->journal) && apply(conf, error) != 0)
        return error_say(error, "%s: a change that was begun could not be "
                         "finished; see above, and run the command again",
                         conf->journal);
    return journal_discard(conf, error);
}
