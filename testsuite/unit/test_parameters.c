/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What initiators and acceptors are made of; nobody is asked anything. */

#include "unit.h"

#include "libiakerb/token.h"

static const char *const nas[] = { "NAS", NULL };

static void
assert_initiator_fails(const struct iakerb_initiator_params *params,
                       enum iakerb_code code, const char *sentence)
{
    struct iakerb_initiator *initiator = (void *)&code;
    struct iakerb_error error;

    assert_error(iakerb_initiator_create(params, &initiator, &error), code,
                 error, sentence);
    assert_null(initiator);
    assert_int_equal(iakerb_initiator_create(params, &initiator, NULL), code);
    assert_null(initiator);
}

static void
assert_acceptor_fails(const struct iakerb_acceptor_params *params,
                      enum iakerb_code code, const char *sentence)
{
    struct iakerb_acceptor *acceptor = (void *)&code;
    struct iakerb_error error;

    assert_error(iakerb_acceptor_create(params, &acceptor, &error), code,
                 error, sentence);
    assert_null(acceptor);
    assert_int_equal(iakerb_acceptor_create(params, &acceptor, NULL), code);
    assert_null(acceptor);
}

/* Parameters of an initiator that can be made. */
static struct iakerb_initiator_params
good_initiator(void)
{
    return (struct iakerb_initiator_params){
        .user = "alice", .target = "cifs/nas", .password = "secret"
    };
}

static struct iakerb_initiator *
make_initiator(const struct iakerb_initiator_params *params)
{
    struct iakerb_initiator *initiator;

    assert_int_equal(iakerb_initiator_create(params, &initiator, NULL),
                     IAKERB_DONE);
    assert_non_null(initiator);
    return initiator;
}

/* ---- Initiator -------------------------------------------------------- */

static void
test_credentials(void **state)
{
    static const char one_of_three[] = "exactly one of password, credential "
        "cache and keytab must be given";
    struct iakerb_initiator_params params = good_initiator();

    (void)state;
    params.password = NULL;
    assert_initiator_fails(&params, IAKERB_INVALID, one_of_three);
    params.ccache = "MEMORY:x";
    params.keytab = "MEMORY:x";
    assert_initiator_fails(&params, IAKERB_INVALID, one_of_three);
    params.keytab = NULL;
    params.password = "";
    assert_initiator_fails(&params, IAKERB_INVALID, one_of_three);
    params.ccache = NULL;
    params.user = NULL;
    assert_initiator_fails(&params, IAKERB_INVALID,
                           "a password needs the user's name");
}

static void
test_target(void **state)
{
    static const char *const targets[] = { "", "nas", "cifs/nas/x", "a@b@c" };
    struct iakerb_initiator_params params = good_initiator();
    struct iakerb_initiator *initiator;
    struct iakerb_error error;
    size_t i;

    (void)state;
    params.target = NULL;
    assert_initiator_fails(&params, IAKERB_INVALID, "no target was named");
    for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        params.target = targets[i];
        assert_int_equal(iakerb_initiator_create(&params, &initiator, &error),
                         IAKERB_INVALID);
        assert_non_null(strstr(error.message, "the target must be "
                               "service/host or service/host@REALM"));
    }
}

static void
test_user(void **state)
{
    static const char *const users[] = {
        "", "@NAS", "a@b@c", "NAS\\alice", "NAS\\alice@NAS", "alice\\"
    };
    struct iakerb_initiator_params params = good_initiator();
    char sentence[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
        params.user = users[i];
        snprintf(sentence, sizeof(sentence), "\"%s\" is not a user's name: it "
                 "must be user or user@REALM", users[i]);
        assert_initiator_fails(&params, IAKERB_INVALID, sentence);
    }
}

static void
test_ccache(void **state)
{
    struct iakerb_initiator_params params = good_initiator();

    (void)state;
    params.password = NULL;
    params.ccache = "FILE:/nonexistent/cache";
    assert_initiator_fails(&params, IAKERB_NO_CREDENTIALS,
                           "cannot use the credential cache: No credentials "
                           "cache found (filename: /nonexistent/cache)");
    params.ccache = "NOSUCHTYPE:x";
    assert_initiator_fails(&params, IAKERB_NO_CREDENTIALS,
                           "cannot use the credential cache: Unknown "
                           "credential cache type");
}

static void
test_ccache_of_another(void **state)
{
    struct iakerb_initiator_params params = good_initiator();
    krb5_principal bob;
    krb5_context context;
    krb5_ccache cache;

    (void)state;
    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_parse_name(context, "bob@NAS", &bob), 0);
    assert_int_equal(krb5_cc_resolve(context, "MEMORY:bob", &cache), 0);
    assert_int_equal(krb5_cc_initialize(context, cache, bob), 0);
    params.password = NULL;
    params.ccache = "MEMORY:bob";
    assert_initiator_fails(&params, IAKERB_NO_CREDENTIALS,
                           "the credential cache MEMORY:bob is another "
                           "user's");
    params.user = "bob@ELSEWHERE";
    assert_initiator_fails(&params, IAKERB_NO_CREDENTIALS,
                           "the credential cache MEMORY:bob is another "
                           "user's");
    krb5_cc_destroy(context, cache);
    krb5_free_principal(context, bob);
    krb5_free_context(context);
}

static void
test_keytab(void **state)
{
    struct iakerb_initiator_params params = good_initiator();

    (void)state;
    params.password = NULL;
    params.keytab = "FILE:/nonexistent/keytab";
    assert_initiator_fails(&params, IAKERB_NO_CREDENTIALS,
                           "cannot use the keytab: Key table file "
                           "'/nonexistent/keytab' not found");
    params.keytab = "MEMORY:empty";
    assert_initiator_fails(&params, IAKERB_NO_CREDENTIALS,
                           "the keytab MEMORY:empty has no key for this user");
}

static void
test_store_too_early(void **state)
{
    struct iakerb_initiator_params params = good_initiator();
    struct iakerb_initiator *initiator = make_initiator(&params);
    struct iakerb_error error;

    (void)state;
    assert_error(iakerb_initiator_store(initiator, "MEMORY:x", &error),
                 IAKERB_INVALID, error,
                 "the login has got no tickets to store");
    iakerb_initiator_free(initiator);
}

/* An '@' of the name itself stays one, and stays escaped where the name is
 * written again. */
static void
test_user_with_at(void **state)
{
    struct iakerb_initiator_params params = good_initiator();
    struct iakerb_initiator *initiator;
    struct bytes dot = proxy(".", text(""));
    gss_buffer_desc in = buffer_of(dot), out;
    struct iakerb_error error;
    OM_uint32 tmp;

    (void)state;
    params.user = "al\\@example.com";
    initiator = make_initiator(&params);
    assert_int_equal(iakerb_initiator_step(initiator, NULL, &out, NULL),
                     IAKERB_CONTINUE);
    gss_release_buffer(&tmp, &out);
    assert_error(iakerb_initiator_step(initiator, &in, &out, &error),
                 IAKERB_REALM_UNKNOWN, error, "the server does not tell its "
                 "realm; name it: al\\@example.com@REALM");
    iakerb_initiator_free(initiator);
}

/* The first step asks nobody, and discovers the realm where none is named. */
static void
test_first_step(void **state)
{
    struct iakerb_initiator_params params = good_initiator();
    struct iakerb_initiator *initiator = make_initiator(&params);
    struct bytes discovery = proxy("", text(""));
    gss_buffer_desc out;
    OM_uint32 tmp;

    (void)state;
    assert_int_equal(iakerb_initiator_legs(initiator), 0);
    assert_ptr_equal(iakerb_initiator_context(initiator), GSS_C_NO_CONTEXT);
    assert_int_equal(iakerb_initiator_step(initiator, NULL, &out, NULL),
                     IAKERB_CONTINUE);
    assert_int_equal(out.length, discovery.length);
    assert_memory_equal(out.value, discovery.data, discovery.length);
    assert_int_equal(iakerb_initiator_legs(initiator), 1);
    assert_ptr_not_equal(iakerb_initiator_context(initiator),
                         GSS_C_NO_CONTEXT);
    gss_release_buffer(&tmp, &out);
    iakerb_initiator_free(initiator);
}

static void
test_initiator_step_after_failure(void **state)
{
    struct iakerb_initiator_params params = good_initiator();
    struct iakerb_initiator *initiator = make_initiator(&params);
    gss_buffer_desc in = buffer_of(text("NTLMSSP")), out;
    struct iakerb_error error;
    OM_uint32 tmp;

    (void)state;
    iakerb_initiator_step(initiator, NULL, &out, NULL);
    gss_release_buffer(&tmp, &out);
    assert_error(iakerb_initiator_step(initiator, &in, &out, &error),
                 IAKERB_MALFORMED, error,
                 "the server's token is not one that was due");
    assert_int_equal(out.length, 0);
    in = buffer_of(proxy("NAS", text("")));
    assert_error(iakerb_initiator_step(initiator, &in, &out, &error),
                 IAKERB_INVALID, error,
                 "the login has ended: no further token is due");
    assert_int_equal(out.length, 0);
    iakerb_initiator_free(initiator);
}

/* Parameters of a program that was built for a later version. */
static void
test_later_parameters(void **state)
{
    struct {
        struct iakerb_initiator_params params;
        const char *later[2];
    } longer = { .params = good_initiator() };
    struct iakerb_initiator *initiator;
    struct iakerb_error error;

    (void)state;
    assert_int_equal(iakerb_initiator_create_sized(&longer.params,
                                                   sizeof(longer), &initiator,
                                                   NULL), IAKERB_DONE);
    iakerb_initiator_free(initiator);
    longer.later[1] = "x";
    assert_error(iakerb_initiator_create_sized(&longer.params, sizeof(longer),
                                               &initiator, &error),
                 IAKERB_INVALID, error, "a parameter is set that this version "
                 "of libiakerb does not have");
    assert_null(initiator);
    assert_error(iakerb_initiator_create_sized(NULL, sizeof(longer),
                                               &initiator, &error),
                 IAKERB_INVALID, error, "there are no parameters");
    /* Of an earlier one: what is missing is 0. */
    assert_error(iakerb_initiator_create_sized(&longer.params,
                                               sizeof(const char *),
                                               &initiator, &error),
                 IAKERB_INVALID, error, "no target was named");
}

/* ---- Acceptor --------------------------------------------------------- */

static void
test_realms(void **state)
{
    static const char *const none[] = { NULL };
    struct iakerb_acceptor_params params = { .keytab = "MEMORY:x" };

    (void)state;
    assert_acceptor_fails(&params, IAKERB_INVALID, "no realm was named");
    params.realms = none;
    assert_acceptor_fails(&params, IAKERB_INVALID, "no realm was named");
}

static void
test_acceptor_keytab(void **state)
{
    struct iakerb_acceptor_params params = { .realms = nas };
    struct iakerb_acceptor *acceptor;
    struct iakerb_error error;

    (void)state;
    params.keytab = "FILE:/nonexistent/keytab";
    assert_int_equal(iakerb_acceptor_create(&params, &acceptor, &error),
                     IAKERB_NO_CREDENTIALS);
    assert_memory_equal(error.message, "cannot use the keytab: ", 23);
    assert_null(acceptor);
    params.keytab = "MEMORY:empty";
    assert_int_equal(iakerb_acceptor_create(&params, &acceptor, NULL),
                     IAKERB_NO_CREDENTIALS);
    assert_null(acceptor);
}

/* A keytab in memory with some key; to be closed. */
static krb5_keytab
make_keytab(krb5_context context)
{
    static krb5_octet zeros[32];
    krb5_keytab_entry entry = {
        .vno = 1,
        .key = { .enctype = ENCTYPE_AES256_CTS_HMAC_SHA1_96,
                 .length = sizeof(zeros), .contents = zeros }
    };
    krb5_keytab keytab;

    assert_int_equal(krb5_parse_name(context, "cifs/nas@NAS",
                                     &entry.principal), 0);
    assert_int_equal(krb5_kt_resolve(context, "MEMORY:keys", &keytab), 0);
    assert_int_equal(krb5_kt_add_entry(context, keytab, &entry), 0);
    krb5_free_principal(context, entry.principal);
    return keytab;
}

/* What an acceptor answers to its first token. */
static void
assert_step_fails(struct bytes token, const struct iakerb_limits *limits,
                  enum iakerb_code code, const char *sentence)
{
    struct iakerb_acceptor_params params = {
        .keytab = "MEMORY:keys", .realms = nas, .limits = *limits
    };
    gss_buffer_desc in = buffer_of(token), out;
    struct iakerb_acceptor *acceptor;
    struct iakerb_error error;
    OM_uint32 tmp;

    assert_int_equal(iakerb_acceptor_create(&params, &acceptor, NULL),
                     IAKERB_DONE);
    assert_error(iakerb_acceptor_step(acceptor, &in, &out, &error), code,
                 error, sentence);
    assert_int_equal(out.length, 0);
    gss_release_buffer(&tmp, &out);
    assert_ptr_equal(iakerb_acceptor_context(acceptor), GSS_C_NO_CONTEXT);
    assert_false(iakerb_acceptor_refusal(acceptor, &error));

    assert_error(iakerb_acceptor_step(acceptor, &in, &out, &error),
                 IAKERB_INVALID, error,
                 "the login has ended: no further token is due");
    assert_int_equal(out.length, 0);
    iakerb_acceptor_free(acceptor);
}

/* The first message may be for a realm that the client has only guessed: it is
 * told the right one, as often as the limit allows. */
static void
assert_refuses_realm(struct bytes token)
{
    struct iakerb_acceptor_params params = {
        .keytab = "MEMORY:keys", .realms = nas, .limits.legs = 2
    };
    gss_buffer_desc in = buffer_of(token), out;
    struct iakerb_acceptor *acceptor;
    struct iakerb_error error;
    struct token answer;
    OM_uint32 tmp;
    int i;

    assert_int_equal(iakerb_acceptor_create(&params, &acceptor, NULL),
                     IAKERB_DONE);
    assert_true(iakerb_acceptor_waits(acceptor, &in));
    in.length--;
    assert_false(iakerb_acceptor_waits(acceptor, &in));
    in.length++;
    for (i = 0; i < 2; i++) {
        assert_int_equal(iakerb_acceptor_step(acceptor, &in, &out, NULL),
                         IAKERB_CONTINUE);
        assert_true(iakerb_acceptor_refusal(acceptor, &error));
        assert_error(error.code, IAKERB_REALM_REFUSED, error,
                     "the client asks for another realm than NAS, which this "
                     "server serves");
        assert_int_equal(token_parse(&out, &answer, NULL), IAKERB_DONE);
        assert_int_equal(answer.kind, TOKEN_PROXY);
        assert_true(der_equal(&answer.realm, "NAS", 3));
        gss_release_buffer(&tmp, &out);
        assert_ptr_equal(iakerb_acceptor_context(acceptor), GSS_C_NO_CONTEXT);
    }
    assert_int_equal(iakerb_acceptor_step(acceptor, &in, &out, NULL),
                     IAKERB_LIMIT);
    assert_int_equal(out.length, 0);
    iakerb_acceptor_free(acceptor);
}

static void
test_acceptor_steps(void **state)
{
    static const char neither[] =
        "the client's token is neither IAKERB nor Kerberos";
    struct iakerb_limits none = { 0 }, small = { .token_bytes = 10 };
    krb5_context context;
    krb5_keytab keytab;

    (void)state;
    assert_int_equal(krb5_init_context(&context), 0);
    keytab = make_keytab(context);
    assert_step_fails(text(""), &none, IAKERB_NOT_OFFERED, neither);
    assert_step_fails(text("NTLMSSP"), &none, IAKERB_NOT_OFFERED, neither);
    assert_step_fails(framed("\x2B\x06", text("")), &none, IAKERB_NOT_OFFERED,
                      neither);
    assert_step_fails(BYTES(0x60, 0x80), &none, IAKERB_MALFORMED,
                      "the peer's token has a broken GSS-API framing");
    assert_step_fails(filled(0x60, 65537), &none, IAKERB_LIMIT,
                      "the peer's token has 65537 bytes, more than the limit "
                      "of 65536");
    assert_step_fails(proxy("NAS", text("")), &small, IAKERB_LIMIT,
                      "the peer's token has 21 bytes, more than the limit of "
                      "10");
    assert_refuses_realm(recorded("guard/other-realm-1"));
    krb5_kt_close(context, keytab);
    krb5_free_context(context);
}

static void
test_free_nothing(void **state)
{
    (void)state;
    iakerb_initiator_free(NULL);
    iakerb_acceptor_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_target),
        cmocka_unit_test(test_user),
        cmocka_unit_test(test_ccache),
        cmocka_unit_test(test_ccache_of_another),
        cmocka_unit_test(test_keytab),
        cmocka_unit_test(test_store_too_early),
        cmocka_unit_test_teardown(test_user_with_at, bytes_free_all),
        cmocka_unit_test_teardown(test_first_step, bytes_free_all),
        cmocka_unit_test_teardown(test_initiator_step_after_failure,
                                  bytes_free_all),
        cmocka_unit_test(test_later_parameters),
        cmocka_unit_test(test_realms),
        cmocka_unit_test(test_acceptor_keytab),
        cmocka_unit_test_teardown(test_acceptor_steps, bytes_free_all),
        cmocka_unit_test(test_free_nothing)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
