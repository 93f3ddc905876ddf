/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What another machine may say when a trust is made. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "trust/terms.h"

#define HEX16 "0123456789abcdef"
#define NONCE HEX16 HEX16
#define COMMITMENT NONCE NONCE

/* What reading this offer says, "" where it is taken. */
static const char *
offered(const char *format, ...)
{
    static char said[ERROR_BYTES];
    struct error error = { 0 };
    struct terms terms;
    char commitment[TERMS_COMMITMENT_DIGITS + 1], message[2048];
    va_list list;

    va_start(list, format);
    vsnprintf(message, sizeof(message), format, list);
    va_end(list);
    if (terms_read_offer(message, strlen(message), &terms, commitment,
                         &error) == 0)
        assert_string_equal(commitment, COMMITMENT);
    else
        assert_true(error_is_set(&error));
    terms_free(&terms);
    snprintf(said, sizeof(said), "%s", error.text);
    return said;
}

#define OFFER "{\"version\":%d,\"type\":\"offer\",\"by\":\"%s\"," \
    "\"of\":\"LAPTOP\",\"until\":%lld,\"time\":%s,\"map\":%s," \
    "\"commitment\":\"%s\"}"

static const char *
offer(const char *by, long long until, const char *when, const char *map,
      const char *commitment)
{
    char now[32];

    snprintf(now, sizeof(now), "%lld", (long long)time(NULL));
    return offered(OFFER, TERMS_VERSION, by, (long long)time(NULL) + until,
                   when != NULL ? when : now, map, commitment);
}

static void
test_offer(void **state)
{
    static const char *const realms[] = {
        "", "LAPTOP", ".COM", "COM.", "A..B", "LOCAL", "10.0.0.5", "nas",
        "NAS\\u000a[x]", "NAS }", "N\\u00c4S"
    };
    static const char *const maps[] = {
        "[]", "\"alice\"", "{\"alice\":1}", "{\"ALICE\":\"bob\"}",
        "{\"@staff\":\"bob\"}", "{\"a b\":\"bob\"}", "{\"*\":\"bob\"}",
        "{\"alice\":\"bob\\u000aroot = *\"}", "{\"\":\"bob\"}",
        "{\"alice\":\"\"}"
    };

    (void)state;
    assert_string_equal(offer("NAS", 60, NULL, "{\"alice\":\"Bob\"}",
                              COMMITMENT), "");
    for (size_t i = 0; i < sizeof(realms) / sizeof(realms[0]); i++)
        assert_string_not_equal(offer(realms[i], 60, NULL, "{}", COMMITMENT),
                                "");
    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
        assert_string_not_equal(offer("NAS", 60, NULL, maps[i], COMMITMENT),
                                "");
    assert_string_not_equal(offer("NAS", 60, NULL, "{}", ""), "");
    assert_string_not_equal(offer("NAS", 60, NULL, "{}", NONCE), "");
    assert_string_not_equal(offer("NAS", 60, NULL, "{}", COMMITMENT "0"), "");
    assert_string_not_equal(offer("NAS", 60, NULL, "{}", NONCE HEX16
                                  "0123456789ABCDEF"), "");
    assert_string_equal(offer("NAS", -TERMS_SKEW - 60, NULL, "{}", COMMITMENT),
                        "the end that the other side offers is none");
    assert_string_equal(offer("NAS", TERMS_LONGEST + TERMS_SKEW + 60, NULL,
                              "{}", COMMITMENT),
                        "the end that the other side offers is none");
}

static void
test_clock(void **state)
{
    static const struct {
        const char *when, *says;
    } cases[] = {
        { "0", "behind" }, { "-1", "behind" },
        { "-9223372036854775808", "behind" }, { "4000000000", "ahead" },
        { "9223372036854775807", "ahead" }
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_non_null(strstr(offer("NAS", 60, cases[i].when, "{}",
                                     COMMITMENT), cases[i].says));
}

static int
read_nonce(const char *message)
{
    char nonce[TERMS_NONCE_DIGITS + 1];

    return terms_read_nonce(message, strlen(message), nonce, NULL);
}

static void
test_nonce(void **state)
{
    char *message = terms_write_nonce(NONCE);
    char nonce[TERMS_NONCE_DIGITS + 1];

    (void)state;
    assert_int_equal(terms_read_nonce(message, strlen(message), nonce, NULL),
                     0);
    assert_string_equal(nonce, NONCE);
    free(message);
    assert_int_equal(read_nonce(""), -1);
    assert_int_equal(read_nonce("{"), -1);
    assert_int_equal(read_nonce("[]"), -1);
    assert_int_equal(read_nonce("{\"version\":2,\"type\":\"nonce\"}"), -1);
    assert_int_equal(read_nonce("{\"version\":2,\"type\":\"nonce\","
                                "\"nonce\":\"" HEX16 "\"}"), -1);
    assert_int_equal(read_nonce("{\"version\":1,\"type\":\"nonce\","
                                "\"nonce\":\"" NONCE "\"}"), -1);
    assert_int_equal(read_nonce("{\"version\":2,\"type\":\"yes\","
                                "\"nonce\":\"" NONCE "\"}"), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offer), cmocka_unit_test(test_clock),
        cmocka_unit_test(test_nonce)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
