/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The editors of smb.conf and krb5.conf, and what somebody meant who typed a
 * word wrong. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/similar.h"
#include "config/kdc_conf.h"
#include "config/krb5_conf.h"
#include "config/others.h"
#include "config/smbconf.h"
#include "config/snippet.h"
#include "store/text.h"

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- smb.conf --------------------------------------------------------- */

static char nas[] = "NAS", dedicated[] = "dedicated keytab";
static struct setting items[] = {
    { "realm", nas }, { "kerberos method", dedicated }
};
static const struct settings settings = { items, COUNT(items) };

#define LINES "    realm = NAS\n    kerberos method = dedicated keytab\n"

static void
test_smbconf_set(void **state)
{
    static const struct { const char *before, *after; } cases[] = {
        { "", "[global]\n" LINES },
        { "[global]\n", "[global]\n" LINES },
        { "[global]", "[global]\n" LINES },
        { "[ GLO bal ] ; rest\n", "[ GLO bal ] ; rest\n" LINES },
        { "[globals]\n\trealm=X\n", "[globals]\n" LINES },
        { "[share]\nrealm = X\n",
          "[global]\n" LINES "[share]\nrealm = X\n" },
        /* What comes first is global. */
        { "realm = X\nworkgroup = W\n",
          "[global]\n" LINES "workgroup = W\n" },
        { "realm = X\n[global]\nworkgroup = W\n",
          "[global]\n" LINES "workgroup = W\n" },
        /* Sections more than once. */
        { "[global]\nrealm = X\n[a]\npath = /\n[Global]\nREALM = Y\n",
          "[global]\n" LINES "[a]\npath = /\n[Global]\n" },
        /* Samba does not see white space in names. */
        { "[global]\n  k e r b e r o s method=system keytab\n",
          "[global]\n" LINES },
        { "[global]\nrealm\n", "[global]\n" LINES "realm\n" },
        { "[global]\nrealms = X\n", "[global]\n" LINES "realms = X\n" },
        /* Comments, which no '\' continues. */
        { "[global]\n# realm = X\n; realm = Y\n",
          "[global]\n" LINES "# realm = X\n; realm = Y\n" },
        { "[global]\n# old: \\\nrealm = X\n",
          "[global]\n" LINES "# old: \\\n" },
        { "[global]\n  ;\\\n[share]\nrealm = X\n",
          "[global]\n" LINES "  ;\\\n[share]\nrealm = X\n" },
        /* Lines that are continued, also where white space follows the '\'. */
        { "[global]\nrealm = X.\\\nORG\n", "[global]\n" LINES },
        { "[global]\nrealm = X.\\ \t \nORG\nworkgroup = W",
          "[global]\n" LINES "workgroup = W" },
        { "[global]\nre\\\nalm = X\n", "[global]\n" LINES },
        { "[global]\ncomment = a\\\nrealm = X\n",
          "[global]\n" LINES "comment = a\\\nrealm = X\n" },
        { "[glo\\\nbal]\nrealm = X\n", "[glo\\\nbal]\n" LINES },
        { "[global]\nrealm = X\\", "[global]\n" LINES },
        { "[global]\nrealm = X\\\n", "[global]\n" LINES },
        { "\\", "[global]\n" LINES "\\" },
        /* Lines from another system. */
        { "[global]\r\nrealm = X\r\nworkgroup = W\r\n",
          "[global]\r\n" LINES "workgroup = W\r\n" },
        { "[global]\r\nrealm = X.\\\r\nORG\r\n", "[global]\r\n" LINES },
        /* What is included stays where it is. */
        { "[global]\nrealm = X\ninclude = /etc/samba/%m.conf\n",
          "[global]\n" LINES "include = /etc/samba/%m.conf\n" },
        { "\xef\xbb\xbf[share]\n\xff = \xfe\n",
          "[global]\n" LINES "\xef\xbb\xbf[share]\n\xff = \xfe\n" }
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO_FREE char *after = smbconf_set(cases[i].before, &settings);
        AUTO_FREE char *again = smbconf_set(after, &settings);

        assert_string_equal(after, cases[i].after);
        assert_string_equal(again, after);
    }
}

static void
test_smbconf_find(void **state)
{
    static const char smb_conf[] =
        "realm = nas\n[global]\nrealm = OTHER\n# realm = NAS\n"
        "[share]\nrealm = NAS\n[GLOBAL]\nKerberos Method = Dedicated\\\n"
        "keytab";
    AUTO_FREE char *same = smbconf_find(smb_conf, &settings, false);
    AUTO_FREE char *any = smbconf_find(smb_conf, &settings, true);
    AUTO_FREE char *none = smbconf_find("", &settings, true);

    (void)state;
    assert_string_equal(same, "realm = nas\nKerberos Method = Dedicated\\\n"
                        "keytab\n");
    assert_string_equal(any, "realm = nas\nrealm = OTHER\n"
                        "Kerberos Method = Dedicated\\\nkeytab\n");
    assert_string_equal(none, "");
}

/* 200,000 lines, and one of 8 MB: nobody waits for these. */
static void
test_smbconf_size(void **state)
{
    enum { SHARES = 100000, BYTES = 8 << 20 };
    AUTO_FREE char *all = NULL;
    AUTO_FREE char *after = NULL;
    AUTO_FREE char *line = calloc(1, BYTES + 1);
    size_t length;
    FILE *out = need_stream(&all, &length);

    (void)state;
    assert_non_null(line);
    fputs("[global]\n", out);
    for (int i = 0; i < SHARES; i++)
        fprintf(out, "[s%d]\n    path = /srv/%d\n", i, i);
    memset(line, 'x', BYTES);
    fprintf(out, "%s = %s\n", line, line);
    end_stream(out);
    after = smbconf_set(all, &settings);
    assert_int_equal(strlen(after), length + strlen(LINES));
    assert_string_equal(after + strlen("[global]\n" LINES),
                        all + strlen("[global]\n"));
}

static void
test_settings(void **state)
{
    struct settings many = { 0 };

    (void)state;
    for (int i = 0; i < 100; i++)
        settings_add(&many, "realm", i % 2 != 0 ? "A" : "B");
    assert_int_equal(many.count, 100);
    assert_string_equal(many.items[99].value, "A");
    settings_free(&many);
    assert_int_equal(many.count, 0);
    assert_null(many.items);
}

/* ---- krb5.conf -------------------------------------------------------- */

static char dir[] = "/etc/krb5.conf.d", file[] = "/etc/krb5.conf.d/x.conf";
static const struct conf conf = { .snippet_dir = dir, .snippet = file };

#define ADDED "# localkdc added this line and the next one:\n" \
    "includedir /etc/krb5.conf.d\n"

static void
test_krb5_conf(void **state)
{
    static const struct { const char *before, *after; } cases[] = {
        { NULL, ADDED },
        { "", ADDED },
        { "[libdefaults]\n", "[libdefaults]\n" ADDED },
        { "[libdefaults]", "[libdefaults]\n" ADDED },
        { "includedir /etc/krb5.conf.d\n", NULL },
        { "includedir /etc/krb5.conf.d", NULL },
        { "includedir   /etc/krb5.conf.d// \n", NULL },
        { "includedir /etc/krb5.conf.d/\r\n[libdefaults]\r\n", NULL },
        { "include /etc/krb5.conf.d/x.conf\n", NULL },
        /* These are something else. */
        { "# includedir /etc/krb5.conf.d\n",
          "# includedir /etc/krb5.conf.d\n" ADDED },
        { "  includedir /etc/krb5.conf.d\n",
          "  includedir /etc/krb5.conf.d\n" ADDED },
        { "includedir = /etc/krb5.conf.d\n",
          "includedir = /etc/krb5.conf.d\n" ADDED },
        { "includedir /etc/krb5.conf.d.old\n",
          "includedir /etc/krb5.conf.d.old\n" ADDED },
        { "include /etc/krb5.conf.d\n",
          "include /etc/krb5.conf.d\n" ADDED },
        { "[a]\r\nb = c", "[a]\r\nb = c\n" ADDED }
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *before = cases[i].before;
        const char *expected = cases[i].after != NULL ? cases[i].after
                                                      : before;
        AUTO_FREE char *after = krb5_conf_with(&conf, before);
        AUTO_FREE char *again = krb5_conf_with(&conf, after);

        assert_string_equal(after, expected);
        assert_string_equal(again, after);
        assert_int_equal(krb5_conf_reads(&conf, before),
                         cases[i].after == NULL);
    }
}

/* What was added goes, and nothing else. */
static void
test_krb5_conf_without(void **state)
{
    static const struct { const char *before, *after; } cases[] = {
        { NULL, NULL },
        { "", "" },
        { ADDED, NULL },
        { "[a]\n" ADDED, "[a]\n" },
        { "[a]\n" ADDED "[b]\n", "[a]\n[b]\n" },
        { "includedir /etc/krb5.conf.d\n", "includedir /etc/krb5.conf.d\n" }
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO_FREE char *after = krb5_conf_without(&conf,
                                                        cases[i].before);

        if (cases[i].after == NULL)
            assert_null(after);
        else
            assert_string_equal(after, cases[i].after);
    }
}

/* ---- Words ------------------------------------------------------------ */

/* ---- Sections of methods and trusts ------------------------------------ */

static void
section(const struct conf *machine, char **all)
{
    text_append(all, "[realms]\n    %s = {\n        more = yes\n    }\n",
                machine->realm);
}

static void
assert_says(profile_t profile, const char *name, const char *expected)
{
    char *value = NULL;

    assert_int_equal(profile_get_string(profile, "realms", "NAS", name, NULL,
                                        &value), 0);
    assert_string_equal(value, expected);
    profile_release_string(value);
}

/* They come to the same as if they were where they belong. */
static void
test_sections(void **state)
{
    static conf_section *const more[] = { section, NULL };
    static const struct list none;
    struct conf machine;
    profile_t profile;
    AUTO_FREE char *kdc_conf = NULL;
    AUTO_FREE char *snippet = NULL;

    (void)state;
    assert_int_equal(conf_init(&machine, NULL, NULL), 0);
    machine.realm = text("NAS");
    machine.kdc_sections = machine.snippet_sections = more;
    kdc_conf = kdc_conf_text(&machine);
    profile = others_read(&machine, kdc_conf, NULL);
    assert_non_null(profile);
    assert_says(profile, "database_module", "local");
    assert_says(profile, "more", "yes");
    snippet = snippet_text(&machine, &none, &none, profile);
    profile_release(profile);
    /* libprofile keeps what it has read from a path that is in use. */
    profile = others_read(&machine, snippet, NULL);
    assert_non_null(profile);
    assert_says(profile, "kdc", machine.socket);
    assert_says(profile, "more", "yes");
    profile_release(profile);
    conf_free(&machine);
}

static void
test_similar(void **state)
{
    static const char *const words[] = {
        "setup", "status", "user", "restore", "remove", "add"
    };
    static const struct { const char *word, *meant; } cases[] = {
        { "satus", "status" }, { "sattus", "status" }, { "stat", "status" },
        { "users", "user" }, { "uesr", "user" }, { "ad", "add" },
        { "rstore", "restore" }, { "re", NULL }, { "", NULL },
        { "x", NULL }, { "frobnicate", NULL }, { "reXXoXe", NULL },
        { "statusstatusstatusstatusstatusstatus", NULL }
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *meant = similar(cases[i].word, words, COUNT(words));

        if (cases[i].meant == NULL)
            assert_null(meant);
        else
            assert_string_equal(meant, cases[i].meant);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smbconf_set),
        cmocka_unit_test(test_smbconf_find),
        cmocka_unit_test(test_smbconf_size),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_krb5_conf),
        cmocka_unit_test(test_krb5_conf_without),
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_similar)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
