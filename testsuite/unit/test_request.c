/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What a KDC can read, by its own word: the decoder of MIT's KDC, which
 * libkrb5 has too, on requests in which bytes were changed.
 */

#include "unit.h"

#include "libiakerb/request.h"
#include "libiakerb/token.h"

/* Not in krb5.h. */
krb5_error_code decode_krb5_as_req(const krb5_data *data, void **request);
krb5_error_code decode_krb5_tgs_req(const krb5_data *data, void **request);
krb5_error_code encode_krb5_as_req(const void *request, krb5_data **data);
krb5_error_code encode_krb5_tgs_req(const void *request, krb5_data **data);
void krb5_free_kdc_req(krb5_context context, void *request);

static bool
library_reads(const uint8_t *bytes, size_t length)
{
    struct der in = der_from(bytes, length), message;
    struct request request;

    message = der_only(&in, bytes[0]);
    return !message.failed && request_parse(message, &request);
}

/*
 * Whether the KDC reads it; *same: and would have written it so.  It answers
 * nothing where no server is named.
 */
static bool
kdc_reads(const uint8_t *bytes, size_t length, bool *same)
{
    krb5_data data = { .data = (char *)bytes, .length = length }, *again;
    bool tgs = bytes[0] == KDC_TGS_REQ, named;
    void *request;

    *same = false;
    if ((tgs ? decode_krb5_tgs_req : decode_krb5_as_req)(&data, &request) != 0)
        return false;
    named = (tgs ? encode_krb5_tgs_req : encode_krb5_as_req)(request,
                                                             &again) == 0;
    if (named) {
        *same = again->length == length &&
            memcmp(again->data, bytes, length) == 0;
        krb5_free_data(NULL, again);
    }
    krb5_free_kdc_req(NULL, request);
    return true;
}

static unsigned int agreed[2];

/* Nothing passes that the KDC cannot read, and all that is proper does. */
static void
assert_agree(const uint8_t *bytes, size_t length, bool server_named)
{
    bool same, kdc = kdc_reads(bytes, length, &same);
    bool library = library_reads(bytes, length);
    size_t i;

    if ((library && !kdc) || (same && server_named && !library)) {
        print_message("# the library: %d, the KDC: %d\n# ", library, kdc);
        for (i = 0; i < length; i++)
            print_message("%02x", bytes[i]);
        print_message("\n");
        fail();
    }
    agreed[library]++;
}

/* The message of a recorded token. */
static struct bytes
message_of(const char *name)
{
    struct bytes bytes = recorded(name);
    gss_buffer_desc buffer = buffer_of(bytes);
    struct token token;

    assert_int_equal(token_parse(&buffer, &token, NULL), IAKERB_DONE);
    return bytes_of(token.message.data, token.message.length);
}

/* Every byte in turn becomes each of some values. */
static void
change_bytes(struct bytes request)
{
    static const uint8_t values[] = {
        0x00, 0x01, 0x05, 0x0A, 0x18, 0x1B, 0x20, 0x30, 0x31, 0x39, 0x7F, 0x80,
        0x9F, 0xA0, 0xA1, 0xA3, 0xFF
    };
    uint8_t was;
    size_t i, j;

    assert_agree(request.data, request.length, true);
    for (i = 1; i < request.length; i++) {
        was = request.data[i];
        for (j = 0; j < sizeof(values); j++) {
            request.data[i] = values[j];
            assert_agree(request.data, request.length, true);
        }
        for (j = 0; j < 8; j++) {
            request.data[i] = was ^ 1 << j;
            assert_agree(request.data, request.length, true);
        }
        request.data[i] = was;
    }
}

static void
test_recorded(void **state)
{
    static const char *const names[] = {
        "guard/login-1", "guard/login-3", "guard/login-5",
        "guard/other-realm-1"
    };
    size_t i;

    (void)state;
    agreed[0] = agreed[1] = 0;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        change_bytes(message_of(names[i]));
    /* It was about something. */
    assert_true(agreed[0] > 1000);
    assert_true(agreed[1] > 1000);
}

/* ---- Fields that those do not have ------------------------------------ */

static struct bytes
integer(struct bytes contents)
{
    return element(0x02, contents);
}

static struct bytes
principal(void)
{
    return element(0x30, JOIN(
        element(0xA0, integer(BYTES(1))),
        element(0xA1, element(0x30, JOIN(element(0x1B, text("krbtgt")),
                                         element(0x1B, text("NAS")))))));
}

static struct bytes
encrypted(void)
{
    return element(0x30, JOIN(
        element(0xA0, integer(BYTES(18))), element(0xA1, integer(BYTES(2))),
        element(0xA2, element(0x04, text("cipher")))));
}

/* A request with all fields; [number] and later ones are left out, or number
 * is 0. */
static struct bytes
request_with(struct bytes nonce, const char *till, struct bytes rest)
{
    struct bytes body = JOIN(
        element(0xA0, element(0x03, BYTES(0, 0x40, 0, 0, 0))),
        element(0xA1, principal()), element(0xA2, element(0x1B, text("NAS"))),
        element(0xA3, principal()),
        element(0xA4, element(0x18, text("20260101000000Z"))),
        element(0xA5, element(0x18, text(till))),
        element(0xA6, element(0x18, text("20270228235959Z"))),
        element(0xA7, integer(nonce)),
        element(0xA8, element(0x30, JOIN(integer(BYTES(18)),
                                         integer(BYTES(17))))), rest);

    return element(0x6A, element(0x30, JOIN(
        element(0xA1, integer(BYTES(5))), element(0xA2, integer(BYTES(10))),
        element(0xA4, element(0x30, body)))));
}

static void
assert_reads(struct bytes request, bool expected)
{
    bool same;

    assert_int_equal(kdc_reads(request.data, request.length, &same), expected);
    assert_int_equal(library_reads(request.data, request.length), expected);
}

static void
test_all_fields(void **state)
{
    struct bytes ticket = element(0x61, element(0x30, JOIN(
        element(0xA0, integer(BYTES(5))),
        element(0xA1, element(0x1B, text("NAS"))),
        element(0xA2, principal()), element(0xA3, encrypted()))));

    (void)state;
    change_bytes(request_with(BYTES(7), "19700101000000Z", JOIN(
        element(0xA9, element(0x30, element(0x30, JOIN(
            element(0xA0, integer(BYTES(2))),
            element(0xA1, element(0x04, BYTES(10, 0, 0, 1))))))),
        element(0xAA, encrypted()),
        element(0xAB, element(0x30, JOIN(ticket, ticket))))));
}

static void
test_numbers(void **state)
{
    (void)state;
    assert_reads(request_with(BYTES(0), "20260101000000Z", text("")), true);
    assert_reads(request_with(BYTES(0x7F, 0xFF, 0xFF, 0xFF),
                              "20260101000000Z", text("")), true);
    assert_reads(request_with(BYTES(0x80, 0, 0, 0), "20260101000000Z",
                              text("")), true);
    assert_reads(request_with(BYTES(0, 0x80, 0, 0, 0), "20260101000000Z",
                              text("")), false);
    assert_reads(request_with(BYTES(0xFF, 0x80, 0, 0, 0), "20260101000000Z",
                              text("")), true);
    assert_reads(request_with(BYTES(0xFF, 0x7F, 0xFF, 0xFF, 0xFF),
                              "20260101000000Z", text("")), false);
    assert_reads(request_with(BYTES(0, 0, 0, 0, 0, 0, 0, 1),
                              "20260101000000Z", text("")), true);
    assert_reads(request_with(BYTES(0, 0, 0, 0, 0, 0, 0, 0, 1),
                              "20260101000000Z", text("")), false);
    assert_reads(request_with(text(""), "20260101000000Z", text("")), false);
}

/* Nobody looks at the calendar. */
static void
test_times(void **state)
{
    static const char *const times[] = {
        "20260101000000Z", "20371231235959Z", "21051231235959Z",
        "19700101000000Z", "00000000000000Z", "20260231996199Z",
        "99999999999999Z", "19691231235958Z"
    };
    static const char *const wrong[] = {
        "2026010100000Z", "20260101000000z", "2026010100000aZ", "",
        "2026010100000000Z", "20260101000000+0000", "19691231235959Z"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        assert_reads(request_with(BYTES(1), times[i], text("")), true);
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_reads(request_with(BYTES(1), wrong[i], text("")), false);
}

/* An extension of the body is not looked at. */
static void
test_later_fields(void **state)
{
    (void)state;
    assert_reads(request_with(BYTES(1), "20260101000000Z",
                              element(0xAC, text("later"))), true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_recorded, bytes_free_all),
        cmocka_unit_test_teardown(test_all_fields, bytes_free_all),
        cmocka_unit_test_teardown(test_numbers, bytes_free_all),
        cmocka_unit_test_teardown(test_times, bytes_free_all),
        cmocka_unit_test_teardown(test_later_fields, bytes_free_all)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
