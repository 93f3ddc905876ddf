/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which errno a failure becomes, and that its sentence has an end. */

#include "unit.h"

#include <limits.h>

#include <gssapi/gssapi_ext.h>

/* Longer than a reason's text can be. */
static char long_text[2048];

static int
fill_long_text(void **state)
{
    (void)state;
    memset(long_text, 'l', sizeof(long_text) - 1);
    return 0;
}

static void
assert_cut(const struct reason *reason, const char *start)
{
    assert_int_equal(strnlen(reason->text, sizeof(reason->text)),
                     sizeof(reason->text) - 1);
    assert_memory_equal(reason->text, start, strlen(start));
}

static void
test_set(void **state)
{
    struct reason reason = reason_dirty();

    (void)state;
    assert_false(reason_set(&reason, EPERM, "%s is %d", "one", 1));
    assert_reason(&reason, EPERM, "one is 1");
    assert_false(reason_set(&reason, 0, "%s", ""));
    assert_reason(&reason, 0, "");
    assert_false(reason_set(&reason, EIO, "%s", long_text));
    assert_int_equal(reason.code, EIO);
    assert_cut(&reason, "lll");
    reason = reason_dirty();
    assert_false(reason_no_memory(&reason));
    assert_reason(&reason, ENOMEM, "out of memory");
}

static void
test_errno(void **state)
{
    struct reason reason = reason_dirty();
    char sentence[256];

    (void)state;
    errno = ENOENT;
    assert_false(reason_errno(&reason, "no 100%s"));
    assert_reason(&reason, ENOENT, "no 100%s: No such file or directory");
    errno = 4711;
    assert_false(reason_errno(&reason, "odd"));
    snprintf(sentence, sizeof(sentence), "odd: %s", strerror(4711));
    assert_reason(&reason, 4711, sentence);
    errno = EACCES;
    assert_false(reason_errno(&reason, long_text));
    assert_int_equal(reason.code, EACCES);
    assert_cut(&reason, "lll");
}

/* ---- krb5 and GSS-API ------------------------------------------------- */

static const struct {
    krb5_error_code krb5;
    int code;
} codes[] = {
    { KRB5_CC_NOTFOUND, ENOKEY },
    { KRB5_FCC_NOFILE, ENOKEY },
    { KRB5_KT_NOTFOUND, ENOKEY },
    { ENOENT, ENOKEY },
    { KRB5KRB_AP_ERR_TKT_EXPIRED, EKEYEXPIRED },
    { KRB5KDC_ERR_KEY_EXP, EKEYEXPIRED },
    { KRB5_KDC_UNREACH, ENETUNREACH },
    { KRB5_REALM_UNKNOWN, ENETUNREACH },
    { KRB5_REALM_CANT_RESOLVE, ENETUNREACH },
    { KRB5_FCC_PERM, EACCES },
    { EACCES, EACCES },
    { ENOMEM, ENOMEM },
    { KRB5KDC_ERR_PREAUTH_FAILED, EKEYREJECTED },
    { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, EKEYREJECTED },
    { KRB5KRB_AP_ERR_SKEW, EKEYREJECTED },
    { 0, EKEYREJECTED },
    { -1, EKEYREJECTED },
    { INT_MAX, EKEYREJECTED },
    { INT_MIN, EKEYREJECTED },
    /* mount.cifs would take the address for a dead one. */
    { EHOSTUNREACH, EKEYREJECTED },
    { ECONNREFUSED, EKEYREJECTED }
};

static void
test_krb5(void **state)
{
    struct reason reason;
    krb5_context context;
    char sentence[1024];
    const char *text;
    size_t i;

    (void)state;
    assert_int_equal(krb5_init_context(&context), 0);
    for (i = 0; i < COUNT(codes); i++) {
        reason = reason_dirty();
        assert_false(reason_krb5(&reason, context, codes[i].krb5, "100%s"));
        text = krb5_get_error_message(context, codes[i].krb5);
        snprintf(sentence, sizeof(sentence), "100%%s: %s", text);
        krb5_free_error_message(context, text);
        assert_reason(&reason, codes[i].code, sentence);
    }
    krb5_set_error_message(context, KRB5_CC_NOTFOUND, "%s", "a %s%n of it");
    assert_false(reason_krb5(&reason, context, KRB5_CC_NOTFOUND, "what"));
    assert_reason(&reason, ENOKEY, "what: a %s%n of it");
    krb5_set_error_message(context, KRB5_CC_NOTFOUND, "%s", long_text);
    assert_false(reason_krb5(&reason, context, KRB5_CC_NOTFOUND, "what"));
    assert_int_equal(reason.code, ENOKEY);
    assert_cut(&reason, "what: lll");
    krb5_free_context(context);
    /* Without one there is a text too. */
    assert_false(reason_krb5(&reason, NULL, KRB5_KDC_UNREACH, "what"));
    assert_int_equal(reason.code, ENETUNREACH);
}

static void
test_gss(void **state)
{
    struct reason reason;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(codes); i++) {
        reason = reason_dirty();
        assert_false(reason_gss(&reason, (OM_uint32)codes[i].krb5, "100%s"));
        assert_int_equal(reason.code, codes[i].code);
        assert_memory_equal(reason.text, "100%s: ", 7);
        assert_true(strnlen(reason.text, sizeof(reason.text)) <
                    sizeof(reason.text));
    }
    assert_false(reason_gss(&reason, 1, long_text));
    assert_cut(&reason, "lll");
}

/* ---- libiakerb -------------------------------------------------------- */

static void
test_iakerb(void **state)
{
    static const struct {
        unsigned int iakerb;
        int code;
    } known[] = {
        { IAKERB_DONE, EIO },
        { IAKERB_CONTINUE, EIO },
        { IAKERB_WRONG_PASSWORD, EKEYREJECTED },
        { IAKERB_UNKNOWN_USER, EKEYREJECTED },
        { IAKERB_PASSWORD_EXPIRED, EKEYEXPIRED },
        { IAKERB_ACCOUNT_LOCKED, EACCES },
        { IAKERB_NO_CREDENTIALS, ENOKEY },
        { IAKERB_CLOCK_SKEW, EKEYREJECTED },
        { IAKERB_KDC_UNREACHABLE, ENETUNREACH },
        { IAKERB_REALM_REFUSED, EACCES },
        { IAKERB_REALM_UNKNOWN, EACCES },
        { IAKERB_SERVICE_UNKNOWN, EKEYREJECTED },
        { IAKERB_PREAUTH, EACCES },
        { IAKERB_NOT_OFFERED, EPROTONOSUPPORT },
        { IAKERB_MALFORMED, EPROTO },
        { IAKERB_NOT_AUTHENTICATED, EKEYREJECTED },
        { IAKERB_LIMIT, ETIMEDOUT },
        { IAKERB_UNREACHABLE, ENETUNREACH },
        { IAKERB_INVALID, EIO },
        { IAKERB_NO_MEMORY, ENOMEM },
        { IAKERB_SYSTEM, EIO },
        { IAKERB_SYSTEM + 1, EIO },
        { INT_MAX, EIO },
        { UINT_MAX, EIO }
    };
    struct iakerb_error error = { .message = "100%s and %n" };
    struct reason reason;
    size_t i;

    (void)state;
    /* A code that comes later is to get its errno. */
    assert_int_equal(COUNT(known), IAKERB_SYSTEM + 4);
    for (i = 0; i < COUNT(known); i++) {
        error.code = known[i].iakerb;
        reason = reason_dirty();
        assert_false(reason_iakerb(&reason, &error));
        assert_reason(&reason, known[i].code, "100%s and %n");
    }
    memset(error.message, 'm', sizeof(error.message) - 1);
    error.message[sizeof(error.message) - 1] = '\0';
    assert_false(reason_iakerb(&reason, &error));
    assert_reason(&reason, EIO, error.message);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_errno),
        cmocka_unit_test(test_krb5),
        cmocka_unit_test(test_gss),
        cmocka_unit_test(test_iakerb)
    };

    return cmocka_run_group_tests(tests, fill_long_text, NULL);
}
