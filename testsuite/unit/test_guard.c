/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include "libiakerb/guard.h"

#define REFUSED(realm) "the client asks for another realm than " realm \
    ", which this server serves"
#define NOT_A_REQUEST "the client's token holds something else than one " \
    "Kerberos AS-REQ or TGS-REQ"
#define UNREADABLE "the client's Kerberos request is none that a KDC can read"
#define NO_MESSAGE "the client's token names a realm, but holds no Kerberos " \
    "message"

static const char *const nas[] = { "NAS", NULL };
static const char *const several[] = { "NAS", "WORKSHOP.EXAMPLE", "B", NULL };

static enum iakerb_code
checked(const char *const *realms, struct bytes bytes,
        struct iakerb_error *error)
{
    gss_buffer_desc buffer = buffer_of(bytes);
    struct token token;

    assert_int_equal(token_parse(&buffer, &token, NULL), IAKERB_DONE);
    assert_int_equal(token.kind, TOKEN_PROXY);
    memset(error, 0, sizeof(*error));
    return guard_check(realms, &token, error);
}

static void
assert_passes(const char *const *realms, struct bytes token)
{
    struct iakerb_error error;

    assert_int_equal(checked(realms, token, &error), IAKERB_DONE);
    assert_string_equal(error.message, "");
}

static void
assert_refused(const char *const *realms, struct bytes token)
{
    struct iakerb_error error;

    assert_error(checked(realms, token, &error), IAKERB_REALM_REFUSED, error,
                 REFUSED("NAS"));
}

static void
assert_malformed(struct bytes token, const char *sentence)
{
    struct iakerb_error error;

    assert_error(checked(nas, token, &error), IAKERB_MALFORMED, error,
                 sentence);
}

/* ---- Requests (RFC 4120, section 5.4.1) -------------------------------- */

static struct bytes
integer(uint8_t value)
{
    return element(0x02, BYTES(value));
}

static struct bytes
options_field(void)
{
    return element(0xA0, element(0x03, BYTES(0, 0, 0, 0, 0x10)));
}

static struct bytes
name_field(uint8_t tag, const char *name)
{
    struct bytes names = element(0x30, element(0x1B, text(name)));

    return element(tag, element(0x30, JOIN(element(0xA0, integer(1)),
                                           element(0xA1, names))));
}

static struct bytes
body_realm(const char *realm)
{
    return element(0xA2, element(0x1B, text(realm)));
}

/* What comes behind the realm. */
static struct bytes
body_rest(void)
{
    return JOIN(name_field(0xA3, "krbtgt"),
                element(0xA5, element(0x18, text("20260101000000Z"))),
                element(0xA7, integer(7)),
                element(0xA8, element(0x30, integer(18))));
}

static struct bytes
padata_field(void)
{
    return element(0xA3, element(0x30, element(0x30, JOIN(
        element(0xA1, integer(1)), element(0xA2, element(0x04, text("")))))));
}

/* A KDC-REQ with these fields in its body. */
static struct bytes
request_with(uint8_t tag, struct bytes padata, struct bytes body)
{
    return element(tag, element(0x30, JOIN(
        element(0xA1, integer(5)), element(0xA2, integer(tag & 0x1F)),
        padata, element(0xA4, element(0x30, body)))));
}

static struct bytes
as_req(const char *realm)
{
    return request_with(0x6A, text(""), JOIN(
        options_field(), name_field(0xA1, "alice"), body_realm(realm),
        body_rest()));
}

static struct bytes
tgs_req(const char *realm)
{
    return request_with(0x6C, padata_field(), JOIN(
        options_field(), body_realm(realm), body_rest()));
}

/* ---- What passes ------------------------------------------------------ */

static void
test_requests_pass(void **state)
{
    (void)state;
    assert_passes(nas, proxy("NAS", as_req("NAS")));
    assert_passes(nas, proxy("NAS", tgs_req("NAS")));
}

static void
test_recorded_pass(void **state)
{
    static const char *const others[] = { "ELSEWHERE", NULL };

    (void)state;
    assert_passes(nas, recorded("guard/login-1"));
    assert_passes(nas, recorded("guard/login-3"));
    assert_passes(nas, recorded("guard/login-5"));
    assert_passes(nas, recorded("guard/discovery-1"));
    assert_refused(nas, recorded("guard/other-realm-1"));
    assert_passes(others, recorded("guard/other-realm-1"));
}

static void
test_discovery_passes(void **state)
{
    (void)state;
    assert_passes(nas, proxy("", text("")));
}

static void
test_several_realms(void **state)
{
    (void)state;
    assert_passes(several, proxy("NAS", as_req("NAS")));
    assert_passes(several, proxy("WORKSHOP.EXAMPLE",
                                 as_req("WORKSHOP.EXAMPLE")));
    assert_passes(several, proxy("B", tgs_req("B")));
    assert_refused(several, proxy("C", tgs_req("C")));
    assert_refused(several, proxy("NAS", as_req("C")));
}

/* ---- Realms ----------------------------------------------------------- */

static void
test_other_realm(void **state)
{
    static const char *const others[] = {
        "ELSEWHERE", "nas", "NA", "NASX", "NAS.", ".", "NAS\x7F"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_refused(nas, proxy(others[i], as_req(others[i])));
        assert_refused(nas, proxy(others[i], tgs_req(others[i])));
        /* In one place only. */
        assert_refused(nas, proxy(others[i], as_req("NAS")));
        assert_refused(nas, proxy("NAS", as_req(others[i])));
        assert_refused(nas, proxy(others[i], tgs_req("NAS")));
        assert_refused(nas, proxy("NAS", tgs_req(others[i])));
    }
}

static void
test_empty_realm_with_message(void **state)
{
    (void)state;
    assert_refused(nas, proxy("", as_req("NAS")));
    assert_refused(nas, proxy("", as_req("")));
    assert_refused(nas, proxy("NAS", as_req("")));
}

/* A zero byte ends no realm. */
static void
test_realm_with_zero_byte(void **state)
{
    struct bytes realm = bytes_of("NAS\0X", 5);

    (void)state;
    assert_refused(nas, proxy_with(element(0xA1, element(0x0C, realm)),
                                   as_req("NAS")));
    assert_refused(nas, proxy("NAS", request_with(0x6A, text(""), JOIN(
        options_field(), element(0xA2, element(0x1B, realm)), body_rest()))));
}

/* ---- Messages --------------------------------------------------------- */

static void
test_realm_without_message(void **state)
{
    (void)state;
    assert_malformed(proxy("NAS", text("")), NO_MESSAGE);
    assert_malformed(proxy("ELSEWHERE", text("")), NO_MESSAGE);
}

/* Every other message of Kerberos, and every other tag. */
static void
test_other_messages(void **state)
{
    struct bytes request = as_req("NAS");
    unsigned int tag;

    (void)state;
    for (tag = 0; tag < 256; tag++) {
        if (tag == KDC_AS_REQ || tag == KDC_TGS_REQ)
            continue;
        request.data[0] = tag;
        assert_malformed(proxy("NAS", request), NOT_A_REQUEST);
        assert_malformed(proxy("", request), NOT_A_REQUEST);
        bytes_free_all(NULL);
        request = as_req("NAS");
    }
    assert_malformed(proxy("", BYTES(0, 0)), NOT_A_REQUEST);
}

static void
test_two_messages(void **state)
{
    struct bytes request = as_req("NAS");

    (void)state;
    assert_malformed(proxy("NAS", JOIN(request, request)), NOT_A_REQUEST);
    assert_malformed(proxy("NAS", JOIN(request, as_req("ELSEWHERE"))),
                     NOT_A_REQUEST);
    assert_malformed(proxy("NAS", JOIN(request, BYTES(0))), NOT_A_REQUEST);
}

static void
test_truncated(void **state)
{
    const struct bytes requests[] = {
        as_req("NAS"), tgs_req("NAS")
    };
    size_t i, length;

    (void)state;
    for (i = 0; i < 2; i++) {
        for (length = 1; length < requests[i].length; length++)
            assert_malformed(proxy("NAS", first(requests[i], length)),
                             NOT_A_REQUEST);
    }
}

/* ---- Fields ----------------------------------------------------------- */

/* The realm counts where a KDC reads it, and nowhere else. */
static void
test_body_without_realm(void **state)
{
    struct bytes realm = body_realm("NAS"), options = options_field();
    struct bytes cname = name_field(0xA1, "alice");
    const struct bytes bodies[] = {
        text(""),
        options,
        JOIN(options, cname),
        JOIN(options, cname, body_rest()),
        realm,                                  /* no options */
        JOIN(cname, realm),
        JOIN(options, options, realm),          /* doubled */
        JOIN(options, cname, cname, realm),
        JOIN(cname, options, realm),            /* out of order */
        JOIN(options, body_rest(), realm),
        JOIN(options, element(0xA2, text("NAS"))),
        JOIN(options, element(0xA2, element(0x0C, text("NAS")))),
        JOIN(options, element(0xA2, JOIN(element(0x1B, text("NAS")),
                                         element(0x1B, text("C"))))),
        JOIN(options, BYTES(0xA2, 0x80, 0x1B, 3, 'N', 'A', 'S', 0, 0)),
        JOIN(options, BYTES(0xA2, 0x81, 5, 0x1B, 3, 'N', 'A', 'S'))
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_malformed(proxy("NAS", request_with(0x6A, text(""),
                                                   bodies[i])), UNREADABLE);
        assert_malformed(proxy("NAS", request_with(0x6C, padata_field(),
                                                   bodies[i])), UNREADABLE);
    }
}

static void
test_request_fields(void **state)
{
    struct bytes version = element(0xA1, integer(5));
    struct bytes type = element(0xA2, integer(10));
    struct bytes padata = padata_field();
    struct bytes body = element(0xA4, element(0x30, JOIN(
        options_field(), body_realm("NAS"), body_rest())));
    const struct bytes fields[] = {
        text(""),
        JOIN(version, type),
        body,
        JOIN(version, body),
        JOIN(type, version, body),
        JOIN(version, type, padata, padata, body),
        JOIN(version, type, body, body),
        JOIN(version, type, body, BYTES(0)),
        JOIN(version, type, element(0xA4, JOIN(
            element(0x30, text("")), element(0x30, text(""))))),
        JOIN(version, type, element(0xA5, text("")), body)
    };
    size_t i;

    (void)state;
    assert_passes(nas, proxy("NAS", element(0x6A, element(0x30, JOIN(
        version, type, padata, body)))));
    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        assert_malformed(proxy("NAS", element(0x6A, element(0x30, fields[i]))),
                         UNREADABLE);
    assert_malformed(proxy("NAS", element(0x6A, text(""))), UNREADABLE);
    assert_malformed(proxy("NAS", element(0x6A, JOIN(
        element(0x30, JOIN(version, type, body)), BYTES(0x30, 0)))),
                     UNREADABLE);
}

static void
test_no_error_wanted(void **state)
{
    gss_buffer_desc buffer = buffer_of(proxy("C", as_req("C")));
    struct token token;

    (void)state;
    assert_int_equal(token_parse(&buffer, &token, NULL), IAKERB_DONE);
    assert_int_equal(guard_check(nas, &token, NULL), IAKERB_REALM_REFUSED);
}

/* ---- The client's name ------------------------------------------------- */

static void
assert_client(struct bytes request, const char *expected)
{
    gss_buffer_desc buffer = buffer_of(proxy("NAS", request));
    krb5_context context;
    struct token token;
    char *name;

    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(token_parse(&buffer, &token, NULL), IAKERB_DONE);
    name = guard_client(context, &token);
    if (expected == NULL)
        assert_null(name);
    else
        assert_string_equal(name, expected);
    krb5_free_unparsed_name(context, name);
    krb5_free_context(context);
}

/* An AS-REQ of a client whose name-string field has this in it. */
static struct bytes
as_req_of(struct bytes names)
{
    struct bytes client = element(0xA1, element(0x30, JOIN(
        element(0xA0, integer(1)), element(0xA1, names))));

    return request_with(0x6A, text(""), JOIN(
        options_field(), client, body_realm("NAS"), body_rest()));
}

static void
test_client(void **state)
{
    struct bytes component = element(0x1B, text("x"));
    struct bytes four = JOIN(component, component, component, component);

    (void)state;
    assert_client(as_req("NAS"), "alice@NAS");
    assert_client(as_req("OTHER"), "alice@OTHER");
    assert_client(as_req_of(element(0x30, JOIN(component, component))),
                  "x/x@NAS");
    assert_client(as_req_of(element(0x30, element(0x1B, text("a@B/c\n")))),
                  "a\\@B\\/c\\n@NAS");
    assert_client(as_req_of(element(0x30, JOIN(four, four))),
                  "x/x/x/x/x/x/x/x@NAS");
    assert_client(as_req_of(element(0x30, JOIN(four, four, component))), NULL);
}

static void
test_no_client(void **state)
{
    struct bytes component = element(0x1B, text("x"));

    (void)state;
    assert_client(text(""), NULL);
    assert_client(tgs_req("NAS"), NULL);
    assert_client(request_with(0x6A, text(""), JOIN(
        options_field(), body_realm("NAS"), body_rest())), NULL);
    assert_client(request_with(0x6A, text(""), JOIN(
        options_field(), name_field(0xA1, "alice"), body_rest())), NULL);
    assert_client(as_req_of(element(0x30, text(""))), NULL);
    assert_client(as_req_of(component), NULL);
    assert_client(as_req_of(element(0x30, element(0x0C, text("x")))), NULL);
    assert_client(as_req_of(element(0x30, JOIN(component, BYTES(0x1B, 9)))),
                  NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_requests_pass, bytes_free_all),
        cmocka_unit_test_teardown(test_recorded_pass, bytes_free_all),
        cmocka_unit_test_teardown(test_discovery_passes, bytes_free_all),
        cmocka_unit_test_teardown(test_several_realms, bytes_free_all),
        cmocka_unit_test_teardown(test_other_realm, bytes_free_all),
        cmocka_unit_test_teardown(test_empty_realm_with_message,
                                  bytes_free_all),
        cmocka_unit_test_teardown(test_realm_with_zero_byte, bytes_free_all),
        cmocka_unit_test_teardown(test_realm_without_message, bytes_free_all),
        cmocka_unit_test_teardown(test_other_messages, bytes_free_all),
        cmocka_unit_test_teardown(test_two_messages, bytes_free_all),
        cmocka_unit_test_teardown(test_truncated, bytes_free_all),
        cmocka_unit_test_teardown(test_body_without_realm, bytes_free_all),
        cmocka_unit_test_teardown(test_request_fields, bytes_free_all),
        cmocka_unit_test_teardown(test_no_error_wanted, bytes_free_all),
        cmocka_unit_test_teardown(test_client, bytes_free_all),
        cmocka_unit_test_teardown(test_no_client, bytes_free_all)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
