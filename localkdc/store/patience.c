/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "patience.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#include "common/clock.h"

#define MILLISECOND 1000000

/* No call of Linux waits for a lock and takes a deadline. */
int
patience_lock(int fd)
{
    const struct timespec pause = { .tv_nsec = 10 * MILLISECOND };
    const int64_t deadline = clock_ms() + PATIENCE_SECONDS * 1000;
    struct flock lock = { .l_type = F_WRLCK };

    while (fcntl(fd, F_SETLK, &lock) != 0) {
        if (errno != EACCES && errno != EAGAIN)
            return errno;
        if (clock_ms() >= deadline)
            return ETIMEDOUT;
        nanosleep(&pause, NULL);
    }
    return 0;
}

/* Not ignored, and no SA_RESTART: the signal is there to interrupt. */
static void
on_alarm(int signal)
{
    (void)signal;
}

/* Where one call after another waits, each fails after a second more. */
void
patience_begin(void)
{
    const struct sigaction action = { .sa_handler = on_alarm };
    const struct itimerval when = {
        .it_value.tv_sec = PATIENCE_SECONDS, .it_interval.tv_sec = 1
    };

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &when, NULL);
}

void
patience_end(void)
{
    const struct itimerval never = { 0 };

    setitimer(ITIMER_REAL, &never, NULL);
}
