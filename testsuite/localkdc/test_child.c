/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Children in another account's hands: whatever they do, the command that
 * waits for one goes on, and says why. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/child.h"
#include "common/clock.h"
#include "store/conf.h"
#include "store/run.h"
#include "store/text.h"
#include "store/users.h"
#include "store/work.h"

#include <cmocka.h>

/* When a test that waits has failed. */
#define HANGS_SECONDS 20

/* ---- The time, which a child's is soon over ---------------------------- */

static int64_t skipped;

int64_t
clock_ms(void)
{
    struct timespec now;
    int64_t time;

    clock_gettime(CLOCK_MONOTONIC, &now);
    time = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + skipped;
    if (skipped == 0)
        skipped = (CHILD_SECONDS - 1) * 1000;
    return time;
}

static int
set_up(void **state)
{
    (void)state;
    skipped = 0;
    alarm(HANGS_SECONDS);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    alarm(0);
    return 0;
}

/* ---- What is said ------------------------------------------------------ */

/* What was said last. */
static struct error said;

static void
assert_said(const char *expected)
{
    if (strstr(said.text, expected) == NULL)
        fail_msg("\"%s\" is not in: %s", expected, said.text);
    error_clear(&said);
}

/* ---- A database whose reader does as the account wants ------------------ */

static void
stop(void)
{
    raise(SIGSTOP);
}

static void
close_and_stay(void)
{
    close_range(0, ~0U, 0);
    for (;;)
        pause();
}

static void
close_and_end(void)
{
    close_range(0, ~0U, 0);
    _exit(EXIT_SUCCESS);
}

static void
die(void)
{
    raise(SIGSEGV);
}

static void (*misbehave)(void);

/* In the place of the library's, the first that the reader calls. */
krb5_error_code KRB5_CALLCONV
krb5_init_context_profile(struct _profile_t *profile, krb5_flags flags,
                          krb5_context *context)
{
    (void)profile;
    (void)flags;
    (void)context;
    signal(SIGSEGV, SIG_DFL);
    misbehave();
    return ENOMEM;
}

static int
nothing(const struct db *db, const void *data, json_t *answer,
        struct error *error)
{
    (void)db;
    (void)data;
    (void)answer;
    (void)error;
    return 0;
}

static void
assert_refused(void (*what)(void), const char *expected)
{
    char database[] = "/nonexistent", kdc_conf[] = "/dev/null";
    struct conf conf = {
        .root = "", .owner = geteuid(), .group = getegid(),
        .database = database, .kdc_conf = kdc_conf
    };
    json_t *answer = NULL;

    misbehave = what;
    assert_int_equal(work(&conf, NULL, NULL, nothing, NULL, &answer, &said),
                     -1);
    assert_said(expected);
    assert_null(answer);
    /* None is left. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void
test_reader_stops(void **state)
{
    (void)state;
    assert_refused(stop, "work on it did not end in 120 seconds");
}

static void
test_reader_stays(void **state)
{
    (void)state;
    assert_refused(close_and_stay, "work on it did not end in 120 seconds");
}

static void
test_reader_says_nothing(void **state)
{
    (void)state;
    assert_refused(close_and_end, "what was read from it makes no sense");
}

static void
test_reader_dies(void **state)
{
    (void)state;
    assert_refused(die, "work on it ended with \"Segmentation fault\"");
}

/* ---- A program --------------------------------------------------------- */

static int
run_script(const char *script, char **output, size_t *length)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    const struct run program = {
        .argv = argv, .uid = geteuid() != 0 ? geteuid() : 61234,
        .gid = geteuid() != 0 ? getegid() : 61234
    };

    return run(&program, output, length, &said);
}

static void
test_program_stops(void **state)
{
    (void)state;
    assert_int_equal(run_script("kill -STOP $$", NULL, NULL), -1);
    assert_said("sh did not end in 120 seconds");
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* What it started is in nobody's way. */
static void
test_program_leaves_others(void **state)
{
    char *output = NULL;
    size_t length = 0;

    (void)state;
    assert_int_equal(run_script("sleep 5 & echo ended", &output, &length), 0);
    assert_string_equal(output, "ended\n");
    assert_int_equal(length, 6);
    free(output);
}

static void
test_program_complains_much(void **state)
{
    (void)state;
    assert_int_equal(run_script("yes | head -c 1000000 >&2; exit 1", NULL,
                                NULL), -1);
    assert_int_equal(strlen(said.text), ERROR_BYTES - 1);
    assert_said("sh failed: y y y");
}

/* ---- Too much of an answer --------------------------------------------- */

static json_t *
answer_of(const char *key, size_t count, json_t *item)
{
    json_t *answer = json_object(), *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append(array, item);
    json_decref(item);
    json_object_set_new(answer, key, array);
    return answer;
}

static void
test_lists(void **state)
{
    json_t *most = answer_of("gone", WORK_ITEMS, json_string("x"));
    json_t *more = answer_of("gone", WORK_ITEMS + 1, json_string("x"));
    struct list list = { 0 };

    (void)state;
    assert_int_equal(answer_get_list(most, "gone", &list, NULL), 0);
    assert_int_equal(list.count, 1);
    assert_int_equal(answer_get_list(more, "gone", &list, &said), -1);
    assert_said("it has 10001 gone, more than 10000");
    assert_int_equal(answer_get_list(more, "new", &list, &said), -1);
    assert_said("it has no list of new");
    list_free(&list);
    json_decref(most);
    json_decref(more);
}

static void
test_users(void **state)
{
    json_t *more = answer_of("users", WORK_ITEMS + 1, json_object());
    struct user *users;
    size_t count;

    (void)state;
    assert_int_equal(users_get(more, &users, &count, &said), -1);
    assert_said("it has 10001 users, more than 10000");
    users_free(users, count);
    json_decref(more);
}

#define TIMED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TIMED(test_reader_stops), TIMED(test_reader_stays),
        TIMED(test_reader_says_nothing), TIMED(test_reader_dies),
        TIMED(test_program_stops), TIMED(test_program_leaves_others),
        TIMED(test_program_complains_much),
        cmocka_unit_test(test_lists), cmocka_unit_test(test_users)
    };

    return cmocka_run_group_tests_name("localkdc's children", tests, NULL,
                                       NULL);
}
