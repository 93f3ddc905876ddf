/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "patience.h"

#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

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
