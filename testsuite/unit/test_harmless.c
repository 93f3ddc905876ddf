/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include "common/harmless.h"

static void
assert_becomes(const char *from, const char *keep, const char *expected)
{
    char *copy = strdup(from);

    harmless(copy, keep);
    assert_string_equal(copy, expected);
    free(copy);
}

static void
assert_stays(const char *text)
{
    assert_becomes(text, "", text);
}

static void
test_what_is_seen(void **state)
{
    (void)state;
    assert_stays("");
    assert_stays("alice@NAS");
    assert_stays("J\u00FCrgen M\u00FCller, \u0416\u0443\u043A, \u5C71\u7530, "
                 "\u0645\u062D\u0645\u062F, \U0001F600, \u00A0, \u2019");
}

static void
test_control_characters(void **state)
{
    (void)state;
    assert_becomes("a\nb\r\x1B[2J\x7F\t", "", "a?b??[2J??");
    assert_becomes("a\nb\tc\r", "\n\t", "a\nb\tc?");
    assert_becomes("\xC2\x85\xC2\x9B", "", "????");
}

/* What turns text around, hides in it, or breaks a line. */
static void
test_what_is_not_seen(void **state)
{
    static const char *const three[] = {
        "\u200B", "\u200D", "\u200E", "\u200F", "\u2028", "\u2029", "\u202A",
        "\u202E", "\u2060", "\u2066", "\u2069", "\uFEFF", "\uFFF9", "\uFE0F",
        "\u3164", "\u115F", "\u180E"
    };
    char text[32];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(three) / sizeof(three[0]); i++) {
        snprintf(text, sizeof(text), "a%sb", three[i]);
        assert_becomes(text, "", "a???b");
    }
    assert_becomes("a\u00ADb\u061C", "", "a??b??");
    assert_becomes("\U000E0041\U000E0001", "", "????????");
}

static void
test_not_utf8(void **state)
{
    (void)state;
    assert_becomes("a\x80\xBF", "", "a??");
    assert_becomes("M\xFCller", "", "M?ller");
    assert_becomes("\xC3", "", "?");
    assert_becomes("\xE2\x80", "", "??");
    assert_becomes("\xF0\x9F\x98", "", "???");
    assert_becomes("\xC0\x8A", "", "??");               /* overlong newline */
    assert_becomes("\xE0\x80\x8A", "", "???");
    assert_becomes("\xED\xA0\x80", "", "???");          /* a surrogate */
    assert_becomes("\xF4\x90\x80\x80", "", "????");     /* past the end */
    assert_becomes("\xFF\xFE\xF8\x88", "", "????");
    assert_becomes("\xE2\n\x80", "", "???");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_seen),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_what_is_not_seen),
        cmocka_unit_test(test_not_utf8)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
