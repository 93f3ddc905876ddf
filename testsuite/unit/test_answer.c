/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include "libiakerb/answer.h"

#define NOT_DUE "the server's token does not hold the Kerberos message that " \
    "was due"
#define NOT_TOLD "the server does not tell its realm; name it: alice@REALM"
#define NO_REALM "the server tells a realm that cannot be one; name it: " \
    "alice@REALM"
#define CANNOT_TELL "the server cannot tell its realm; name it: alice@REALM"

static krb5_context context;

static int
setup(void **state)
{
    (void)state;
    return krb5_init_context(&context);
}

static int
teardown(void **state)
{
    (void)state;
    krb5_free_context(context);
    return 0;
}

static enum iakerb_code
checked(struct bytes bytes, bool discovering, krb5_error_code *refusal,
        struct iakerb_error *error)
{
    gss_buffer_desc buffer = buffer_of(bytes);
    struct token token;

    assert_int_equal(token_parse(&buffer, &token, NULL), IAKERB_DONE);
    return answer_check(context, &token, "alice", discovering, refusal, error);
}

static void
assert_good(struct bytes bytes, bool discovering)
{
    krb5_error_code refusal = 1;

    assert_int_equal(checked(bytes, discovering, &refusal, NULL), IAKERB_DONE);
    assert_int_equal(refusal, 0);
}

static void
assert_bad(struct bytes bytes, bool discovering, enum iakerb_code code,
           const char *sentence)
{
    struct iakerb_error error;
    krb5_error_code refusal;

    assert_error(checked(bytes, discovering, &refusal, &error), code, error,
                 sentence);
}

static void
test_realm_told(void **state)
{
    char longest[256];

    (void)state;
    memset(longest, 'R', sizeof(longest) - 1);
    longest[255] = '\0';
    assert_good(proxy("NAS", text("")), true);
    assert_good(proxy("WORKSHOP.EXAMPLE", text("")), true);
    assert_good(proxy(longest, text("")), true);
    assert_good(proxy("LKDC:SHA1.24C5A4D1", text("")), true);
    assert_good(recorded("token/discovery-2"), true);
}

/* What an acceptor tells becomes part of the user's name. */
static void
test_realm_not_told(void **state)
{
    static const char *const realms[] = {
        "A B", "A\nB", "A\x1B[m", "A\x7F", "A\x9B", "A\xC2\x9B",
        "A/B", "A@B", "A\\", "A\u202EB", "A\u200B"
    };
    char longer[257];
    size_t i;

    (void)state;
    memset(longer, 'R', sizeof(longer) - 1);
    longer[256] = '\0';
    assert_bad(proxy("", text("")), true, IAKERB_REALM_UNKNOWN, NOT_TOLD);
    assert_bad(proxy(".", text("")), true, IAKERB_REALM_UNKNOWN, NOT_TOLD);
    for (i = 0; i < sizeof(realms) / sizeof(realms[0]); i++)
        assert_bad(proxy(realms[i], text("")), true, IAKERB_REALM_UNKNOWN,
                   NO_REALM);
    assert_bad(proxy(longer, text("")), true, IAKERB_REALM_UNKNOWN, NO_REALM);
    assert_bad(proxy_with(element(0xA1, element(0x0C, bytes_of("A\0B", 3))),
                          text("")), true, IAKERB_REALM_UNKNOWN, NO_REALM);
}

static void
test_no_message(void **state)
{
    (void)state;
    assert_bad(proxy("NAS", text("")), false, IAKERB_MALFORMED, NOT_DUE);
}

static void
test_replies(void **state)
{
    struct bytes as_rep = element(0x6B, text("")), zeros = BYTES(0, 0);

    (void)state;
    assert_good(proxy("NAS", as_rep), false);
    assert_good(proxy("NAS", element(0x6D, text(""))), false);
    /* Windows tells no realm with them. */
    assert_good(proxy(".", as_rep), false);
    assert_good(recorded("token/login-4"), false);
    assert_good(recorded("token/login-6"), false);

    assert_bad(proxy("NAS", as_rep), true, IAKERB_MALFORMED, NOT_DUE);
    assert_bad(proxy("NAS", JOIN(as_rep, as_rep)), false, IAKERB_MALFORMED,
               NOT_DUE);
    assert_bad(proxy("NAS", first(as_rep, 1)), false, IAKERB_MALFORMED,
               NOT_DUE);
    assert_bad(proxy("NAS", zeros), false, IAKERB_MALFORMED, NOT_DUE);
    assert_bad(proxy("NAS", zeros), true, IAKERB_MALFORMED, NOT_DUE);
}

/* Every other message, requests among them. */
static void
test_not_a_reply(void **state)
{
    unsigned int tag;

    (void)state;
    for (tag = 0; tag < 256; tag++) {
        if (tag == KDC_AS_REP || tag == KDC_TGS_REP || tag == KDC_KRB_ERROR)
            continue;
        assert_bad(proxy("NAS", element(tag, text(""))), false,
                   IAKERB_MALFORMED, NOT_DUE);
        assert_bad(proxy("NAS", element(tag, text(""))), true,
                   IAKERB_MALFORMED, NOT_DUE);
    }
}

static void
test_refusals(void **state)
{
    krb5_error_code refusal;

    (void)state;
    assert_int_equal(checked(recorded("token/unknown-user-2"), false, &refusal,
                             NULL), IAKERB_DONE);
    assert_int_equal(refusal, KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN);
    assert_int_equal(checked(recorded("token/other-realm-2"), false, &refusal,
                             NULL), IAKERB_DONE);
    assert_int_equal(refusal, KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND);
    assert_good(recorded("token/login-2"), false);
    assert_bad(recorded("token/other-realm-2"), true, IAKERB_REALM_UNKNOWN,
               CANNOT_TELL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_realm_told, bytes_free_all),
        cmocka_unit_test_teardown(test_realm_not_told, bytes_free_all),
        cmocka_unit_test_teardown(test_no_message, bytes_free_all),
        cmocka_unit_test_teardown(test_replies, bytes_free_all),
        cmocka_unit_test_teardown(test_not_a_reply, bytes_free_all),
        cmocka_unit_test_teardown(test_refusals, bytes_free_all)
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
