/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include <errno.h>

#include "common/error.h"

static void
test_said(void **state)
{
    struct error error = { 0 };

    (void)state;
    assert_false(error_is_set(&error));
    errno = EINTR;
    assert_int_equal(error_say(&error, "%s is %d", "one", 1), -1);
    assert_int_equal(errno, EINTR);
    assert_true(error_is_set(&error));
    assert_string_equal(error.text, "one is 1");
    assert_int_equal(error.code, 0);
    error_clear(&error);
    assert_false(error_is_set(&error));
    assert_int_equal(error_code(&error, 7, "seven"), -1);
    assert_int_equal(error.code, 7);
}

static void
test_system(void **state)
{
    struct error error = { 0 };

    (void)state;
    errno = EACCES;
    assert_int_equal(error_file(&error, "/etc/krb5.conf"), -1);
    assert_string_equal(error.text, "/etc/krb5.conf: Permission denied");
    assert_int_equal(error.code, EACCES);
    error_clear(&error);
    assert_int_equal(error_memory(&error), -1);
    assert_string_equal(error.text, "out of memory");
    assert_int_equal(error.code, ENOMEM);
}

/* The first code stays: it is the cause's. */
static void
test_lines(void **state)
{
    struct error error = { 0 }, more = { 0 }, none = { 0 };
    const char *line = NULL;

    (void)state;
    assert_int_equal(error_line(&error, &line), 0);
    assert_null(line);
    error_code(&error, ENOENT, "one");
    error_code(&error, EACCES, "three\nlines");
    error_say(&more, "four");
    error_say(&more, "five");
    error_join(&error, &more);
    error_join(&error, &none);
    assert_int_equal(error_about(&error, "/a%s", "/b"), -1);
    assert_string_equal(error.text, "/a/b: one\nthree?lines\nfour\nfive");
    assert_int_equal(error.code, ENOENT);
    assert_int_equal(error_line(&error, &line), 9);
    assert_memory_equal(line, "/a/b: one", 9);
    assert_int_equal(error_line(&error, &line), 11);
    assert_int_equal(error_line(&error, &line), 4);
    assert_int_equal(error_line(&error, &line), 4);
    assert_string_equal(line, "five");
    assert_int_equal(error_line(&error, &line), 0);
    assert_null(line);
}

static void
test_harmless(void **state)
{
    struct error error = { 0 };

    (void)state;
    error_say(&error, "%s", "\x1B[2J\xFF J\u00FCrgen\u202E");
    assert_string_equal(error.text, "?[2J? J\u00FCrgen???");
    error_clear(&error);
    error_say(&error, "why");
    error_about(&error, "a\nb");
    assert_string_equal(error.text, "a?b: why");
}

static void
assert_cut(const struct error *error)
{
    size_t length = strlen(error->text);

    assert_in_range(length, ERROR_BYTES - 5, ERROR_BYTES - 1);
    assert_string_equal(error->text + length - 3, "...");
}

/* However much is said, and wherever a character falls on the end. */
static void
test_bounded(void **state)
{
    struct error *error = malloc(sizeof(*error));
    char text[2 * ERROR_BYTES];
    size_t length, i;

    (void)state;
    for (length = ERROR_BYTES - 8; length < ERROR_BYTES + 8; length++) {
        for (i = 0; i + 1 < length; i += 2)
            memcpy(text + i, "\u00FC", 2);
        memset(text + i, 'x', length - i);
        text[length] = '\0';
        *error = (struct error){ 0 };
        error_say(error, "%s", text);
        if (length < ERROR_BYTES) {
            assert_string_equal(error->text, text);
        } else {
            assert_cut(error);
            assert_null(strchr(error->text, '?'));
        }
        error_say(error, "more");
        error_say(error, "and more");
        assert_null(strchr(error->text, '?'));
        error_about(error, "about %s", text);
        assert_cut(error);
        *error = (struct error){ 0 };
        error_say(error, "why");
        error_about(error, "%s", text);
        assert_in_range(strlen(error->text), length < ERROR_BYTES ?
                        length : ERROR_BYTES - 5, ERROR_BYTES - 1);
    }
    for (*error = (struct error){ 0 }, i = 0; i < ERROR_BYTES; i++)
        error_say(error, "line %zu", i);
    assert_cut(error);
    free(error);
}

/* Not everybody wants to know. */
static void
test_nobody(void **state)
{
    struct error more = { .text = "more" };

    (void)state;
    errno = EACCES;
    assert_int_equal(error_say(NULL, "why"), -1);
    assert_int_equal(error_code(NULL, 1, "why"), -1);
    assert_int_equal(error_file(NULL, "/etc"), -1);
    assert_int_equal(error_memory(NULL), -1);
    assert_int_equal(error_about(NULL, "about"), -1);
    assert_int_equal(error_join(NULL, &more), -1);
    error_clear(NULL);
    assert_int_equal(errno, EACCES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_said),
        cmocka_unit_test(test_system),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_harmless),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_nobody)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
