/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

#include <limits.h>

#include "libiakerb/limit.h"

#define TOO_LONG(taken, most) "the login has taken " taken " seconds, too " \
    "many for the limit of " most

/* Limits of a login that began so many seconds ago. */
static struct limits
begun(size_t bytes, unsigned int legs, unsigned int seconds, double ago)
{
    struct iakerb_limits params = { bytes, legs, seconds };
    struct limits limits;

    limits_init(&limits, &params);
    limits_start(&limits);
    limits.start.tv_sec -= (time_t)ago;
    limits.start.tv_nsec -= (long)((ago - (time_t)ago) * 1e9);
    return limits;
}

static void
test_defaults(void **state)
{
    struct limits limits = begun(0, 0, 0, 0);

    (void)state;
    assert_int_equal(limits.max.token_bytes, 65536);
    assert_int_equal(limits.max.legs, 20);
    assert_int_equal(limits.max.seconds, 60);
    assert_int_equal(limits.legs, 0);
}

static void
test_bytes(void **state)
{
    struct limits limits = begun(100, 0, 0, 0);
    struct iakerb_error error;

    (void)state;
    assert_int_equal(limits_token(&limits, 0, &error), IAKERB_DONE);
    assert_int_equal(limits_token(&limits, 100, &error), IAKERB_DONE);
    assert_error(limits_token(&limits, 101, &error), IAKERB_LIMIT, error,
                 "the peer's token has 101 bytes, more than the limit of 100");
    assert_int_equal(limits.legs, 2);
}

static void
test_bytes_default(void **state)
{
    struct limits limits = begun(0, 0, 0, 0);
    struct iakerb_error error;

    (void)state;
    assert_int_equal(limits_token(&limits, 65536, &error), IAKERB_DONE);
    assert_error(limits_token(&limits, 65537, &error), IAKERB_LIMIT, error,
                 "the peer's token has 65537 bytes, more than the limit of "
                 "65536");
    assert_int_equal(limits_token(&limits, SIZE_MAX, NULL), IAKERB_LIMIT);
}

static void
test_bytes_together(void **state)
{
    struct limits limits = begun(100, 0, 0, 0);
    struct iakerb_error error;
    unsigned int leg;

    (void)state;
    for (leg = 1; leg <= 4; leg++)
        assert_int_equal(limits_token(&limits, 100, &error), IAKERB_DONE);
    assert_int_equal(limits_token(&limits, 0, &error), IAKERB_DONE);
    assert_error(limits_token(&limits, 1, &error), IAKERB_LIMIT, error,
                 "the peer has sent more than the limit of 400 bytes");
}

/* More of them, however many. */
static void
test_bytes_added(void **state)
{
    struct limits limits = begun(100, 0, 0, 0);
    struct iakerb_error error;
    unsigned int leg;

    (void)state;
    limits_add(&limits, 2);
    for (leg = 1; leg <= 6; leg++)
        assert_int_equal(limits_token(&limits, 100, &error), IAKERB_DONE);
    assert_error(limits_token(&limits, 1, &error), IAKERB_LIMIT, error,
                 "the peer has sent more than the limit of 600 bytes");
    limits_add(&limits, SIZE_MAX);
    assert_int_equal(limits_token(&limits, 100, &error), IAKERB_DONE);

    limits = begun(SIZE_MAX, 0, 0, 0);
    limits_add(&limits, 2);
    assert_int_equal(limits_token(&limits, SIZE_MAX, &error), IAKERB_DONE);
    assert_int_equal(limits_token(&limits, 1, &error), IAKERB_LIMIT);
}

static void
test_legs(void **state)
{
    struct limits limits = begun(0, 3, 0, 0);
    struct iakerb_error error;
    unsigned int leg;

    (void)state;
    for (leg = 1; leg <= 3; leg++) {
        assert_int_equal(limits_token(&limits, 1, &error), IAKERB_DONE);
        assert_int_equal(limits.legs, leg);
    }
    assert_error(limits_token(&limits, 1, &error), IAKERB_LIMIT, error,
                 "the peer has sent more tokens than the limit of 3");
    assert_int_equal(limits.legs, 3);
}

static void
test_legs_default(void **state)
{
    struct limits limits = begun(0, 0, 0, 0);
    unsigned int leg;

    (void)state;
    for (leg = 1; leg <= 20; leg++)
        assert_int_equal(limits_token(&limits, 1, NULL), IAKERB_DONE);
    assert_int_equal(limits_token(&limits, 1, NULL), IAKERB_LIMIT);
}

static void
test_seconds(void **state)
{
    struct limits limits = begun(0, 0, 10, 9.5);
    struct iakerb_error error;

    (void)state;
    assert_int_equal(limits_token(&limits, 1, &error), IAKERB_DONE);
    limits = begun(0, 0, 10, 10.9);
    assert_error(limits_token(&limits, 1, &error), IAKERB_LIMIT, error,
                 TOO_LONG("11", "10"));
}

static void
test_seconds_default(void **state)
{
    struct limits limits = begun(0, 0, 0, 59);

    (void)state;
    assert_int_equal(limits_token(&limits, 1, NULL), IAKERB_DONE);
    limits = begun(0, 0, 0, 61);
    assert_int_equal(limits_token(&limits, 1, NULL), IAKERB_LIMIT);
}

/* The seconds that a KDC may take must be left. */
static void
test_seconds_left(void **state)
{
    struct limits limits = begun(0, 0, 10, 6.5);
    struct iakerb_error error;

    (void)state;
    assert_int_equal(limits_left(&limits, 0, &error), IAKERB_DONE);
    assert_int_equal(limits_left(&limits, 3, &error), IAKERB_DONE);
    assert_error(limits_left(&limits, 4, &error), IAKERB_LIMIT, error,
                 TOO_LONG("7", "10"));
    assert_int_equal(limits_left(&limits, UINT_MAX, &error), IAKERB_LIMIT);
}

/* A deadline does not go past what a 32-bit clock shows. */
static void
test_seconds_most(void **state)
{
    struct limits limits = begun(0, 0, UINT_MAX, 0);
    struct timespec deadline = limits_deadline(&limits);

    (void)state;
    assert_int_equal(deadline.tv_sec - limits.start.tv_sec, INT_MAX / 2);
    assert_int_equal(limits_token(&limits, 1, NULL), IAKERB_DONE);
}

static void
test_clock_starts_once(void **state)
{
    struct limits limits = begun(0, 0, 10, 11);

    (void)state;
    limits_start(&limits);
    assert_int_equal(limits_token(&limits, 1, NULL), IAKERB_LIMIT);
}

/* Time passes for the peer only while the clock runs. */
static void
test_clock_stopped(void **state)
{
    struct limits limits = begun(0, 0, 10, 9);
    struct timespec now;

    (void)state;
    limits_stop(&limits);
    limits.stopped.tv_sec -= 5;
    limits_start(&limits);
    clock_gettime(CLOCK_MONOTONIC, &now);
    assert_in_range(now.tv_sec - limits.start.tv_sec, 3, 5);
    assert_int_equal(limits_token(&limits, 1, NULL), IAKERB_DONE);

    /* It has run since: stopping is over. */
    limits.start.tv_sec -= 7;
    limits_start(&limits);
    assert_int_equal(limits_token(&limits, 1, NULL), IAKERB_LIMIT);
}

static void
test_deadline(void **state)
{
    struct limits limits = begun(0, 0, 10, 4);
    struct timespec deadline = limits_deadline(&limits);

    (void)state;
    assert_int_equal(deadline.tv_sec - limits.start.tv_sec, 10);
    assert_int_equal(deadline.tv_nsec, limits.start.tv_nsec);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_bytes_default),
        cmocka_unit_test(test_bytes_together),
        cmocka_unit_test(test_bytes_added),
        cmocka_unit_test(test_legs),
        cmocka_unit_test(test_legs_default),
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_seconds_default),
        cmocka_unit_test(test_seconds_left),
        cmocka_unit_test(test_seconds_most),
        cmocka_unit_test(test_clock_starts_once),
        cmocka_unit_test(test_clock_stopped),
        cmocka_unit_test(test_deadline)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
