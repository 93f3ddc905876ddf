/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include "common/spnego.h"
#include "common/writer.h"

static void
assert_written(struct writer *w, struct bytes expected)
{
    void *data;
    size_t length;

    assert_true(writer_take(w, &data, &length));
    assert_int_equal(length, expected.length);
    assert_memory_equal(data, expected.data, length);
    free(data);
}

static void
test_from_the_end(void **state)
{
    struct bytes large = filled('x', 70000);
    struct writer w;
    size_t mark;

    (void)state;
    writer_start(&w, large.length);
    put_bytes(&w, large.data, large.length);
    put_tag(&w, DER_OCTET_STRING, 0);
    mark = w.used;
    put_oid(&w, &oid_iakerb);
    put_tag(&w, DER_SEQUENCE, mark);
    put_framing(&w, &oid_spnego);
    assert_written(&w, framed("\x2B\x06\x01\x05\x05\x02", JOIN(
        element(0x30, element(0x06, text(IAKERB_OID))),
        element(0x04, large))));

    writer_start(&w, 0);
    assert_written(&w, text(""));
}

/* What does not fit fails, and stays so; the bytes of before are left alone. */
static void
test_no_room(void **state)
{
    struct bytes fits = filled('x', 10 + WRITER_FRAMING_BYTES);
    /* So that the compiler does not see it coming. */
    volatile size_t most = SIZE_MAX;
    struct writer w;
    void *data = &w;
    size_t length = 1;

    (void)state;
    writer_start(&w, 10);
    put_bytes(&w, fits.data, fits.length);
    assert_false(w.failed);
    put_bytes(&w, "", 0);
    assert_false(w.failed);
    put_byte(&w, 1);
    assert_true(w.failed);
    assert_int_equal(w.used, w.size);
    put_bytes(&w, "", 0);
    put_tag(&w, DER_SEQUENCE, 0);
    put_framing(&w, &oid_krb5);
    assert_true(w.failed);
    assert_false(writer_take(&w, &data, &length));
    assert_null(data);
    assert_int_equal(length, 0);

    /* In the middle of a tag. */
    writer_start(&w, 10);
    put_bytes(&w, fits.data, fits.length - 1);
    put_tag(&w, DER_OCTET_STRING, 0);
    assert_false(writer_take(&w, &data, &length));

    /* No size wraps around. */
    writer_start(&w, 10);
    put_bytes(&w, fits.data, 1);
    put_bytes(&w, fits.data, most);
    assert_false(writer_take(&w, &data, &length));
    writer_start(&w, most - 5);
    put_byte(&w, 1);
    assert_false(writer_take(&w, &data, &length));
}

/* ---- SPNEGO ----------------------------------------------------------- */

static void
test_spnego(void **state)
{
    struct bytes token = text("token");
    struct der in = der_from(token.data, token.length);
    struct bytes first = framed("\x2B\x06\x01\x05\x05\x02", element(
        0xA0, element(0x30, JOIN(
            element(0xA0, element(0x30, element(0x06, text(KRB5_OID)))),
            element(0xA2, element(0x04, token))))));
    struct bytes later = element(0xA1, element(0x30, element(
        0xA2, element(0x04, token))));
    size_t length;
    void *made;

    (void)state;
    assert_true(spnego_make(true, &oid_krb5, &in, &made, &length));
    assert_int_equal(length, first.length);
    assert_memory_equal(made, first.data, length);
    free(made);
    assert_true(spnego_make(false, &oid_krb5, &in, &made, &length));
    assert_int_equal(length, later.length);
    assert_memory_equal(made, later.data, length);
    free(made);
}

static void
test_spnego_answer(void **state)
{
    struct bytes bytes = element(0xA1, element(0x30, JOIN(
        element(0xA0, element(0x0A, BYTES(2))),
        element(0xA1, element(0x06, text(IAKERB_OID))),
        element(0xA2, element(0x04, text("token"))))));
    struct der in = der_from(bytes.data, bytes.length);
    struct spnego_answer answer;
    size_t i;

    (void)state;
    assert_true(spnego_parse_answer(&in, &answer));
    assert_int_equal(answer.state, SPNEGO_REJECT);
    assert_true(oid_is(&answer.mechanism, &oid_iakerb));
    assert_true(der_equal(&answer.token, "token", 5));
    for (i = 0; i < bytes.length; i++) {
        in = der_from(bytes.data, i);
        assert_false(spnego_parse_answer(&in, &answer));
    }
    bytes = element(0xA1, element(0x30, text("")));
    in = der_from(bytes.data, bytes.length);
    assert_true(spnego_parse_answer(&in, &answer));
    assert_int_equal(answer.state, SPNEGO_NOT_SAID);
    assert_int_equal(answer.token.length, 0);
    assert_int_equal(answer.mechanism.length, 0);
}

static void
test_names(void **state)
{
    struct bytes bytes = text("\x2A\x86\x48\x82\xF7\x12\x01\x02\x02");
    struct der oid = der_from(bytes.data, bytes.length);

    (void)state;
    assert_string_equal(oid_name(&oid), "Kerberos");
    assert_true(oid_is(&oid, &oid_ms_krb5));
    oid.length--;
    assert_string_equal(oid_name(&oid), "another mechanism");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_from_the_end, bytes_free_all),
        cmocka_unit_test_teardown(test_no_room, bytes_free_all),
        cmocka_unit_test_teardown(test_spnego, bytes_free_all),
        cmocka_unit_test_teardown(test_spnego_answer, bytes_free_all),
        cmocka_unit_test_teardown(test_names, bytes_free_all)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
