/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which trust a request needs, and how far one goes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kdc-modules/trust.h"

#define NAS_TGT "krbtgt/NAS@NAS"
#define IN "krbtgt/NAS@LAPTOP"
#define OUT "krbtgt/LAPTOP@NAS"
#define ANYBODY "WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS"

static krb5_context context;

static krb5_principal
parse(const char *name)
{
    krb5_principal principal = NULL;

    if (name != NULL)
        assert_int_equal(krb5_parse_name(context, name, &principal), 0);
    return principal;
}

static enum trust_need
need(const char *client, const char *header, const char *server,
     bool delegated, const char **status)
{
    struct trust_request request = {
        .own = "NAS", .client = parse(client), .header = parse(header),
        .server = parse(server), .delegated = delegated
    };
    enum trust_need found;

    *status = "";
    found = trust_needed(&request, status);
    krb5_free_principal(context, (krb5_principal)request.client);
    krb5_free_principal(context, (krb5_principal)request.header);
    krb5_free_principal(context, (krb5_principal)request.server);
    return found;
}

static void
test_needed(void **state)
{
    static const struct {
        const char *client, *header, *server;
        bool delegated;
        enum trust_need need;
        const char *status;
    } cases[] = {
        /* The realm's own. */
        { "alice@NAS", NULL, NAS_TGT, false, TRUST_NOT_NEEDED, "" },
        { "alice@NAS", NAS_TGT, "cifs/nas@NAS", false, TRUST_NOT_NEEDED, "" },
        { "alice@NAS", NAS_TGT, NAS_TGT, false, TRUST_NOT_NEEDED, "" },
        { "alice@NAS", "cifs/nas@NAS", "cifs/nas@NAS", false,
          TRUST_NOT_NEEDED, "" },
        { "alice@NAS", NAS_TGT, "cifs/nas@NAS", true, TRUST_NOT_NEEDED, "" },
        { ANYBODY, NAS_TGT, "cifs/nas@NAS", false, TRUST_NOT_NEEDED, "" },
        { "WELLKNOWN/ANONYMOUS@NAS", NULL, NAS_TGT, false, TRUST_NOT_NEEDED,
          "" },
        /* On the way to another realm. */
        { "alice@NAS", NULL, OUT, false, TRUST_OUTGOING, "" },
        { "alice@NAS", NAS_TGT, OUT, false, TRUST_OUTGOING, "" },
        { "alice@NAS", OUT, OUT, false, TRUST_OUTGOING, "" },
        { "WELLKNOWN/ANONYMOUS@NAS", NULL, OUT, false, TRUST_REFUSED,
          "TRUST_NOT_ANONYMOUS" },
        { ANYBODY, NAS_TGT, OUT, false, TRUST_REFUSED,
          "TRUST_NO_TGT_FOR_FOREIGNERS" },
        /* From another realm. */
        { "alice@LAPTOP", IN, "cifs/nas@NAS", false, TRUST_INCOMING, "" },
        { "alice@LAPTOP", "cifs/nas@NAS", "cifs/nas@NAS", false,
          TRUST_INCOMING, "" },
        /* Who joins, with a code. */
        { "trust/join@NAS", NULL, NAS_TGT, false, TRUST_NOT_NEEDED, "" },
        { "trust/join@NAS", NAS_TGT, "trust/offer@NAS", false,
          TRUST_NOT_NEEDED, "" },
        { "trust/join@NAS", NULL, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_CODE_FOR_NOTHING_ELSE" },
        { "trust/join@NAS", NAS_TGT, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_CODE_FOR_NOTHING_ELSE" },
        { "trust/join@NAS", NULL, OUT, false, TRUST_REFUSED,
          "TRUST_CODE_FOR_NOTHING_ELSE" },
        { "trust/join@LAPTOP", IN, "cifs/nas@NAS", false, TRUST_INCOMING, "" },
        { "ALICE@LAPTOP", IN, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_NAME_NOT_PLAIN" },
        { "alicE/x@LAPTOP", IN, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_NAME_NOT_PLAIN" },
        { "bo\xc5\xbf@LAPTOP", IN, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_NAME_NOT_PLAIN" },
        { "a b@LAPTOP", IN, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_NAME_NOT_PLAIN" },
        { "a1._-/x@LAPTOP", IN, "cifs/nas@NAS", false, TRUST_INCOMING, "" },
        { "alice@LAPTOP", IN, "cifs/nas@NAS", true, TRUST_REFUSED,
          "TRUST_NO_DELEGATION" },
        { "alice@LAPTOP", IN, NAS_TGT, false, TRUST_REFUSED,
          "TRUST_NO_TGT_FOR_FOREIGNERS" },
        { "alice@LAPTOP", IN, "krbtgt/THIRD@NAS", false, TRUST_REFUSED,
          "TRUST_NO_TGT_FOR_FOREIGNERS" },
        { "alice@LAPTOP", IN, "cifs/x@THIRD", false, TRUST_REFUSED,
          "TRUST_NO_TGT_FOR_FOREIGNERS" },
        { "alice@LAPTOP", NAS_TGT, OUT, false, TRUST_REFUSED,
          "TRUST_NO_TGT_FOR_FOREIGNERS" },
        { "bob@NAS", IN, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_CLIENT_OF_ANOTHER_REALM" },
        { "carol@THIRD", IN, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_CLIENT_OF_ANOTHER_REALM" },
        { "alice@laptop", IN, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_CLIENT_OF_ANOTHER_REALM" },
        { ANYBODY, IN, "cifs/nas@NAS", false, TRUST_REFUSED,
          "TRUST_CLIENT_OF_ANOTHER_REALM" },
        /* The realm that is trusted is no user. */
        { IN, NULL, NAS_TGT, false, TRUST_REFUSED, "TRUST_IS_NO_CLIENT" },
        { OUT, NULL, NAS_TGT, false, TRUST_REFUSED, "TRUST_IS_NO_CLIENT" }
    };
    const char *status;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(need(cases[i].client, cases[i].header,
                              cases[i].server, cases[i].delegated, &status),
                         cases[i].need);
        assert_string_equal(status, cases[i].status);
    }
}

static void
test_rest(void **state)
{
    (void)state;
    assert_int_equal(trust_rest("1000", 999), 1);
    assert_int_equal(trust_rest("1000", 1000), 0);
    assert_int_equal(trust_rest("1000", 1001), 0);
    assert_int_equal(trust_rest("9223372036854775807", 0), INT32_MAX);
    assert_int_equal(trust_rest("9223372036854775808", 0), 0);
    assert_int_equal(trust_rest(NULL, 0), 0);
    assert_int_equal(trust_rest("", 0), 0);
    assert_int_equal(trust_rest("-5", -10), 0);
    assert_int_equal(trust_rest("+5", 0), 0);
    assert_int_equal(trust_rest(" 5", 0), 0);
    assert_int_equal(trust_rest("5 ", 0), 0);
    assert_int_equal(trust_rest("0x10", 0), 0);
}

static bool
allows(const char *services, const char *server)
{
    krb5_principal principal = parse(server);
    bool ret = trust_allows(services, principal);

    krb5_free_principal(context, principal);
    return ret;
}

static void
test_allows(void **state)
{
    (void)state;
    assert_true(allows(NULL, "cifs/nas@NAS"));
    assert_false(allows(NULL, "host/nas@NAS"));
    assert_false(allows(NULL, "cifs@NAS"));
    assert_false(allows(NULL, "cifs/nas/x@NAS"));
    assert_true(allows("host, cifs", "cifs/nas@NAS"));
    assert_true(allows("host, cifs", "host/nas@NAS"));
    assert_false(allows("host, cifs", "hos/nas@NAS"));
    assert_false(allows("host, cifs", "hosts/nas@NAS"));
    assert_false(allows("host", "cifs/nas@NAS"));
    assert_false(allows("", "cifs/nas@NAS"));
    assert_false(allows(" , ", "cifs/nas@NAS"));
    assert_false(allows("", "/nas@NAS"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needed), cmocka_unit_test(test_rest),
        cmocka_unit_test(test_allows)
    };
    int failed;

    if (krb5_init_context(&context) != 0)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    krb5_free_context(context);
    return failed;
}
