/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the next command makes of a change that lost its power: from every state
 * that a journal can be left in, to the new state; without one, to the old. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/conf.h"
#include "store/files.h"
#include "store/journal.h"
#include "store/text.h"

#include <cmocka.h>

struct machine {
    char root[32];
    struct conf conf;
};

/* ---- Files ------------------------------------------------------------ */

static void
write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

static void
make_database(const char *folder, const char *content)
{
    AUTO_FREE char *file = text("%s/principal", folder);

    assert_int_equal(mkdir(folder, 0700), 0);
    write_file(file, content);
}

static bool
is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void
assert_content(const char *path, const char *expected)
{
    AUTO_FREE char *content = NULL;
    size_t length;

    assert_int_equal(file_read(path, &content, &length, NULL), 0);
    assert_non_null(content);
    assert_string_equal(content, expected);
}

static int
begin(void **state)
{
    struct machine *machine = calloc(1, sizeof(*machine));

    strcpy(machine->root, "/tmp/localkdc.XXXXXX");
    if (mkdtemp(machine->root) == NULL ||
            conf_init(&machine->conf, machine->root, NULL) != 0)
        return -1;
    *state = machine;
    return folder_make(machine->conf.state, 0711, NULL) != 0 ||
           folder_make(machine->conf.etc, 0755, NULL) != 0 ||
           folder_make(machine->conf.snippet_dir, 0755, NULL) != 0 ? -1 : 0;
}

static void
remove_all(const char *root)
{
    AUTO_FREE char *command = text("rm -rf '%s'", root);

    assert_int_equal(system(command), 0);
}

static int
end(void **state)
{
    struct machine *machine = *state;

    remove_all(machine->root);
    conf_free(&machine->conf);
    free(machine);
    return 0;
}

/* ---- A change that was begun ------------------------------------------ */

/* How far the database's folder, the file kdc.conf and the snippet, which is to
 * go, had come. */
enum folder { FOLDER_STAGED, FOLDER_MOVED, FOLDER_PLACED, FOLDER_DONE };
enum file { FILE_STAGED, FILE_DONE };
enum gone { GONE_NOT, GONE_MOVED, GONE_DONE };

static void
lay_folder(const struct conf *conf, enum folder how)
{
    AUTO_FREE char *staged = file_staged(conf->database);
    AUTO_FREE char *old = text("%s.localkdc-old", conf->database);

    if (how == FOLDER_STAGED)
        make_database(conf->database, "old");
    if (how == FOLDER_MOVED || how == FOLDER_PLACED)
        make_database(old, "old");
    make_database(how == FOLDER_STAGED || how == FOLDER_MOVED
                  ? staged : conf->database, "new");
}

static void
lay_file(const struct conf *conf, enum file how)
{
    AUTO_FREE char *staged = file_staged(conf->kdc_conf);

    if (how == FILE_STAGED)
        write_file(conf->kdc_conf, "old");
    write_file(how == FILE_STAGED ? staged : conf->kdc_conf, "new");
}

static void
lay_gone(const struct conf *conf, enum gone how)
{
    AUTO_FREE char *old = text("%s.localkdc-old", conf->snippet);

    if (how == GONE_NOT)
        write_file(conf->snippet, "old");
    if (how == GONE_MOVED)
        write_file(old, "old");
}

static void
assert_new(const struct conf *conf)
{
    const char *const paths[] = {
        conf->database, conf->kdc_conf, conf->snippet
    };
    AUTO_FREE char *principal = text("%s/principal", conf->database);

    assert_content(principal, "new");
    assert_content(conf->kdc_conf, "new");
    assert_false(is_there(conf->snippet));
    assert_false(is_there(conf->journal));
    for (size_t i = 0; i < 3; i++) {
        AUTO_FREE char *staged = file_staged(paths[i]);
        AUTO_FREE char *old = text("%s.localkdc-old", paths[i]);

        assert_false(is_there(staged));
        assert_false(is_there(old));
    }
}

static void
clear(const struct conf *conf)
{
    assert_int_equal(tree_remove(conf->database, NULL), 0);
    assert_int_equal(tree_remove(conf->kdc_conf, NULL), 0);
}

static void
test_finished(void **state)
{
    const struct machine *machine = *state;
    const struct conf *conf = &machine->conf;
    AUTO_FREE char *all = text("replace %s\nreplace %s\nremove %s\n",
                               conf->database, conf->kdc_conf,
                               conf->snippet);

    for (int folder = FOLDER_STAGED; folder <= FOLDER_DONE; folder++) {
        for (int file = FILE_STAGED; file <= FILE_DONE; file++) {
            for (int gone = GONE_NOT; gone <= GONE_DONE; gone++) {
                lay_folder(conf, folder);
                lay_file(conf, file);
                lay_gone(conf, gone);
                write_file(conf->journal, all);
                assert_int_equal(journal_recover(conf, NULL), 0);
                assert_new(conf);
                /* Once more changes nothing. */
                assert_int_equal(journal_recover(conf, NULL), 0);
                assert_new(conf);
                clear(conf);
            }
        }
    }
}

static void
test_undone(void **state)
{
    const struct machine *machine = *state;
    const struct conf *conf = &machine->conf;
    AUTO_FREE char *principal = text("%s/principal", conf->database);
    AUTO_FREE char *database = file_staged(conf->database);
    AUTO_FREE char *kdc_conf = file_staged(conf->kdc_conf);
    AUTO_FREE char *journal = file_staged(conf->journal);

    make_database(conf->database, "old");
    make_database(database, "new");
    write_file(conf->kdc_conf, "old");
    write_file(kdc_conf, "new");
    /* It had not its own name yet, so it does not count. */
    write_file(journal, "replace ");
    assert_int_equal(journal_recover(conf, NULL), 0);
    assert_content(principal, "old");
    assert_content(conf->kdc_conf, "old");
    assert_false(is_there(database));
    assert_false(is_there(kdc_conf));
    assert_false(is_there(journal));
}

/* Of a later version, for example. */
static void
test_not_understood(void **state)
{
    const struct machine *machine = *state;
    const struct conf *conf = &machine->conf;
    AUTO_FREE char *staged = file_staged(conf->kdc_conf);

    write_file(conf->kdc_conf, "old");
    write_file(staged, "new");
    write_file(conf->journal, "exchange /a\n");
    assert_int_equal(journal_recover(conf, NULL), -1);
    assert_content(conf->journal, "exchange /a\n");
    assert_content(conf->kdc_conf, "old");
    assert_content(staged, "new");
}

/* ---- A change --------------------------------------------------------- */

static void
test_commit(void **state)
{
    const struct machine *machine = *state;
    const struct conf *conf = &machine->conf;
    struct journal journal = { 0 };

    lay_folder(conf, FOLDER_STAGED);
    lay_file(conf, FILE_STAGED);
    lay_gone(conf, GONE_NOT);
    list_add(&journal.replace, conf->database);
    list_add(&journal.replace, conf->kdc_conf);
    list_add(&journal.remove, conf->snippet);
    assert_int_equal(journal_commit(conf, &journal, NULL), 0);
    assert_new(conf);
    list_free(&journal.replace);
    list_free(&journal.remove);
}

/* What cannot be moved is found out before there is no way back. */
static void
test_refused(void **state)
{
    const struct machine *machine = *state;
    const struct conf *conf = &machine->conf;
    struct journal journal = { 0 };
    AUTO_FREE char *elsewhere = text("%s/elsewhere", conf->state);

    lay_file(conf, FILE_STAGED);
    make_database(elsewhere, "old");
    assert_int_equal(symlink("elsewhere", conf->database), 0);
    list_add(&journal.replace, conf->kdc_conf);
    list_add(&journal.remove, conf->database);
    assert_int_equal(journal_check(&journal, NULL), -1);
    assert_int_equal(journal_commit(conf, &journal, NULL), -1);
    assert_false(is_there(conf->journal));
    assert_content(conf->kdc_conf, "old");
    assert_true(is_there(elsewhere));
    list_free(&journal.replace);
    list_free(&journal.remove);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_finished, begin, end),
        cmocka_unit_test_setup_teardown(test_undone, begin, end),
        cmocka_unit_test_setup_teardown(test_not_understood, begin, end),
        cmocka_unit_test_setup_teardown(test_commit, begin, end),
        cmocka_unit_test_setup_teardown(test_refused, begin, end)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
