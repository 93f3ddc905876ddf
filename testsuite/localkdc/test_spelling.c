/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What names of users, hosts and realms may be, and the file of names. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/machine.h"
#include "store/names.h"

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Whether it can be a user's, a host's and a realm's name. */
static const struct {
    const char *name;
    bool user, host, realm;
} names[] = {
    { "alice", true, true, false },
    { "ALICE", true, true, true },
    { "nas.example.org", true, true, false },
    { "NAS-2.EXAMPLE_ORG", true, true, true },
    { "2001:db8::1", true, true, false },
    { "j\xc3\xbcrgen", true, false, false },
    { "j\xfcrgen", false, false, false },           /* not UTF-8 */
    { "\xc0\xaf", false, false, false },            /* '/' in two bytes */
    { "\xed\xa0\x80", false, false, false },        /* half a character */
    { "", false, false, false },
    { "-alice", false, false, false },
    { "al-ice", true, true, false },
    { ".NAS", true, false, true },
    { "a b", false, false, false },
    { "a/b", false, false, false },
    { "a@B", false, false, false },
    { "a\\b", false, false, false },
    { "a\nb", false, false, false },
    { "a\x7f", false, false, false },
    { "A=B", true, false, false },
    { "A#B", true, false, false },
    { "A}", true, false, false },
    { "A:B", true, true, false }
};

static void
test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        print_message("# name %zu\n", i);
        assert_int_equal(name_check("user", names[i].name, NULL),
                         names[i].user ? 0 : -1);
        assert_int_equal(host_check("host", names[i].name, NULL),
                         names[i].host ? 0 : -1);
        assert_int_equal(realm_check(names[i].name, NULL),
                         names[i].realm ? 0 : -1);
    }
}

static void
test_length(void **state)
{
    char name[257];

    (void)state;
    memset(name, 'A', sizeof(name));
    name[256] = '\0';
    assert_int_equal(name_check("user", name, NULL), -1);
    assert_int_equal(host_check("host", name, NULL), -1);
    assert_int_equal(realm_check(name, NULL), -1);
    name[255] = '\0';
    assert_int_equal(name_check("user", name, NULL), 0);
    assert_int_equal(host_check("host", name, NULL), 0);
    assert_int_equal(realm_check(name, NULL), 0);
}

/* Only ASCII's letters have another case, whatever the locale is. */
static void
test_case(void **state)
{
    AUTO_FREE char *low = lower("NAS-1.\xc3\x84z\xff");
    AUTO_FREE char *high = upper("nas-1.\xc3\xa4z\xff");

    (void)state;
    assert_string_equal(low, "nas-1.\xc3\x84z\xff");
    assert_string_equal(high, "NAS-1.\xc3\xa4Z\xff");
}

static void
test_addresses(void **state)
{
    static const struct { const char *name; bool address; } cases[] = {
        { "192.0.2.1", true }, { "2001:db8::1", true }, { "::", true },
        { "192.0.2", false }, { "192.0.2.256", false }, { "nas", false },
        { "fe80::1%eth0", false }, { "", false }, { "192.0.2.1 ", false }
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(is_address(cases[i].name), cases[i].address);
}

/* ---- The file of names ------------------------------------------------ */

static int
read_names(const char *content, size_t length, struct list *found)
{
    char path[] = "/tmp/localkdc.XXXXXX";
    int ret, fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, length), (ssize_t)length);
    close(fd);
    ret = names_read(path, found, NULL);
    unlink(path);
    return ret;
}

static void
test_file(void **state)
{
    static const struct { const char *content, *names; } cases[] = {
        { "", "" }, { "\n\n", "" }, { "# nas\n", "" }, { "nas", "nas " },
        { "nas\nnas2\n", "nas nas2 " }, { "nas\nnas\n", "nas " },
        { "  nas \t# of the office\n", "nas " }, { "\tnas\r\n", "nas " },
        { "nas#", "nas " }, { "192.0.2.1\n2001:db8::1\n",
          "192.0.2.1 2001:db8::1 " },
        /* Refused, all of it. */
        { "nas\nnas 2\n", NULL }, { "nas\n}\n", NULL }, { "-x\n", NULL },
        { "nas\n\xff\n", NULL }, { "a/b\n", NULL }
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO_LIST struct list found = { 0 };
        AUTO_FREE char *all = text("%s", "");
        int ret = read_names(cases[i].content, strlen(cases[i].content),
                             &found);

        print_message("# file %zu\n", i);
        assert_int_equal(ret, cases[i].names != NULL ? 0 : -1);
        for (size_t j = 0; j < found.count; j++)
            text_append(&all, "%s ", found.items[j]);
        if (cases[i].names != NULL)
            assert_string_equal(all, cases[i].names);
    }
}

static void
test_file_bytes(void **state)
{
    AUTO_LIST struct list found = { 0 };

    (void)state;
    assert_int_equal(read_names("nas\0x\n", 6, &found), -1);
    assert_int_equal(found.count, 0);
    assert_int_equal(names_read("/nonexistent/names", &found, NULL), 0);
    assert_int_equal(names_read("/", &found, NULL), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_case),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_file_bytes)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
