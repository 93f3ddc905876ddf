/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

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

/* Each of these may have been done in part, or wholly, before. */
static int
apply_replace(const char *path)
{
    AUTO_FREE char *staged = file_staged(path);
    AUTO_FREE char *old = text("%s.localkdc-old", path);

    if (is_there(staged)) {
        if (is_folder(path) && rename(path, old) != 0)
            return fail_file(path);
        if (file_commit(path) != 0)
            return -1;
    }
    return tree_remove(old);
}

static int
apply_remove(const char *path)
{
    AUTO_FREE char *old = text("%s.localkdc-old", path);

    if (is_there(path)) {
        if (rename(path, old) != 0)
            return fail_file(path);
        if (parent_sync(path) != 0)
            return -1;
    }
    return tree_remove(old);
}

static int
apply(const struct conf *conf)
{
    AUTO_FREE char *data = NULL;
    char *line, *next = NULL;
    size_t length;
    int ret = 0;

    if (file_read(conf->journal, &data, &length) != 0)
        return -1;
    for (line = strtok_r(data, "\n", &next); line != NULL && ret == 0;
         line = strtok_r(NULL, "\n", &next)) {
        if (strncmp(line, replace_word, strlen(replace_word)) == 0)
            ret = apply_replace(line + strlen(replace_word));
        else if (strncmp(line, remove_word, strlen(remove_word)) == 0)
            ret = apply_remove(line + strlen(remove_word));
        else
            ret = fail("%s: '%s' is not understood", conf->journal, line);
    }
    if (ret == 0 && unlink(conf->journal) != 0)
        ret = fail_file(conf->journal);
    return ret == 0 ? parent_sync(conf->journal) : ret;
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
journal_commit(const struct conf *conf, const struct journal *journal)
{
    AUTO_FREE char *all = as_text(journal);

    for (size_t i = 0; i < journal->replace.count; i++) {
        if (parent_sync(journal->replace.items[i]) != 0)
            return -1;
    }
    if (file_stage(conf->journal, all, strlen(all), 0600) != 0 ||
            file_commit(conf->journal) != 0)
        return -1;
    return apply(conf);
}

int
journal_discard(const struct conf *conf)
{
    const char *const paths[] = {
        conf->journal, conf->made, conf->database, conf->kdc_conf,
        conf->names, conf->snippet, conf->krb5_conf, conf->keytab
    };
    int ret = 0;

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        AUTO_FREE char *staged = file_staged(paths[i]);

        if (tree_remove(staged) != 0)
            ret = -1;
    }
    return ret;
}

int
journal_recover(const struct conf *conf)
{
    if (is_there(conf->journal) && apply(conf) != 0)
        return fail("%s: a change that was begun could not be finished; see "
                    "above, and run the command again", conf->journal);
    return journal_discard(conf);
}
