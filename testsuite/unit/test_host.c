/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include <unistd.h>

static void
assert_canonical(const char *host, const char *expected)
{
    struct iakerb_error error = { .message = "" };
    char name[IAKERB_HOST_BYTES];

    assert_int_equal(iakerb_host_canonical(host, name, &error), IAKERB_DONE);
    assert_string_equal(name, expected);
    assert_string_equal(error.message, "");
    /* The one spelling is its own. */
    assert_int_equal(iakerb_host_canonical(expected, name, &error),
                     IAKERB_DONE);
    assert_string_equal(name, expected);
}

static void
test_canonical(void **state)
{
    static const char *const pairs[][2] = {
        { "nas", "nas" }, { "NAS", "nas" }, { "Nas.", "nas" },
        { "NAS.Local.", "nas.local" }, { "nas_2-x.example.com",
          "nas_2-x.example.com" }, { "BÜRO", "bÜro" },
        { "192.0.2.1", "192.0.2.1" }, { "127.1", "127.0.0.1" },
        { "FD53::000A", "fd53::a" }, { "fd53:0:0:0:0:0:0:a", "fd53::a" },
        { "[fd53::A]", "fd53::a" }, { "fe80::1%eth0", "fe80::1" },
        { "FE80:0::1%2", "fe80::1" }, { "[fe80::1%eth0]", "fe80::1" },
        { "::FFFF:192.0.2.1", "192.0.2.1" }, { "::1", "::1" },
        { "::ffff:c000:201", "192.0.2.1" }, { "::192.0.2.1", "::192.0.2.1" }
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        assert_canonical(pairs[i][0], pairs[i][1]);
}

static void
assert_no_host(const char *host, const char *shown)
{
    struct iakerb_error error;
    char name[IAKERB_HOST_BYTES] = "before", sentence[512];

    snprintf(sentence, sizeof(sentence),
             "\"%s\" cannot be the name of a host", shown);
    assert_error(iakerb_host_canonical(host, name, &error), IAKERB_INVALID,
                 error, sentence);
    assert_string_equal(name, "");
    assert_int_equal(iakerb_host_canonical(host, name, NULL), IAKERB_INVALID);
    assert_false(iakerb_host_same(host, host));
}

static void
test_no_host(void **state)
{
    static const char *const names[] = {
        "", ".", "..", ".nas", "nas..", "nas..local", "nas/x", "nas@NAS",
        "na\\s", "nas ", "nas:445", "nas%eth0", "[nas]", "fd53::a::b",
        "fd53::g", "[fd53::a", "[]", "127.1 "
    };
    char longest[300];
    size_t i;

    (void)state;
    assert_no_host(NULL, "");
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_no_host(names[i], names[i]);
    assert_no_host("nas\n", "nas?");
    memset(longest, 'a', sizeof(longest));
    longest[255] = '\0';
    assert_canonical(longest, longest);
    longest[255] = 'a';
    longest[256] = '\0';
    assert_no_host(longest, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                   "aaaaaaaaaaaaaaaa");
}

static void
test_same(void **state)
{
    (void)state;
    assert_true(iakerb_host_same("nas", "NAS."));
    assert_true(iakerb_host_same("fe80::1%eth0", "FE80:0:0::1%wlan0"));
    assert_true(iakerb_host_same("::ffff:10.0.0.1", "10.0.0.1"));
    assert_false(iakerb_host_same("nas", "nas.local"));
    assert_false(iakerb_host_same("fe80::1", "fe80::2"));
    assert_false(iakerb_host_same("nas", NULL));
    assert_false(iakerb_host_same(NULL, NULL));
    assert_false(iakerb_host_same("", ""));
}

static void
test_realm_guess(void **state)
{
    static const char *const none[] = {
        "10.0.0.1", "fd53::1", "localhost", "localhost.localdomain", "", ".",
        "two words", NULL
    };
    char realm[IAKERB_HOST_BYTES];
    int i;

    (void)state;
    assert_true(iakerb_realm_guess("nas", realm));
    assert_string_equal(realm, "NAS");
    assert_true(iakerb_realm_guess("Nas-2.example.com.", realm));
    assert_string_equal(realm, "NAS-2");
    for (i = 0; i == 0 || none[i - 1] != NULL; i++) {
        strcpy(realm, "x");
        assert_false(iakerb_realm_guess(none[i], realm));
        assert_string_equal(realm, "");
    }
}

static void
test_realm_is_of_host(void **state)
{
    (void)state;
    assert_true(iakerb_realm_is_of_host("NAS", "nas"));
    assert_true(iakerb_realm_is_of_host("nas", "NAS"));
    assert_true(iakerb_realm_is_of_host("NAS", "nas.example.com."));
    assert_false(iakerb_realm_is_of_host("NAS", "nas2.example.com"));
    assert_false(iakerb_realm_is_of_host("NAS2", "nas"));
    assert_false(iakerb_realm_is_of_host("NA", "nas"));
    assert_false(iakerb_realm_is_of_host("EXAMPLE.COM", "nas.example.com"));
    assert_false(iakerb_realm_is_of_host("10", "10.0.0.1"));
    assert_false(iakerb_realm_is_of_host("FD53", "fd53::1"));
    assert_false(iakerb_realm_is_of_host("LOCALHOST", "localhost"));
    assert_false(iakerb_realm_is_of_host("LOCALHOST",
                                         "localhost.localdomain"));
    assert_false(iakerb_realm_is_of_host("", ""));
    assert_false(iakerb_realm_is_of_host(NULL, "nas"));
    assert_false(iakerb_realm_is_of_host("NAS", NULL));
}

static void
assert_local(const char *realm, bool expected)
{
    bool local = !expected;

    assert_int_equal(iakerb_realm_is_local(realm, &local, NULL), IAKERB_DONE);
    assert_int_equal(local, expected);
}

static void
test_realm_is_local(void **state)
{
    char path[] = "/tmp/iakerb-unit.XXXXXX";
    struct iakerb_error error;
    bool local = true;
    FILE *file;

    (void)state;
    file = fdopen(mkstemp(path), "w");
    assert_non_null(file);
    fputs("[realms]\n CORP = {\n  kdc = dc1\n }\n", file);
    assert_int_equal(fclose(file), 0);
    setenv("KRB5_CONFIG", path, 1);
    assert_local("NAS", true);
    assert_local("LKDC:SHA1.24C5", true);
    assert_local("SAMBAKDC.LOCALKDC.SITE", true);
    assert_local("LOCALKDC.SITE", false);
    assert_local("XLOCALKDC.SITE", false);
    assert_local("EXAMPLE.COM", false);
    assert_local("CORP", false);        /* its KDC is known */
    setenv("KRB5_CONFIG", "/dev/null", 1);
    assert_local("CORP", true);
    assert_int_equal(unlink(path), 0);
    assert_error(iakerb_realm_is_local("", &local, &error), IAKERB_INVALID,
                 error, "no realm was named");
    assert_false(local);
    assert_int_equal(iakerb_realm_is_local(NULL, &local, NULL),
                     IAKERB_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_no_host),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_realm_guess),
        cmocka_unit_test(test_realm_is_of_host),
        cmocka_unit_test(test_realm_is_local)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
