/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read out of /proc/PID/status. */

#include "unit.h"

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include "process.h"
#include "status.h"

#define MAX 4

static const char kernels[] =
    "Name:\tcat\nUmask:\t0022\nState:\tR (running)\nTgid:\t4711\nNgid:\t0\n"
    "Pid:\t4712\nPPid:\t1\nTracerPid:\t0\nUid:\t1000\t0\t0\t0\n"
    "Gid:\t1001\t0\t0\t0\nFDSize:\t64\nGroups:\t4 24 4294967294 \n"
    "NStgid:\t4711\nVmPeak:\t    5608 kB\n";

/* In a block of just its size. */
static bool
groups_in(const char *status, gid_t groups[MAX], int *count)
{
    char *copy = strdup(status);
    gid_t *room = malloc(MAX * sizeof(*room));
    bool found;

    assert_non_null(copy);
    assert_non_null(room);
    *count = 4711;
    found = status_groups(copy, room, MAX, count);
    assert_in_range(*count, 0, MAX);
    memcpy(groups, room, *count * sizeof(*room));
    free(room);
    free(copy);
    return found;
}

static void
test_groups(void **state)
{
    static const struct {
        const char *status;
        int count;
        gid_t groups[MAX];
    } good[] = {
        { kernels, 3, { 4, 24, 4294967294 } },
        { "Name:\tx\nGroups:\t \nNStgid:\t1\n", 0, { 0 } },
        { "Name:\tx\nGroups:\t\n", 0, { 0 } },
        { "Name:\tx\nGroups:\n", 0, { 0 } },
        { "Name:\tx\nGroups:\t0 \n", 1, { 0 } },
        { "Name:\tx\nGroups:\t1 2 3 4 \n", 4, { 1, 2, 3, 4 } },
        /* More than there is room for: as none. */
        { "Name:\tx\nGroups:\t1 2 3 4 5 \n", 0, { 0 } },
        /* A name cannot be a line: the kernel writes "\n" for its end. */
        { "Name:\ta\\nGroups:\\t0 \nGroups:\t7 \n", 1, { 7 } },
        { "Name:\tGroups:\t0\nGroups:\t7 \n", 1, { 7 } },
        /* Nothing that is not the kernel's. */
        { "Name:\tx\nGroups:\t1 x \n", 0, { 0 } },
        { "Name:\tx\nGroups:\t-1 \n", 0, { 0 } },
        { "Name:\tx\nGroups:\t+1 \n", 0, { 0 } },
        { "Name:\tx\nGroups:\t1,2 \n", 0, { 0 } },
        { "Name:\tx\nGroups:\t4294967295 \n", 0, { 0 } },
        { "Name:\tx\nGroups:\t4294967296 \n", 0, { 0 } },
        { "Name:\tx\nGroups:\t99999999999999999999999 \n", 0, { 0 } },
        { "Name:\tx\nGroups:\t1 \v\n2 \n", 0, { 0 } },
        { "Name:\tx\nGroups:\t1", 0, { 0 } },
        { "Name:\tx\nGroups:\t1 ", 0, { 0 } },
        { "Name:\tx\nGroups:", 0, { 0 } }
    };
    gid_t groups[MAX];
    size_t i;
    int count;

    (void)state;
    for (i = 0; i < COUNT(good); i++) {
        assert_true(groups_in(good[i].status, groups, &count));
        if (count != good[i].count)
            fail_msg("%s: %d groups", good[i].status, count);
        assert_memory_equal(groups, good[i].groups, count * sizeof(*groups));
    }
    assert_false(groups_in("", groups, &count));
    assert_int_equal(count, 0);
    assert_false(groups_in("Groups:\t1 \n", groups, &count));
    assert_false(groups_in("Name:\tx\nGroup:\t1 \n", groups, &count));
    assert_false(groups_in("Name:\tx\n Groups:\t1 \n", groups, &count));
}

/* Half a line is none, and half a number is no number. */
static void
test_prefixes(void **state)
{
    size_t line = strstr(kernels, "\nGroups:") + 8 - kernels;
    size_t end = strchr(kernels + line, '\n') + 1 - kernels, cut;
    gid_t groups[MAX];
    char *text;
    int count;

    (void)state;
    for (cut = 0; cut < sizeof(kernels); cut++) {
        text = strndup(kernels, cut);
        assert_non_null(text);
        assert_int_equal(groups_in(text, groups, &count), cut >= line);
        assert_int_equal(count, cut >= end ? 3 : 0);
        free(text);
    }
}

static void
test_number(void **state)
{
    unsigned long number = 42;

    (void)state;
    assert_true(status_number(kernels, "\nTgid:\t", &number));
    assert_int_equal(number, 4711);
    /* The real one is the first. */
    assert_true(status_number(kernels, "\nUid:\t", &number));
    assert_int_equal(number, 1000);
    assert_true(status_number(kernels, "\nGid:\t", &number));
    assert_int_equal(number, 1001);
    assert_false(status_number(kernels, "\nName:\t", &number));
    assert_false(status_number("", "\nUid:\t", &number));
    assert_int_equal(number, 1001);
}

/* ---- This process ----------------------------------------------------- */

static void
test_own(void **state)
{
    struct reason reason = reason_dirty();
    gid_t groups[PROCESS_GROUPS];
    int count = getgroups(PROCESS_GROUPS, groups);
    struct process process;

    (void)state;
    assert_in_range(count, 0, PROCESS_GROUPS);
    assert_true(process_open(getpid(), getuid(), &process, &reason));
    assert_int_equal(process.pid, getpid());
    assert_int_equal(process.gid, getgid());
    assert_int_equal(process.namespaces, 0);
    assert_int_equal(process.group_count, count);
    assert_memory_equal(process.groups, groups, count * sizeof(*groups));
    process_close(&process);
    assert_int_equal(process.pidfd, -1);
    assert_int_equal(process.gid, GID_UNKNOWN);
    assert_int_equal(process.group_count, 0);
}

/* As many groups as there may be, and one more. */
static void
test_many(void **state)
{
    struct reason reason = reason_dirty();
    gid_t groups[PROCESS_GROUPS + 1];
    struct process process;
    int i, more;

    (void)state;
    for (i = 0; i <= PROCESS_GROUPS; i++)
        groups[i] = 4000000000 + i;
    for (more = 0; more < 2; more++) {
        /* Root may, where a user namespace does not forbid it. */
        if (setgroups(PROCESS_GROUPS + more, groups) != 0) {
            print_message("# groups cannot be set here\n");
            return;
        }
        assert_true(process_open(getpid(), getuid(), &process, &reason));
        assert_int_equal(process.group_count, more ? 0 : PROCESS_GROUPS);
        assert_memory_equal(process.groups, groups,
                            process.group_count * sizeof(*groups));
        process_close(&process);
    }
}

static void
test_none(void **state)
{
    struct reason reason = reason_dirty();
    struct process process;
    char *value = (char *)"";

    (void)state;
    assert_true(process_open(0, 0, &process, &reason));
    assert_int_equal(process.pidfd, -1);
    assert_int_equal(process.gid, GID_UNKNOWN);
    assert_int_equal(process.group_count, 0);
    assert_true(process_variable(&process, "PATH", &value, &reason));
    assert_null(value);
    /* There is no such process: its number is the highest of all, and one. */
    errno = 0;
    assert_false(process_open(0x400000, 0, &process, &reason));
    assert_int_equal(reason.code, ESRCH);
    assert_int_equal(process.pidfd, -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_many)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
