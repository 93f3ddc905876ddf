/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include <errno.h>

#include <gssapi/gssapi_krb5.h>

#include "libiakerb/error.h"

/* krb5 knows its texts once it has made a context. */
static int
setup(void **state)
{
    krb5_context context;

    (void)state;
    if (krb5_init_context(&context) != 0)
        return -1;
    krb5_free_context(context);
    return 0;
}

/* Longer than any message may be. */
static const char *
long_name(void)
{
    static char name[2000];

    memset(name, 'n', sizeof(name) - 1);
    return name;
}

/* ---- Names ------------------------------------------------------------ */

static void
test_names(void **state)
{
    static const struct {
        enum iakerb_code code;
        const char *name;
    } cases[] = {
        { IAKERB_DONE, "done" },
        { IAKERB_CONTINUE, "continue" },
        { IAKERB_WRONG_PASSWORD, "wrong password" },
        { IAKERB_UNKNOWN_USER, "unknown user" },
        { IAKERB_PASSWORD_EXPIRED, "password expired" },
        { IAKERB_ACCOUNT_LOCKED, "account locked" },
        { IAKERB_NO_CREDENTIALS, "no credentials" },
        { IAKERB_CLOCK_SKEW, "clock skew" },
        { IAKERB_KDC_UNREACHABLE, "KDC unreachable" },
        { IAKERB_REALM_REFUSED, "realm refused" },
        { IAKERB_REALM_UNKNOWN, "realm unknown" },
        { IAKERB_SERVICE_UNKNOWN, "service unknown" },
        { IAKERB_PREAUTH, "no common preauthentication" },
        { IAKERB_NOT_OFFERED, "peer speaks no IAKERB" },
        { IAKERB_MALFORMED, "malformed token" },
        { IAKERB_NOT_AUTHENTICATED, "not authenticated" },
        { IAKERB_LIMIT, "limit reached" },
        { IAKERB_UNREACHABLE, "peer unreachable" },
        { IAKERB_INVALID, "invalid parameter" },
        { IAKERB_NO_MEMORY, "out of memory" },
        { IAKERB_SYSTEM, "system error" }
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(iakerb_code_name(cases[i].code), cases[i].name);
    assert_string_equal(iakerb_code_name(IAKERB_SYSTEM + 1), "unknown code");
    assert_string_equal(iakerb_code_name((enum iakerb_code)-1),
                        "unknown code");
}

/* Each code has a name, and no two have the same. */
static void
test_names_differ(void **state)
{
    const char *name;
    int code, other;

    (void)state;
    for (code = IAKERB_DONE; code <= IAKERB_SYSTEM; code++) {
        name = iakerb_code_name(code);
        assert_non_null(name);
        assert_string_not_equal(name, "unknown code");
        for (other = IAKERB_DONE; other < code; other++)
            assert_string_not_equal(name, iakerb_code_name(other));
    }
}

/* ---- Codes ------------------------------------------------------------ */

static const struct {
    krb5_error_code krb5;
    enum iakerb_code code;
} codes[] = {
    { KRB5KDC_ERR_PREAUTH_FAILED, IAKERB_WRONG_PASSWORD },
    { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, IAKERB_UNKNOWN_USER },
    { KRB5KDC_ERR_KEY_EXP, IAKERB_PASSWORD_EXPIRED },
    { KRB5KDC_ERR_CLIENT_REVOKED, IAKERB_ACCOUNT_LOCKED },
    { KRB5KDC_ERR_NAME_EXP, IAKERB_ACCOUNT_LOCKED },
    { KRB5_KT_NOTFOUND, IAKERB_NO_CREDENTIALS },
    { KRB5_KT_END, IAKERB_NO_CREDENTIALS },
    { KRB5_KT_BADNAME, IAKERB_NO_CREDENTIALS },
    { KRB5_KT_UNKNOWN_TYPE, IAKERB_NO_CREDENTIALS },
    { KRB5_CC_NOTFOUND, IAKERB_NO_CREDENTIALS },
    { KRB5_CC_END, IAKERB_NO_CREDENTIALS },
    { KRB5_CC_BADNAME, IAKERB_NO_CREDENTIALS },
    { KRB5_CC_UNKNOWN_TYPE, IAKERB_NO_CREDENTIALS },
    { KRB5_FCC_NOFILE, IAKERB_NO_CREDENTIALS },
    { KRB5KRB_AP_ERR_TKT_EXPIRED, IAKERB_NO_CREDENTIALS },
    { KRB5KRB_AP_ERR_SKEW, IAKERB_CLOCK_SKEW },
    { KRB5KRB_AP_ERR_TKT_NYV, IAKERB_CLOCK_SKEW },
    { KRB5_KDCREP_SKEW, IAKERB_CLOCK_SKEW },
    { KRB5_KDC_UNREACH, IAKERB_KDC_UNREACHABLE },
    { KRB5KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE, IAKERB_KDC_UNREACHABLE },
    { KRB5_REALM_UNKNOWN, IAKERB_REALM_REFUSED },
    { KRB5KDC_ERR_WRONG_REALM, IAKERB_REALM_REFUSED },
    { KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND, IAKERB_REALM_REFUSED },
    { KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, IAKERB_SERVICE_UNKNOWN },
    { KRB5KRB_AP_ERR_BAD_INTEGRITY, IAKERB_NOT_AUTHENTICATED },
    { KRB5KRB_AP_ERR_MODIFIED, IAKERB_NOT_AUTHENTICATED },
    { KRB5KRB_AP_ERR_REPEAT, IAKERB_NOT_AUTHENTICATED },
    { KRB5KRB_AP_ERR_NOKEY, IAKERB_NOT_AUTHENTICATED },
    { KRB5KRB_AP_ERR_BADKEYVER, IAKERB_NOT_AUTHENTICATED },
    { KRB5KRB_AP_WRONG_PRINC, IAKERB_NOT_AUTHENTICATED },
    { KRB5_MUTUAL_FAILED, IAKERB_NOT_AUTHENTICATED },
    { KRB5_PREAUTH_FAILED, IAKERB_PREAUTH },
    { KRB5_BAD_MSIZE, IAKERB_MALFORMED },
    { KRB5KRB_AP_ERR_MSG_TYPE, IAKERB_MALFORMED },
    { KRB5KRB_AP_ERR_BADVERSION, IAKERB_MALFORMED },
    { ENOMEM, IAKERB_NO_MEMORY },
    { EIO, IAKERB_SYSTEM },
    { 0, IAKERB_SYSTEM },
    { KRB5KRB_ERR_GENERIC, IAKERB_SYSTEM },
    { KRB5KDC_ERR_POLICY, IAKERB_SYSTEM }
};

static void
test_codes(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        assert_int_equal(error_code_of(codes[i].krb5), codes[i].code);
}

/* ---- Sentences -------------------------------------------------------- */

static void
test_refused(void **state)
{
    static const struct {
        krb5_error_code krb5;
        enum iakerb_code code;
        const char *sentence;
    } cases[] = {
        { KRB5KDC_ERR_PREAUTH_FAILED, IAKERB_WRONG_PASSWORD,
          "wrong password for alice@NAS" },
        { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, IAKERB_UNKNOWN_USER,
          "there is no user alice@NAS" },
        { KRB5KDC_ERR_KEY_EXP, IAKERB_PASSWORD_EXPIRED,
          "the password of alice@NAS has expired and must be changed" },
        { KRB5KDC_ERR_CLIENT_REVOKED, IAKERB_ACCOUNT_LOCKED,
          "the account alice@NAS is locked, disabled or expired" },
        { KRB5KRB_AP_ERR_SKEW, IAKERB_CLOCK_SKEW,
          "the clocks of client and server are too far apart for alice@NAS "
          "to log in" },
        { KRB5KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE, IAKERB_KDC_UNREACHABLE,
          "the server's KDC did not answer when alice@NAS logged in" },
        { KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND, IAKERB_REALM_REFUSED,
          "the server does not serve the realm of alice@NAS" },
        { KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, IAKERB_SERVICE_UNKNOWN,
          "the KDC of alice@NAS does not know the service cifs/nas" },
        { KRB5KDC_ERR_POLICY, IAKERB_SYSTEM,
          "the server's KDC refused: KDC policy rejects request" },
        { ENOMEM, IAKERB_NO_MEMORY, "out of memory" }
    };
    struct iakerb_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&error, 0xFF, sizeof(error));
        assert_error(error_refused(&error, cases[i].krb5, "alice@NAS",
                                   "cifs/nas"),
                     cases[i].code, error, cases[i].sentence);
        assert_int_equal(error.krb5, cases[i].krb5);
        assert_int_equal(error.major, 0);
        assert_int_equal(error.minor, 0);
    }
}

static void
test_krb5(void **state)
{
    struct iakerb_error error;

    (void)state;
    assert_error(error_krb5(&error, NULL, KRB5_KT_NOTFOUND, IAKERB_SYSTEM,
                            "cannot read"), IAKERB_NO_CREDENTIALS, error,
                 "cannot read: Key table entry not found");
    assert_int_equal(error.krb5, KRB5_KT_NOTFOUND);
    assert_error(error_krb5(&error, NULL, EACCES, IAKERB_INVALID,
                            "cannot read"), IAKERB_INVALID, error,
                 "cannot read: Permission denied");
    assert_error(error_krb5(&error, NULL, ENOMEM, IAKERB_INVALID,
                            "cannot read"), IAKERB_NO_MEMORY, error,
                 "out of memory");
}

/* A context knows more about its last failure. */
static void
test_krb5_context(void **state)
{
    struct iakerb_error error;
    krb5_context context;

    (void)state;
    assert_int_equal(krb5_init_context(&context), 0);
    krb5_set_error_message(context, EACCES, "the file of %s", "alice");
    assert_error(error_krb5(&error, context, EACCES, IAKERB_SYSTEM,
                            "cannot read"), IAKERB_SYSTEM, error,
                 "cannot read: the file of alice");
    krb5_free_context(context);
}

static void
test_gss(void **state)
{
    struct iakerb_error error;

    (void)state;
    assert_error(error_gss(&error, GSS_S_BAD_SIG, 0, IAKERB_NOT_AUTHENTICATED,
                           "the login failed"),
                 IAKERB_NOT_AUTHENTICATED, error,
                 "the login failed: A token had an invalid Message Integrity "
                 "Check (MIC)");
    assert_int_equal(error.major, GSS_S_BAD_SIG);
    assert_int_equal(error.minor, 0);
    assert_int_equal(error_gss(NULL, GSS_S_FAILURE, ENOMEM, IAKERB_SYSTEM,
                               "the login failed"), IAKERB_NO_MEMORY);
}

/* ---- Any error -------------------------------------------------------- */

/*
 * MIT gives an error another number when a second mechanism comes to it.  What
 * we say of it must not depend on that.
 */
static void
test_gss_renumbered(void **state)
{
    gss_buffer_desc malformed = { 5, "a@b@c" };
    OM_uint32 first, second, major, minor;
    struct iakerb_error error;
    gss_name_t name, canonical;

    (void)state;
    assert_int_equal(gss_import_name(&minor, &malformed, GSS_C_NT_USER_NAME,
                                     &name), GSS_S_COMPLETE);
    major = gss_canonicalize_name(&first, name, gss_mech_krb5, &canonical);
    assert_true(GSS_ERROR(major));
    major = gss_canonicalize_name(&second, name, gss_mech_iakerb, &canonical);
    assert_true(GSS_ERROR(major));
    gss_release_name(&minor, &name);
    assert_int_equal(first, (OM_uint32)KRB5_PARSE_MALFORMED);
    assert_int_not_equal(first, second);

    error_gss(&error, GSS_S_FAILURE, second, IAKERB_INVALID, "it failed");
    assert_int_equal(error.code, IAKERB_INVALID);
    assert_int_equal(error.minor, second);
    assert_int_equal(error.krb5, KRB5_PARSE_MALFORMED);
    assert_non_null(strstr(error.message, "Malformed"));
}

static void
test_no_error_wanted(void **state)
{
    (void)state;
    assert_int_equal(error_set(NULL, IAKERB_LIMIT, "%s", "x"), IAKERB_LIMIT);
    assert_int_equal(error_no_memory(NULL), IAKERB_NO_MEMORY);
    assert_int_equal(error_krb5(NULL, NULL, KRB5_KT_NOTFOUND, IAKERB_SYSTEM,
                                "x"), IAKERB_NO_CREDENTIALS);
    assert_int_equal(error_gss(NULL, GSS_S_BAD_SIG, 0, IAKERB_SYSTEM, "x"),
                     IAKERB_SYSTEM);
    assert_int_equal(error_refused(NULL, KRB5KDC_ERR_KEY_EXP, "alice", "s"),
                     IAKERB_PASSWORD_EXPIRED);
    assert_int_equal(error_refused(NULL, KRB5KDC_ERR_POLICY, "alice", "s"),
                     IAKERB_SYSTEM);
}

static void
test_set_clears(void **state)
{
    struct iakerb_error error;

    (void)state;
    memset(&error, 0xFF, sizeof(error));
    assert_error(error_set(&error, IAKERB_LIMIT, "%d of %s", 3, "them"),
                 IAKERB_LIMIT, error, "3 of them");
    assert_int_equal(error.major, 0);
    assert_int_equal(error.minor, 0);
    assert_int_equal(error.krb5, 0);
}

/* In the AP exchange it is the server itself that refuses. */
static void
test_refused_by_server(void **state)
{
    struct iakerb_error error;

    (void)state;
    assert_error(error_refused_by_server(&error, KRB5KRB_AP_ERR_MODIFIED,
                                         "alice@NAS", "cifs/nas"),
                 IAKERB_NOT_AUTHENTICATED, error, "the server does not take "
                 "the ticket of alice@NAS for cifs/nas that its KDC has "
                 "given: its keytab has another key (Message stream "
                 "modified)");
    assert_int_equal(error.krb5, KRB5KRB_AP_ERR_MODIFIED);
    assert_error(error_refused_by_server(&error, KRB5KRB_AP_ERR_BADADDR,
                                         "alice@NAS", "cifs/nas"),
                 IAKERB_NOT_AUTHENTICATED, error,
                 "the server refused: Incorrect net address");
    assert_error(error_refused_by_server(&error, KRB5KRB_AP_ERR_SKEW,
                                         "alice@NAS", "cifs/nas"),
                 IAKERB_CLOCK_SKEW, error, "the clocks of client and server "
                 "are too far apart for alice@NAS to log in");
}

/* A sentence is one line, and moves no terminal's cursor. */
static void
test_control_characters(void **state)
{
    struct iakerb_error error;

    (void)state;
    assert_error(error_refused(&error, KRB5KDC_ERR_PREAUTH_FAILED,
                               "a\nb\r\x1B[2J\x7F\t\x01" "\u00E9@NAS", ""),
                 IAKERB_WRONG_PASSWORD, error,
                 "wrong password for a?b??[2J???\u00E9@NAS");
    assert_error(error_refused(&error, KRB5KDC_ERR_PREAUTH_FAILED,
                               "a\x9B" "b\xC2\x9B" "c\u00E9\x9B" "\u201B", ""),
                 IAKERB_WRONG_PASSWORD, error,
                 "wrong password for a?b??c\u00E9?\u201B");
    assert_error(error_krb5(&error, NULL, KRB5_KT_NOTFOUND, IAKERB_SYSTEM,
                            "x\ny"), IAKERB_NO_CREDENTIALS, error,
                 "x?y: Key table entry not found");
}

static void
test_long_names(void **state)
{
    struct iakerb_error error;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        memset(&error, 0xFF, sizeof(error));
        error_refused(&error, codes[i].krb5, long_name(), long_name());
        assert_int_equal(error.code, codes[i].code);
        assert_true(strlen(error.message) < sizeof(error.message));
    }
    error_refused(&error, KRB5KDC_ERR_PREAUTH_FAILED, long_name(), "");
    assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
    assert_memory_equal(error.message, "wrong password for nnn", 22);

    error_krb5(&error, NULL, KRB5_KT_NOTFOUND, IAKERB_SYSTEM, long_name());
    assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
    error_gss(&error, GSS_S_BAD_SIG, 0, IAKERB_SYSTEM, long_name());
    assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_names_differ),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_krb5),
        cmocka_unit_test(test_krb5_context),
        cmocka_unit_test(test_gss),
        cmocka_unit_test(test_gss_renumbered),
        cmocka_unit_test(test_no_error_wanted),
        cmocka_unit_test(test_set_clears),
        cmocka_unit_test(test_refused_by_server),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_long_names)
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
