/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <termios.h>
#include <unistd.h>

/* The krb5 library catches SIGINT itself. */
static const int signals[] = { SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

#define SIGNALS (sizeof(signals) / sizeof(*signals))

/* The terminal as it was found; a handler is given nothing else. */
static struct termios found;

/* Leave the terminal as it was found, and let the signal do what it does. */
static void
end(int number)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &found);
    signal(number, SIG_DFL);
    raise(number);
}

/* The same, and be at the prompt again when the program is continued. */
static void
stop(int number)
{
    struct sigaction by_default = { .sa_handler = SIG_DFL }, here;
    struct termios asking;
    sigset_t unblock, before;
    int saved = errno;
    bool known = tcgetattr(STDIN_FILENO, &asking) == 0;

    tcsetattr(STDIN_FILENO, TCSANOW, &found);
    sigaction(number, &by_default, &here);
    sigemptyset(&unblock);
    sigaddset(&unblock, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &unblock, &before);
    /* Here it is stopped. */
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(number, &here, NULL);
    if (known)
        tcsetattr(STDIN_FILENO, TCSANOW, &asking);
    errno = saved;
}

/* Have the signals caught that are not ignored; what was done with them goes
 * to before. */
static void
catch(struct sigaction before[SIGNALS])
{
    struct sigaction action = { .sa_flags = SA_RESTART };
    size_t i;

    for (i = 0; i < SIGNALS; i++) {
        action.sa_handler = signals[i] == SIGTSTP ? stop : end;
        sigaction(signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

krb5_error_code KRB5_CALLCONV
terminal_prompter(krb5_context context, void *data, const char *name,
                  const char *banner, int count, krb5_prompt prompts[])
{
    bool terminal = tcgetattr(STDIN_FILENO, &found) == 0;
    struct sigaction before[SIGNALS];
    krb5_error_code ret;
    size_t i;

    if (terminal)
        catch(before);
    ret = krb5_prompter_posix(context, data, name, banner, count, prompts);
    for (i = 0; terminal && i < SIGNALS; i++)
        sigaction(signals[i], &before[i], NULL);
    return ret;
}
