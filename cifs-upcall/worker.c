/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <keyutils.h>

#include "reply.h"

/* ---- The child -------------------------------------------------------- */

static bool
send_all(int fd, const void *data, size_t length)
{
    ssize_t sent;

    for (; length > 0; length -= sent) {
        sent = write(fd, data, length);
        if (sent < 0)
            return false;
        data = (const char *)data + sent;
    }
    return true;
}

/*
 * Only the parent makes the key, after it has looked at what it gets.  The
 * authority is inherited, and to be had again in the helper's session.
 */
static bool
give_up_key(struct reason *reason)
{
    return (keyctl_join_session_keyring(NULL) >= 0 &&
            keyctl_assume_authority(0) == 0) ||
        reason_errno(reason, "cannot give privileges up");
}

static void
child(worker_fn work, const void *task, unsigned int seconds, int fd)
{
    struct payload payload = { 0 };
    struct reason reason = { 0 };
    struct reply reply = { 0 };
    bool sent;

    /* In case that nobody is left to kill it. */
    alarm(seconds + 1);
    reply.done = give_up_key(&reason) && work(task, &payload, &reason);
    reply.code = reason.code;
    memcpy(reply.text, reason.text, sizeof(reply.text));
    reply.session_key_length = payload.session_key.length;
    reply.token_length = payload.token.length;
    sent = send_all(fd, &reply, sizeof(reply)) &&
        send_all(fd, payload.session_key.data, payload.session_key.length) &&
        send_all(fd, payload.token.data, payload.token.length);
    payload_clear(&payload);
    _exit(sent ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* ---- The parent ------------------------------------------------------- */

static int
milliseconds_left(const struct timespec *end)
{
    struct timespec now;
    long long left;

    clock_gettime(CLOCK_MONOTONIC, &now);
    left = (end->tv_sec - now.tv_sec) * 1000LL +
        (end->tv_nsec - now.tv_nsec) / 1000000;
    return left < 0 ? 0 : left;
}

static bool
receive_all(int fd, void *data, size_t length, const struct timespec *end,
            struct reason *reason)
{
    struct pollfd poller = { .fd = fd, .events = POLLIN };
    ssize_t got;

    for (; length > 0; length -= got) {
        if (poll(&poller, 1, milliseconds_left(end)) <= 0)
            return reason_set(reason, ETIMEDOUT, "out of time");
        got = read(fd, data, length);
        if (got <= 0)
            return reason_set(reason, EIO, "the process that works ended "
                              "without a word");
        data = (char *)data + got;
    }
    return true;
}

static bool
receive(int fd, const struct timespec *end, struct payload *payload,
        struct reason *reason)
{
    static const uint8_t zeros[PAYLOAD_MAX];
    struct reply reply;

    return receive_all(fd, &reply, sizeof(reply), end, reason) &&
        reply_check(&reply, reason) &&
        payload_fill(payload, zeros, reply.session_key_length, zeros,
                     reply.token_length, reason) &&
        receive_all(fd, payload->session_key.data, payload->session_key.length,
                    end, reason) &&
        receive_all(fd, payload->token.data, payload->token.length, end,
                    reason);
}

bool
worker_run(worker_fn work, const void *task, unsigned int seconds,
           struct payload *payload, struct reason *reason)
{
    struct timespec end;
    bool done;
    int fds[2];
    pid_t pid;

    *payload = (struct payload){ 0 };
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    if (pipe(fds) != 0)
        return reason_errno(reason, "no pipe");
    pid = fork();
    if (pid == 0) {
        close(fds[0]);
        child(work, task, seconds, fds[1]);
    }
    close(fds[1]);
    done = pid > 0 ? receive(fds[0], &end, payload, reason) :
        reason_errno(reason, "no process");
    close(fds[0]);
    /* It may be where nothing can end it, and is not waited for. */
    if (pid > 0)
        kill(pid, SIGKILL);
    if (!done)
        payload_clear(payload);
    return done;
}
