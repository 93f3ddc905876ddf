/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "common/clock.h"

/* Wait until something can be done; false when the time is over. */
static bool
ready(int fd, short events, int64_t deadline)
{
    struct pollfd poll_fd = { .fd = fd, .events = events };
    int64_t left;

    while ((left = deadline - clock_ms()) > 0) {
        int got = poll(&poll_fd, 1, left > 60000 ? 60000 : (int)left);

        if (got > 0)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
    }
    return false;
}

static int
fail_late(struct error *error)
{
    return error_code(error, ETIMEDOUT, "the other side does not answer");
}

static int
fail_lost(struct error *error)
{
    return error_code(error, ECONNRESET, "the connection is lost");
}

static int
send_all(int fd, const unsigned char *data, size_t length, int64_t deadline,
         struct error *error)
{
    ssize_t sent;

    while (length > 0) {
        if (!ready(fd, POLLOUT, deadline))
            return fail_late(error);
        sent = send(fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (sent <= 0)
            return fail_lost(error);
        data += sent;
        length -= (size_t)sent;
    }
    return 0;
}

static int
read_all(int fd, unsigned char *data, size_t length, int64_t deadline,
         struct error *error)
{
    ssize_t got;

    while (length > 0) {
        if (!ready(fd, POLLIN, deadline))
            return fail_late(error);
        got = recv(fd, data, length, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return fail_lost(error);
        data += got;
        length -= (size_t)got;
    }
    return 0;
}

int
frame_send(int fd, const void *data, size_t length, int64_t deadline,
           struct error *error)
{
    unsigned char head[4] = {
        0, 0, (unsigned char)(length >> 8), (unsigned char)length
    };

    if (length > FRAME_BYTES)
        return error_say(error, "a message of %zu bytes is too long", length);
    return send_all(fd, head, sizeof(head), deadline, error) == 0
        ? send_all(fd, data, length, deadline, error) : -1;
}

int
frame_read(int fd, unsigned char *data, size_t *length, int64_t deadline,
           struct error *error)
{
    unsigned char head[4];

    if (read_all(fd, head, sizeof(head), deadline, error) != 0)
        return -1;
    *length = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
              (size_t)head[2] << 8 | head[3];
    if (*length == 0 || *length > FRAME_BYTES)
        return error_say(error, "the other side does not speak the protocol "
                         "of 'localkdc trust'");
    return read_all(fd, data, *length, deadline, error);
}
