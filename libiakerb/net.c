/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "net.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long an address that does not answer holds up those after it. */
#define ATTEMPT_SECONDS 5

/* Milliseconds that are left, rounded up; not below 0, nor above what poll()
 * takes. */
static int
time_left(const struct timespec *deadline)
{
    struct timespec now;
    long long left;

    clock_gettime(CLOCK_MONOTONIC, &now);
    left = (deadline->tv_sec - now.tv_sec) * 1000LL +
        (deadline->tv_nsec - now.tv_nsec + 999999) / 1000000;
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

static enum iakerb_code
too_late(const char *server, struct iakerb_error *error)
{
    return error_set(error, IAKERB_LIMIT,
                     "server \"%.128s\" did not answer in time", server);
}

/* Wait until the connection can be written to or read from. */
static enum iakerb_code
wait_ready(int fd, short events, const char *server,
           const struct timespec *deadline, struct iakerb_error *error)
{
    struct pollfd wanted = { .fd = fd, .events = events };
    int left, ready;

    do {
        left = time_left(deadline);
        ready = left > 0 ? poll(&wanted, 1, left) : 0;
    } while ((ready < 0 && errno == EINTR) || (ready == 0 && left > 0));
    if (ready < 0)
        return error_set(error, IAKERB_SYSTEM, "cannot wait for server "
                         "\"%.128s\": %s", server, strerror(errno));
    return ready == 0 ? too_late(server, error) : IAKERB_DONE;
}

static enum iakerb_code
unreachable(const char *server, int reason, struct iakerb_error *error)
{
    return error_set(error, IAKERB_UNREACHABLE,
                     "cannot reach server \"%.128s\": %s", server,
                     strerror(reason));
}

/* ---- Connecting ------------------------------------------------------- */

static enum iakerb_code
connect_to(const struct addrinfo *address, const char *server,
           const struct timespec *deadline, int *fd,
           struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    int reason = 0;
    socklen_t length = sizeof(reason);

    *fd = socket(address->ai_family,
                 address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                 address->ai_protocol);
    if (*fd < 0)
        return unreachable(server, errno, error);
    if (connect(*fd, address->ai_addr, address->ai_addrlen) != 0) {
        if (errno != EINPROGRESS)
            reason = errno;
        else
            code = wait_ready(*fd, POLLOUT, server, deadline, error);
        if (code == IAKERB_DONE && reason == 0 &&
                getsockopt(*fd, SOL_SOCKET, SO_ERROR, &reason, &length) != 0)
            reason = errno;
    }
    if (code == IAKERB_DONE && reason != 0)
        code = unreachable(server, reason, error);
    if (code != IAKERB_DONE) {
        close(*fd);
        *fd = -1;
    }
    return code;
}

/* When an attempt is given up: at the deadline, and sooner if there are
 * others to make. */
static struct timespec
attempt_deadline(const struct timespec *deadline, bool is_last)
{
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += ATTEMPT_SECONDS;
    return is_last || end.tv_sec >= deadline->tv_sec ? *deadline : end;
}

/* The resolver knows no brackets around an IPv6 address. */
static void
without_brackets(const char *server, char *name, size_t size)
{
    size_t length = strlen(server);

    if (length > 2 && server[0] == '[' && server[length - 1] == ']')
        snprintf(name, size, "%.*s", (int)(length - 2), server + 1);
    else
        snprintf(name, size, "%s", server);
}

static enum iakerb_code
connect_by_name(const char *server, uint16_t port, bool is_last,
                const struct timespec *deadline, int *fd,
                struct iakerb_error *error)
{
    struct addrinfo hints = {
        .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV
    };
    struct addrinfo *addresses, *address;
    struct timespec end;
    enum iakerb_code code = IAKERB_UNREACHABLE;
    char name[1025], service[8];
    int ret;

    without_brackets(server, name, sizeof(name));
    snprintf(service, sizeof(service), "%u", port);
    ret = getaddrinfo(name, service, &hints, &addresses);
    if (ret == EAI_MEMORY)
        return error_no_memory(error);
    if (ret != 0)
        return error_set(error, IAKERB_UNREACHABLE,
                         "cannot find server \"%.128s\": %s", server,
                         ret == EAI_SYSTEM ? strerror(errno) :
                         gai_strerror(ret));
    for (address = addresses; address != NULL && code != IAKERB_DONE &&
            time_left(deadline) > 0; address = address->ai_next) {
        end = attempt_deadline(deadline, is_last && address->ai_next == NULL);
        code = connect_to(address, server, &end, fd, error);
    }
    freeaddrinfo(addresses);
    return time_left(deadline) == 0 ? too_late(server, error) : code;
}

enum iakerb_code
net_connect(char *const *servers, uint16_t port,
            const struct timespec *deadline, int *fd, const char **server,
            struct iakerb_error *error)
{
    struct iakerb_error last = { .message = "" };
    enum iakerb_code code;

    *fd = -1;
    do {
        *server = *servers++;
        code = connect_by_name(*server, port, *servers == NULL, deadline, fd,
                               &last);
    } while (code != IAKERB_DONE && *servers != NULL &&
             time_left(deadline) > 0);
    if (code != IAKERB_DONE && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    if (code != IAKERB_DONE && error != NULL)
        *error = last;
    return code;
}

/* ---- Sending and receiving -------------------------------------------- */

static enum iakerb_code
lost(const char *server, const char *why, struct iakerb_error *error)
{
    return error_set(error, IAKERB_UNREACHABLE,
                     "the connection to server \"%.128s\" is lost: %s",
                     server, why);
}

enum iakerb_code
net_send(int fd, const char *server, const uint8_t *bytes, size_t length,
         const struct timespec *deadline, struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    ssize_t count;

    while (code == IAKERB_DONE && length > 0) {
        code = wait_ready(fd, POLLOUT, server, deadline, error);
        if (code != IAKERB_DONE)
            break;
        count = send(fd, bytes, length, MSG_NOSIGNAL);
        if (count > 0) {
            bytes += count;
            length -= count;
        } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
            code = lost(server, strerror(errno), error);
        }
    }
    return code;
}

enum iakerb_code
net_receive(int fd, const char *server, uint8_t *bytes, size_t length,
            const struct timespec *deadline, struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    ssize_t count;

    while (code == IAKERB_DONE && length > 0) {
        code = wait_ready(fd, POLLIN, server, deadline, error);
        if (code != IAKERB_DONE)
            break;
        count = recv(fd, bytes, length, 0);
        if (count > 0) {
            bytes += count;
            length -= count;
        } else if (count == 0) {
            code = lost(server, "the server has closed it", error);
        } else if (errno != EAGAIN && errno != EINTR) {
            code = lost(server, strerror(errno), error);
        }
    }
    return code;
}
