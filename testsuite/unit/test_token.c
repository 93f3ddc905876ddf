/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include "libiakerb/token.h"

#define BROKEN_FRAMING "the peer's token has a broken GSS-API framing"
#define NO_TOKEN_ID "the peer's token ends before its token id"
#define BROKEN_HEADER "the peer's token has a broken IAKERB-HEADER"

static struct token
parsed(struct bytes bytes)
{
    gss_buffer_desc buffer = buffer_of(bytes);
    struct iakerb_error error = { .message = "" };
    struct token token;

    assert_int_equal(token_parse(&buffer, &token, &error), IAKERB_DONE);
    assert_string_equal(error.message, "");
    return token;
}

static void
assert_malformed(struct bytes bytes, const char *sentence)
{
    gss_buffer_desc buffer = buffer_of(bytes);
    struct iakerb_error error;
    struct token token;

    assert_error(token_parse(&buffer, &token, &error), IAKERB_MALFORMED,
                 error, sentence);
    assert_int_equal(token_parse(&buffer, &token, NULL), IAKERB_MALFORMED);
}

/* Every way to end the token early is refused, and with no other code. */
static void
assert_truncations_malformed(struct bytes whole)
{
    gss_buffer_desc buffer;
    struct iakerb_error error;
    struct token token;
    size_t length;

    parsed(whole);
    for (length = 1; length < whole.length; length++) {
        buffer = buffer_of(first(whole, length));
        assert_error(token_parse(&buffer, &token, &error), IAKERB_MALFORMED,
                     error, BROKEN_FRAMING);
    }
}

static void
assert_bytes(const struct der *der, struct bytes bytes)
{
    assert_true(der_equal(der, bytes.data, bytes.length));
}

/* ---- Kinds ------------------------------------------------------------ */

static void
test_proxy(void **state)
{
    struct bytes message = element(0x6A, text("request"));
    struct token token = parsed(proxy("NAS", message));

    (void)state;
    assert_int_equal(token.kind, TOKEN_PROXY);
    assert_bytes(&token.realm, text("NAS"));
    assert_bytes(&token.message, message);
}

static void
test_proxy_discovery(void **state)
{
    struct token token = parsed(proxy("", text("")));

    (void)state;
    assert_int_equal(token.kind, TOKEN_PROXY);
    assert_int_equal(token.realm.length, 0);
    assert_int_equal(token.message.length, 0);
}

static void
test_proxy_empty_realm_with_message(void **state)
{
    struct token token = parsed(proxy("", text("message")));

    (void)state;
    assert_int_equal(token.realm.length, 0);
    assert_bytes(&token.message, text("message"));
}

static void
test_proxy_realm_without_message(void **state)
{
    struct token token = parsed(proxy("NAS", text("")));

    (void)state;
    assert_bytes(&token.realm, text("NAS"));
    assert_int_equal(token.message.length, 0);
}

static void
test_ap_exchange(void **state)
{
    struct bytes body = JOIN(BYTES(0x01, 0x00), text("AP-REQ"));
    struct token token = parsed(framed(IAKERB_OID, body));

    (void)state;
    assert_int_equal(token.kind, TOKEN_AP_IAKERB);
    assert_bytes(&token.body, body);

    token = parsed(framed(KRB5_OID, body));
    assert_int_equal(token.kind, TOKEN_AP_KRB5);
    assert_bytes(&token.body, body);

    /* Under Kerberos's OID no token id makes a token that is passed on. */
    token = parsed(framed(KRB5_OID, BYTES(0x05, 0x01)));
    assert_int_equal(token.kind, TOKEN_AP_KRB5);
}

static void
test_foreign(void **state)
{
    static const char ntlmssp[] = "\x2B\x06\x01\x04\x01\x82\x37\x02\x02\x0A";

    (void)state;
    assert_int_equal(parsed(framed(ntlmssp, text("NTLMSSP"))).kind,
                     TOKEN_FOREIGN);
    assert_int_equal(parsed(framed("", text(""))).kind, TOKEN_FOREIGN);
    /* Neither a beginning of the OID nor one that goes on after it. */
    assert_int_equal(parsed(framed("\x2B\x06\x01\x05\x02", text(""))).kind,
                     TOKEN_FOREIGN);
    assert_int_equal(parsed(framed("\x2B\x06\x01\x05\x02\x05\x01",
                                   text(""))).kind, TOKEN_FOREIGN);
}

static void
test_unframed(void **state)
{
    (void)state;
    assert_int_equal(parsed(text("")).kind, TOKEN_UNFRAMED);
    assert_int_equal(parsed(text("NTLMSSP")).kind, TOKEN_UNFRAMED);
    assert_int_equal(parsed(BYTES(0x6F, 0x03, 1, 2, 3)).kind, TOKEN_UNFRAMED);
}

/* Tokens of MIT's that were sent to a KDC and a service. */
static void
test_recorded(void **state)
{
    struct token token = parsed(recorded("token/login-1"));
    struct der contents;

    (void)state;
    assert_int_equal(token.kind, TOKEN_PROXY);
    assert_bytes(&token.realm, text("NAS"));
    assert_int_equal(token_message(&token, &contents), KDC_AS_REQ);
    assert_false(contents.failed);

    assert_int_equal(parsed(recorded("token/login-7")).kind, TOKEN_AP_IAKERB);
    assert_int_equal(parsed(recorded("token/plain-7")).kind, TOKEN_AP_KRB5);
}

/* ---- Framing ---------------------------------------------------------- */

static void
test_truncated(void **state)
{
    (void)state;
    assert_truncations_malformed(proxy("NAS", element(0x6A, text("x"))));
    assert_truncations_malformed(proxy("", text("")));
    assert_truncations_malformed(framed(IAKERB_OID, BYTES(1, 0, 0x6E)));
    assert_truncations_malformed(framed(KRB5_OID, BYTES(1, 0, 0x6E)));
    assert_truncations_malformed(recorded("token/login-1"));
    assert_truncations_malformed(recorded("token/login-7"));
}

/* As before, but with a framing that is right for what is left. */
static void
test_truncated_inside(void **state)
{
    struct bytes inner = JOIN(BYTES(0x05, 0x01),
                              element(0x30, realm_field("NAS")));
    size_t length;

    (void)state;
    assert_malformed(framed(IAKERB_OID, first(inner, 0)), NO_TOKEN_ID);
    assert_malformed(framed(IAKERB_OID, first(inner, 1)), NO_TOKEN_ID);
    for (length = 2; length < inner.length; length++)
        assert_malformed(framed(IAKERB_OID, first(inner, length)),
                         BROKEN_HEADER);
    assert_int_equal(parsed(framed(IAKERB_OID, inner)).kind, TOKEN_PROXY);
}

static void
test_trailing_bytes(void **state)
{
    (void)state;
    assert_malformed(JOIN(proxy("NAS", text("")), BYTES(0)), BROKEN_FRAMING);
    assert_malformed(JOIN(framed(KRB5_OID, text("AP")), BYTES(0)),
                     BROKEN_FRAMING);
    assert_malformed(JOIN(proxy("NAS", text("")), proxy("NAS", text(""))),
                     BROKEN_FRAMING);
}

/* Another length of the whole, in each form of a length. */
static void
test_wrong_lengths(void **state)
{
    struct bytes inner = JOIN(element(0x06, text(IAKERB_OID)),
                              BYTES(0x05, 0x01),
                              element(0x30, realm_field("NAS")));
    uint8_t n = inner.length;
    const struct bytes lengths[] = {
        BYTES(n - 1), BYTES(n + 1), BYTES(0), BYTES(0x7F),
        BYTES(0x80),                            /* indefinite */
        BYTES(0x81, n), BYTES(0x82, 0, n),      /* not the fewest bytes */
        BYTES(0x83, 0, 0, n), BYTES(0x84, 0, 0, 0, n),
        BYTES(0x88, 0, 0, 0, 0, 0, 0, 0, n),
        BYTES(0x83, 0xFF, 0xFF, 0xFF),          /* oversize */
        BYTES(0x84, 0xFF, 0xFF, 0xFF, 0xFF),
        BYTES(0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF),
        BYTES(0xFF)
    };
    size_t i;

    (void)state;
    assert_int_equal(parsed(JOIN(BYTES(0x60, n), inner)).kind, TOKEN_PROXY);
    for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        assert_malformed(JOIN(BYTES(0x60), lengths[i], inner),
                         BROKEN_FRAMING);
}

static void
test_indefinite_length_ended(void **state)
{
    struct bytes inner = JOIN(element(0x06, text(IAKERB_OID)),
                              BYTES(0x05, 0x01),
                              element(0x30, realm_field("NAS")));

    (void)state;
    assert_malformed(JOIN(BYTES(0x60, 0x80), inner, BYTES(0, 0)),
                     BROKEN_FRAMING);
    assert_malformed(framed(IAKERB_OID,
                            JOIN(BYTES(0x05, 0x01, 0x30, 0x80),
                                 realm_field("NAS"), BYTES(0, 0))),
                     BROKEN_HEADER);
    assert_malformed(proxy_with(JOIN(BYTES(0xA1, 0x80),
                                     element(0x0C, text("NAS")), BYTES(0, 0)),
                                text("")), BROKEN_HEADER);
}

static void
test_oid_broken(void **state)
{
    (void)state;
    assert_malformed(element(0x60, text("")), BROKEN_FRAMING);
    assert_malformed(element(0x60, BYTES(0x06)), BROKEN_FRAMING);
    assert_malformed(element(0x60, BYTES(0x06, 0x06, 0x2B)), BROKEN_FRAMING);
    assert_malformed(element(0x60, element(0x04, text(IAKERB_OID))),
                     BROKEN_FRAMING);
}

/* ---- Header ----------------------------------------------------------- */

static void
test_cookie(void **state)
{
    struct bytes cookie = element(0xA2, element(0x04, text("cookie")));
    struct bytes message = element(0x6A, text("x"));
    struct token token;

    (void)state;
    token = parsed(proxy_with(JOIN(realm_field("NAS"), cookie), message));
    assert_bytes(&token.realm, text("NAS"));
    assert_bytes(&token.message, message);

    cookie = element(0xA2, element(0x04, text("")));
    parsed(proxy_with(JOIN(realm_field("NAS"), cookie), message));
}

static void
test_cookie_broken(void **state)
{
    const struct bytes cookies[] = {
        element(0xA2, element(0x0C, text("cookie"))),
        element(0xA2, text("")),
        element(0xA2, JOIN(element(0x04, text("c")), BYTES(0))),
        element(0xA2, BYTES(0x04, 0x02, 0x00)),
        element(0xA2, BYTES(0x24, 0x80, 0x00, 0x00))
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++)
        assert_malformed(proxy_with(JOIN(realm_field("NAS"), cookies[i]),
                                    text("")), BROKEN_HEADER);
}

static void
test_unknown_fields(void **state)
{
    /* Windows: [3] BIT STRING of 32 bits. */
    struct bytes flags = element(0xA3, element(0x03, BYTES(0, 0, 0, 0, 1)));
    struct bytes cookie = element(0xA2, element(0x04, text("cookie")));
    struct bytes message = element(0x6A, text("x"));
    struct token token;

    (void)state;
    token = parsed(proxy_with(JOIN(realm_field("NAS"), flags), message));
    assert_bytes(&token.realm, text("NAS"));
    assert_bytes(&token.message, message);

    token = parsed(proxy_with(JOIN(element(0xA0, text("")), realm_field("NAS"),
                                   cookie, flags, element(0xBE, text("?"))),
                              message));
    assert_bytes(&token.realm, text("NAS"));
    assert_bytes(&token.message, message);
}

static void
test_fields_refused(void **state)
{
    struct bytes realm = realm_field("NAS"), none = text("");
    struct bytes cookie = element(0xA2, element(0x04, text("c")));
    struct bytes flags = element(0xA3, element(0x03, BYTES(0, 0)));
    const struct bytes headers[] = {
        none,                                   /* no realm */
        cookie,
        JOIN(cookie, flags),
        JOIN(realm, realm),                     /* doubled */
        JOIN(realm, cookie, cookie),
        JOIN(realm, flags, flags),
        JOIN(cookie, realm),                    /* out of order */
        JOIN(realm, flags, cookie),
        JOIN(realm, BYTES(0)),                  /* no field */
        JOIN(realm, element(0x04, none)),
        JOIN(realm, element(0x83, none)),       /* primitive */
        JOIN(realm, BYTES(0xBF, 0x1F, 0x00)),   /* tag of two bytes */
        JOIN(realm, BYTES(0xA3, 0x01)),         /* beyond the header */
        JOIN(realm, BYTES(0xA3, 0x81, 0x00)),
        JOIN(realm, BYTES(0xA3, 0x80, 0x00, 0x00))
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        assert_malformed(proxy_with(headers[i], element(0x6A, none)),
                         BROKEN_HEADER);
}

static void
test_realm_broken(void **state)
{
    const struct bytes realms[] = {
        element(0xA1, text("")),
        element(0xA1, element(0x1B, text("NAS"))),      /* GeneralString */
        element(0xA1, JOIN(element(0x0C, text("NAS")), BYTES(0))),
        element(0xA1, JOIN(element(0x0C, text("NAS")),
                           element(0x0C, text("NAS")))),
        element(0xA1, BYTES(0x0C, 0x04, 'N', 'A', 'S')),
        element(0xA1, BYTES(0x0C, 0x81, 0x03, 'N', 'A', 'S')),
        element(0xA1, BYTES(0x2C, 0x80, 0x00, 0x00)),
        element(0x0C, text("NAS"))
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(realms) / sizeof(realms[0]); i++)
        assert_malformed(proxy_with(realms[i], text("")), BROKEN_HEADER);
}

static void
test_header_no_sequence(void **state)
{
    (void)state;
    assert_malformed(framed(IAKERB_OID, JOIN(BYTES(0x05, 0x01),
                                             realm_field("NAS"))),
                     BROKEN_HEADER);
    assert_malformed(framed(IAKERB_OID, BYTES(0x05, 0x01, 0x31, 0x00)),
                     BROKEN_HEADER);
}

/* ---- KDC messages ----------------------------------------------------- */

static enum kdc_message
message_kind(struct bytes message, struct der *contents)
{
    struct token token = {
        .kind = TOKEN_PROXY,
        .message = der_from(message.data, message.length)
    };

    return token_message(&token, contents);
}

static void
test_message(void **state)
{
    struct der contents;

    (void)state;
    assert_int_equal(message_kind(element(0x6B, text("AS")), &contents),
                     KDC_AS_REP);
    assert_bytes(&contents, text("AS"));
    assert_int_equal(message_kind(text(""), &contents), KDC_NONE);
    assert_false(contents.failed);
    /* A message of zeros is a message. */
    assert_int_not_equal(message_kind(BYTES(0, 0), &contents), KDC_NONE);
}

static void
test_message_not_whole(void **state)
{
    struct bytes whole = element(0x6A, text("request"));
    struct der contents;
    size_t length;

    (void)state;
    for (length = 1; length < whole.length; length++) {
        assert_int_equal(message_kind(first(whole, length), &contents),
                         KDC_AS_REQ);
        assert_true(contents.failed);
    }
    assert_int_equal(message_kind(JOIN(whole, BYTES(0)), &contents),
                     KDC_AS_REQ);
    assert_true(contents.failed);
}

/* A KRB-ERROR (RFC 4120, section 5.9.1) of alice, with a number. */
static struct bytes
krb_error(struct bytes number)
{
    struct bytes name, general = element(0x1B, text("alice"));

    name = element(0x30, JOIN(element(0xA0, element(0x02, BYTES(1))),
                              element(0xA1, element(0x30, general))));
    return element(0x7E, element(0x30, JOIN(
        element(0xA0, element(0x02, BYTES(5))),
        element(0xA1, element(0x02, BYTES(30))),
        element(0xA4, element(0x18, text("20260101000000Z"))),
        element(0xA5, element(0x02, BYTES(0))),
        element(0xA6, element(0x02, number)),
        element(0xA7, element(0x1B, text("NAS"))),
        element(0xA8, name),
        element(0xA9, element(0x1B, text("NAS"))),
        element(0xAA, name))));
}

static void
test_refusal(void **state)
{
    const struct {
        struct bytes number;
        krb5_error_code code;
    } cases[] = {
        { BYTES(6), KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN },
        { BYTES(24), KRB5KDC_ERR_PREAUTH_FAILED },
        { BYTES(25), 0 },               /* preauthentication is required */
        { BYTES(91), 0 },               /* more of it is */
        { BYTES(86), KRB5KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE },
        { BYTES(127), ERROR_TABLE_BASE_krb5 + 127 },
        { BYTES(0), KRB5KRB_ERR_GENERIC },      /* of no meaning */
        { BYTES(0, 128), KRB5KRB_ERR_GENERIC },
        { BYTES(0x7F, 0xFF, 0xFF, 0xFF), KRB5KRB_ERR_GENERIC },
        { BYTES(0, 0xFF, 0xFF, 0xFF, 0xFF), KRB5KRB_ERR_GENERIC },
        { BYTES(0xFF), 0 }              /* -1: krb5 cannot read it */
    };
    krb5_principal client;
    krb5_context context;
    struct bytes bytes;
    struct der message;
    size_t i;

    (void)state;
    assert_int_equal(krb5_init_context(&context), 0);
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bytes = krb_error(cases[i].number);
        message = der_from(bytes.data, bytes.length);
        assert_int_equal(token_refusal(context, &message, &client, NULL),
                         cases[i].code);
        assert_int_equal(client != NULL, cases[i].code != 0);
        krb5_free_principal(context, client);
        assert_int_equal(token_refusal(context, &message, NULL, NULL),
                         cases[i].code);
    }
    krb5_free_context(context);
}

static void
test_refusal_broken(void **state)
{
    struct bytes whole = krb_error(BYTES(6)), bytes;
    krb5_principal client;
    krb5_context context;
    struct der message;
    size_t length;

    (void)state;
    assert_int_equal(krb5_init_context(&context), 0);
    for (length = 0; length < whole.length; length++) {
        bytes = first(whole, length);
        message = der_from(bytes.data, bytes.length);
        assert_int_equal(token_refusal(context, &message, &client, NULL), 0);
        assert_null(client);
    }
    krb5_free_context(context);
}

/* ---- Encrypted timestamps --------------------------------------------- */

/* A KDC-REQ (RFC 4120, section 5.4.1) with this in place of its padata. */
static struct bytes
request(uint8_t tag, struct bytes padata)
{
    return element(tag, element(0x30, JOIN(
        element(0xA1, element(0x02, BYTES(5))),
        element(0xA2, element(0x02, BYTES(10))),
        padata,
        element(0xA4, element(0x30, text("body"))))));
}

static struct bytes
pa_data(struct bytes type)
{
    return element(0x30, JOIN(element(0xA1, element(0x02, type)),
                              element(0xA2, element(0x04, text("value")))));
}

static struct bytes
padata(struct bytes entries)
{
    return element(0xA3, element(0x30, entries));
}

static bool
has_timestamp(struct bytes bytes)
{
    struct der message = der_from(bytes.data, bytes.length);

    return token_has_timestamp(&message);
}

static void
test_timestamp(void **state)
{
    struct bytes timestamp = pa_data(BYTES(2)), spake, others;
    struct token token = parsed(recorded("token/login-1"));

    (void)state;
    spake = pa_data(BYTES(0, 151));
    others = JOIN(spake, pa_data(BYTES(0, 149)), pa_data(BYTES(1, 2)),
                  pa_data(BYTES(2, 0)), pa_data(BYTES(0xFE)),
                  pa_data(BYTES(0)));
    assert_true(has_timestamp(request(0x6A, padata(timestamp))));
    assert_true(has_timestamp(request(0x6A, padata(JOIN(others, timestamp)))));
    assert_true(has_timestamp(request(0x6A, padata(JOIN(timestamp, spake)))));
    assert_true(has_timestamp(request(0x6A, padata(pa_data(BYTES(0, 2))))));
    assert_true(has_timestamp(request(0x6A,
                                      padata(pa_data(BYTES(0, 0, 0, 2))))));

    assert_false(has_timestamp(request(0x6A, text(""))));
    assert_false(has_timestamp(request(0x6A, padata(text("")))));
    assert_false(has_timestamp(request(0x6A, padata(spake))));
    assert_false(has_timestamp(request(0x6A, padata(others))));
    /* A TGS-REQ, nothing, and MIT's own first AS-REQ. */
    assert_false(has_timestamp(request(0x6C, padata(timestamp))));
    assert_false(has_timestamp(text("")));
    assert_false(token_has_timestamp(&token.message));
}

/* What cannot be read to its end may have one. */
static void
test_timestamp_broken(void **state)
{
    struct bytes whole = request(0x6A, padata(pa_data(BYTES(0, 151))));
    struct bytes type = element(0xA1, element(0x02, BYTES(3)));
    const struct bytes broken[] = {
        JOIN(whole, BYTES(0)),
        element(0x6A, text("")),
        element(0x6A, element(0x31, text(""))),
        request(0x6A, element(0xA3, text(""))),
        request(0x6A, element(0xA3, element(0x31, text("")))),
        request(0x6A, padata(BYTES(0x30))),
        request(0x6A, padata(element(0x30, text("")))),
        request(0x6A, padata(element(0x30, element(0xA2, text(""))))),
        request(0x6A, padata(element(0x30, element(0xA1, text(""))))),
        request(0x6A, padata(pa_data(text("")))),
        request(0x6A, padata(JOIN(element(0x30, type), BYTES(0x30, 1)))),
        element(0x6A, element(0x30, padata(pa_data(BYTES(3)))))
    };
    size_t i;

    (void)state;
    assert_false(has_timestamp(whole));
    for (i = 1; i < whole.length; i++)
        assert_true(has_timestamp(first(whole, i)));
    for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        assert_true(has_timestamp(broken[i]));
}

/* ---- Making ----------------------------------------------------------- */

static const size_t sizes[] = {
    0, 1, 100, 126, 127, 128, 129, 254, 255, 256, 257, 65534, 65535, 65536,
    100000
};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void
assert_made(const gss_buffer_desc *made, struct bytes expected)
{
    assert_int_equal(made->length, expected.length);
    assert_memory_equal(made->value, expected.data, expected.length);
}

static void
test_make_proxy(void **state)
{
    struct bytes realm, message;
    struct der der_realm, der_message;
    gss_buffer_desc made;
    size_t i, j;
    OM_uint32 tmp;

    (void)state;
    for (i = 0; i < SIZES; i++) {
        for (j = 0; j < SIZES; j++) {
            realm = filled('R', sizes[i]);
            message = filled('m', sizes[j]);
            der_realm = der_from(realm.data, realm.length);
            der_message = der_from(message.data, message.length);
            assert_int_equal(token_make_proxy(&der_realm, &der_message, &made,
                                              NULL), IAKERB_DONE);
            assert_made(&made, proxy_with(
                element(0xA1, element(0x0C, realm)), message));
            gss_release_buffer(&tmp, &made);
            bytes_free_all(NULL);
        }
    }
}

/* And that each length parses again. */
static void
test_make_proxy_round_trip(void **state)
{
    struct bytes realm, message;
    struct der der_realm, der_message;
    gss_buffer_desc made;
    struct token token;
    size_t total;
    OM_uint32 tmp;

    (void)state;
    for (total = 0; total < 600; total++) {
        realm = filled('R', total / 3);
        message = filled('m', total - total / 3);
        der_realm = der_from(realm.data, realm.length);
        der_message = der_from(message.data, message.length);
        assert_int_equal(token_make_proxy(&der_realm, &der_message, &made,
                                          NULL), IAKERB_DONE);
        assert_int_equal(token_parse(&made, &token, NULL), IAKERB_DONE);
        assert_int_equal(token.kind, TOKEN_PROXY);
        assert_bytes(&token.realm, realm);
        assert_bytes(&token.message, message);
        gss_release_buffer(&tmp, &made);
    }
}

static void
test_make_ap(void **state)
{
    struct bytes body;
    struct der der;
    gss_buffer_desc made;
    size_t i;
    OM_uint32 tmp;

    (void)state;
    for (i = 0; i < SIZES; i++) {
        body = filled('b', sizes[i]);
        der = der_from(body.data, body.length);
        assert_int_equal(token_make_ap(TOKEN_AP_IAKERB, &der, &made, NULL),
                         IAKERB_DONE);
        assert_made(&made, framed(IAKERB_OID, body));
        gss_release_buffer(&tmp, &made);
        assert_int_equal(token_make_ap(TOKEN_AP_KRB5, &der, &made, NULL),
                         IAKERB_DONE);
        assert_made(&made, framed(KRB5_OID, body));
        gss_release_buffer(&tmp, &made);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_proxy, bytes_free_all),
        cmocka_unit_test_teardown(test_proxy_discovery, bytes_free_all),
        cmocka_unit_test_teardown(test_proxy_empty_realm_with_message,
                                  bytes_free_all),
        cmocka_unit_test_teardown(test_proxy_realm_without_message,
                                  bytes_free_all),
        cmocka_unit_test_teardown(test_ap_exchange, bytes_free_all),
        cmocka_unit_test_teardown(test_foreign, bytes_free_all),
        cmocka_unit_test_teardown(test_unframed, bytes_free_all),
        cmocka_unit_test_teardown(test_recorded, bytes_free_all),
        cmocka_unit_test_teardown(test_truncated, bytes_free_all),
        cmocka_unit_test_teardown(test_truncated_inside, bytes_free_all),
        cmocka_unit_test_teardown(test_trailing_bytes, bytes_free_all),
        cmocka_unit_test_teardown(test_wrong_lengths, bytes_free_all),
        cmocka_unit_test_teardown(test_indefinite_length_ended,
                                  bytes_free_all),
        cmocka_unit_test_teardown(test_oid_broken, bytes_free_all),
        cmocka_unit_test_teardown(test_cookie, bytes_free_all),
        cmocka_unit_test_teardown(test_cookie_broken, bytes_free_all),
        cmocka_unit_test_teardown(test_unknown_fields, bytes_free_all),
        cmocka_unit_test_teardown(test_fields_refused, bytes_free_all),
        cmocka_unit_test_teardown(test_realm_broken, bytes_free_all),
        cmocka_unit_test_teardown(test_header_no_sequence, bytes_free_all),
        cmocka_unit_test_teardown(test_message, bytes_free_all),
        cmocka_unit_test_teardown(test_message_not_whole, bytes_free_all),
        cmocka_unit_test_teardown(test_refusal, bytes_free_all),
        cmocka_unit_test_teardown(test_refusal_broken, bytes_free_all),
        cmocka_unit_test_teardown(test_timestamp, bytes_free_all),
        cmocka_unit_test_teardown(test_timestamp_broken, bytes_free_all),
        cmocka_unit_test_teardown(test_make_proxy, bytes_free_all),
        cmocka_unit_test_teardown(test_make_proxy_round_trip, bytes_free_all),
        cmocka_unit_test_teardown(test_make_ap, bytes_free_all)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
