/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include "common/der.h"

static struct der
der_of(struct bytes bytes)
{
    return der_from(bytes.data, bytes.length);
}

/* What is left after a failure: nothing, for ever. */
static void
assert_failed(struct der *in)
{
    assert_true(in->failed);
    assert_int_equal(in->length, 0);
    assert_true(der_bytes(in, 0).failed);
    assert_int_equal(der_byte(in), 0);
    assert_true(der_get(in, DER_SEQUENCE).failed);
    assert_true(in->failed);
}

static void
test_bytes(void **state)
{
    struct der in = der_of(BYTES(1, 2, 3)), out;

    (void)state;
    out = der_bytes(&in, 2);
    assert_true(der_equal(&out, "\1\2", 2));
    assert_int_equal(der_byte(&in), 3);
    out = der_bytes(&in, 0);
    assert_false(out.failed);
    assert_true(der_equal(&out, NULL, 0));
    assert_false(in.failed);
    assert_int_equal(der_byte(&in), 0);
    assert_failed(&in);
}

static void
test_bytes_beyond_the_end(void **state)
{
    struct der in = der_of(BYTES(1, 2, 3));

    (void)state;
    assert_true(der_bytes(&in, 4).failed);
    assert_failed(&in);
    in = der_of(BYTES(1, 2, 3));
    assert_true(der_bytes(&in, SIZE_MAX).failed);
    assert_failed(&in);
}

static void
test_lengths(void **state)
{
    static const struct {
        uint8_t bytes[5];
        size_t count;
        size_t length;
    } cases[] = {
        { { 0x00 }, 1, 0 },
        { { 0x7F }, 1, 127 },
        { { 0x81, 0x80 }, 2, 128 },
        { { 0x81, 0xFF }, 2, 255 },
        { { 0x82, 0x01, 0x00 }, 3, 256 },
        { { 0x82, 0xFF, 0xFF }, 3, 65535 },
        { { 0x83, 0x01, 0x00, 0x00 }, 4, 65536 },
        { { 0x83, 0xFF, 0xFF, 0xFF }, 4, 16777215 }
    };
    struct der in;
    size_t i, cut;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        in = der_of(bytes_of(cases[i].bytes, cases[i].count));
        assert_int_equal(der_length(&in), cases[i].length);
        assert_false(in.failed);
        assert_int_equal(in.length, 0);
        for (cut = 0; cut < cases[i].count; cut++) {
            in = der_of(bytes_of(cases[i].bytes, cut));
            der_length(&in);
            assert_failed(&in);
        }
    }
}

static void
test_bad_lengths(void **state)
{
    static const uint8_t cases[][6] = {
        { 0x80 },                               /* indefinite */
        { 0x81, 0x00 },                         /* not the fewest bytes */
        { 0x81, 0x7F },
        { 0x82, 0x00, 0x80 },
        { 0x82, 0x00, 0xFF },
        { 0x83, 0x00, 0xFF, 0xFF },
        { 0x84, 0x01, 0x00, 0x00, 0x00 },       /* above 2^24 - 1 */
        { 0x84, 0x00, 0x00, 0x00, 0x01 },
        { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }  /* reserved */
    };
    struct der in;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        in = der_of(bytes_of(cases[i], sizeof(cases[i])));
        assert_int_equal(der_length(&in), 0);
        assert_failed(&in);
    }
}

static void
test_get(void **state)
{
    struct der in = der_of(JOIN(element(DER_OID, text("oid")),
                                element(DER_OCTET_STRING, text("rest"))));
    struct der out;

    (void)state;
    assert_true(der_is(&in, DER_OID));
    out = der_get(&in, DER_OID);
    assert_true(der_equal(&out, "oid", 3));
    assert_true(der_is(&in, DER_OCTET_STRING));
    out = der_get(&in, DER_OCTET_STRING);
    assert_true(der_equal(&out, "rest", 4));
    assert_int_equal(in.length, 0);
    assert_false(in.failed);
    assert_false(der_is(&in, DER_OID));
}

static void
test_get_another_tag(void **state)
{
    struct der in = der_of(element(DER_OID, text("oid")));

    (void)state;
    assert_true(der_get(&in, DER_SEQUENCE).failed);
    assert_failed(&in);
}

static void
test_get_cut_short(void **state)
{
    struct bytes whole = element(DER_OID, filled('x', 200));
    struct der in;
    size_t length;

    (void)state;
    for (length = 0; length < whole.length; length++) {
        in = der_of(first(whole, length));
        assert_true(der_get(&in, DER_OID).failed);
        assert_failed(&in);
    }
}

static void
test_only(void **state)
{
    struct der in = der_of(element(DER_OID, text("oid"))), out;

    (void)state;
    out = der_only(&in, DER_OID);
    assert_true(der_equal(&out, "oid", 3));
    assert_false(in.failed);

    in = der_of(JOIN(element(DER_OID, text("oid")), BYTES(0)));
    assert_true(der_only(&in, DER_OID).failed);
    assert_failed(&in);
}

static void
test_equal(void **state)
{
    struct der three = der_of(text("NAS")), none = der_from(NULL, 0);
    struct der failed = der_of(text("NAS"));

    (void)state;
    assert_true(der_equal(&three, "NAS", 3));
    assert_false(der_equal(&three, "nas", 3));
    assert_false(der_equal(&three, "NASX", 4));
    assert_false(der_equal(&three, "NA", 2));
    assert_true(der_equal(&none, "", 0));
    der_fail(&failed);
    assert_false(der_equal(&failed, "", 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_bytes, bytes_free_all),
        cmocka_unit_test_teardown(test_bytes_beyond_the_end, bytes_free_all),
        cmocka_unit_test_teardown(test_lengths, bytes_free_all),
        cmocka_unit_test_teardown(test_bad_lengths, bytes_free_all),
        cmocka_unit_test_teardown(test_get, bytes_free_all),
        cmocka_unit_test_teardown(test_get_another_tag, bytes_free_all),
        cmocka_unit_test_teardown(test_get_cut_short, bytes_free_all),
        cmocka_unit_test_teardown(test_only, bytes_free_all),
        cmocka_unit_test_teardown(test_equal, bytes_free_all)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
