/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a realm's files: that its rows make sense together. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/render.h"
#include "store/layout.h"
#include "store/text.h"

#include <cmocka.h>

static bool
is_in(const struct place *place, const struct place *folder)
{
    size_t length = strlen(folder->path);

    return strncmp(place->path, folder->path, length) == 0 &&
           place->path[length] == '/';
}

static bool
is_folder(const struct place *place)
{
    return (place->mode & 0100) != 0;
}

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < layout_count; i++) {
        const struct place *row = &layout[i];

        print_message("# %s\n", row->path);
        assert_int_equal(row->path[0], '/');
        /* As it is made, it gives nothing away. */
        assert_int_equal(row->mode & row->secret, 0);
        /* What goes, or is another one's, is replaced as one. */
        assert_true(row->staged || row->end != END_GOES);
        assert_true(is_folder(row) || row->end != END_FOLDER);
        assert_false(row->linked && row->end == END_GOES);
        /* What is written has somebody who knows what. */
        assert_int_equal(row->text != TEXT_OTHERS, render_has(row));
        assert_true(row->staged || row->text == TEXT_OTHERS);
        /* What is only rendered needs nobody's hands. */
        assert_true(row->text != TEXT_WHOLE || row->end == END_GOES);
        assert_true(row->text != TEXT_PART || row->end == END_PART);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(row->path, layout[j].path);
            assert_int_not_equal(row->member, layout[j].member);
            /* What is in a folder comes after it. */
            assert_false(is_in(&layout[j], row));
            /* What is in a folder of the KDC's account is that account's, and
             * goes with the folder: root replaces nothing there. */
            if (layout[j].kdc && is_in(row, &layout[j]))
                assert_true(row->kdc && !row->staged);
        }
    }
}

/* Nothing that has to be private is where anybody could take its name. */
static void
test_folders(void **state)
{
    (void)state;
    for (size_t i = 0; i < layout_count; i++) {
        size_t folders = 0;

        for (size_t j = 0; j < layout_count; j++)
            folders += is_folder(&layout[j]) && is_in(&layout[i], &layout[j]);
        if (layout[i].end == END_GOES)
            assert_true(folders > 0);
    }
}

static void
test_paths(void **state)
{
    char root[] = "/tmp/localkdc.XXXXXX";
    AUTO_FREE char *etc = NULL;
    AUTO_FREE char *linked = NULL;
    AUTO_FREE char *target = NULL;
    struct conf conf;

    (void)state;
    assert_non_null(mkdtemp(root));
    etc = text("%s/etc", root);
    linked = text("%s/krb5.conf", etc);
    target = text("%s/elsewhere", root);
    assert_int_equal(mkdir(etc, 0755), 0);
    assert_int_equal(mkdir(target, 0755), 0);
    assert_int_equal(symlink(target, linked), 0);

    assert_int_equal(conf_init(&conf, root, NULL), 0);
    for (size_t i = 0; i < layout_count; i++) {
        const char *path = layout_path(&conf, &layout[i]);

        assert_non_null(path);
        assert_int_equal(layout_mode(&conf, path), layout[i].mode);
        assert_int_equal(strncmp(path, root, strlen(root)), 0);
        if (path != conf.krb5_conf)
            assert_string_equal(path + strlen(root), layout[i].path);
    }
    assert_string_equal(conf.krb5_conf, target);
    conf_free(&conf);
    unlink(linked);
    rmdir(target);
    rmdir(etc);
    rmdir(root);
}

/* A path that no row has is nobody else's. */
static void
test_other(void **state)
{
    struct conf conf;

    (void)state;
    assert_int_equal(conf_init(&conf, "/tmp", NULL), 0);
    assert_int_equal(layout_mode(&conf, "/tmp/x"), 0600);
    conf_free(&conf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_folders),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_other)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
