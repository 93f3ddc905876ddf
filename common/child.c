/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

/* How long one that has been killed may take to be gone. */
#define KILLED_MS 1000

int64_t
child_deadline(void)
{
    return clock_ms() + CHILD_SECONDS * 1000;
}

static bool
has_ended(int process, int64_t deadline)
{
    struct pollfd ended = { .fd = process, .events = POLLIN };
    int64_t left;
    int ret;

    do {
        left = deadline - clock_ms();
        ret = poll(&ended, 1, left > 0 ? (int)left : 0);
    } while (ret < 0 && errno == EINTR);
    return ret > 0;
}

bool
child_wait(pid_t pid, int64_t deadline, int *status)
{
    int process = pidfd_open(pid, 0);
    bool in_time = process >= 0 && has_ended(process, deadline);

    if (!in_time) {
        kill(pid, SIGKILL);
        if (process >= 0)
            has_ended(process, clock_ms() + KILLED_MS);
    }
    /* A system call that nothing interrupts can keep it even now, and then it
     * is not waited for. */
    waitpid(pid, status, WNOHANG);
    if (process >= 0)
        close(process);
    return in_time;
}
