/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "varlink.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"

#define PAUSE_MS 5

/* Until the socket is ready for this; false when the time is over. */
static bool
wait_ready(int fd, short events, int64_t deadline)
{
    struct pollfd poll_fd = { .fd = fd, .events = events };
    int64_t left;
    int count;

    do {
        left = deadline - clock_ms();
        if (left <= 0)
            return false;
        count = poll(&poll_fd, fd >= 0 ? 1 : 0, (int)left);
    } while (count < 0 && errno == EINTR);
    return count > 0;
}

/*
 * A UNIX socket that has as many connections waiting as it takes says so at
 * once and cannot be waited for, so it is asked again.
 */
static enum varlink_result
connect_to(int fd, const char *path, int64_t deadline)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return VARLINK_FAILED;
    }
    strcpy(address.sun_path, path);
    while (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED)
            return VARLINK_ABSENT;
        if (errno != EAGAIN && errno != EINTR)
            return VARLINK_FAILED;
        if (clock_ms() + PAUSE_MS >= deadline)
            return VARLINK_LATE;
        poll(NULL, 0, PAUSE_MS);
    }
    return VARLINK_OK;
}

static enum varlink_result
send_all(int fd, const char *bytes, size_t length, int64_t deadline)
{
    ssize_t sent;

    while (length > 0) {
        sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno == EAGAIN) {
            if (!wait_ready(fd, POLLOUT, deadline))
                return VARLINK_LATE;
        } else if (errno != EINTR) {
            return VARLINK_BROKEN;
        }
    }
    return VARLINK_OK;
}

/* Up to the zero byte; nothing may follow it, because one call was made. */
static enum varlink_result
receive(int fd, char *bytes, size_t *length, int64_t deadline)
{
    ssize_t count;
    char *end;

    *length = 0;
    while (wait_ready(fd, POLLIN, deadline)) {
        count = recv(fd, bytes + *length, VARLINK_MAX + 1 - *length, 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (count <= 0)
            return VARLINK_BROKEN;
        end = memchr(bytes + *length, '\0', (size_t)count);
        *length += (size_t)count;
        if (end != NULL) {
            *length -= 1;
            return end == bytes + *length ? VARLINK_OK : VARLINK_BROKEN;
        }
        if (*length > VARLINK_MAX)
            return VARLINK_BROKEN;
    }
    return VARLINK_LATE;
}

enum varlink_result
varlink_parse(const char *bytes, size_t length,
              struct varlink_answer *answer)
{
    json_t *all, *parameters, *error, *more;
    enum varlink_result result = VARLINK_BROKEN;

    *answer = (struct varlink_answer){ .parameters = NULL };
    if (length > VARLINK_MAX)
        return VARLINK_BROKEN;
    all = json_loadb(bytes, length,
                     JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    if (!json_is_object(all))
        goto out;
    parameters = json_object_get(all, "parameters");
    error = json_object_get(all, "error");
    more = json_object_get(all, "continues");
    /* Null is as good as nothing, as systemd has it. */
    if (json_is_null(parameters))
        parameters = NULL;
    if ((parameters != NULL && !json_is_object(parameters)) ||
            (more != NULL && !json_is_false(more)))
        goto out;
    if (error != NULL && !json_is_null(error)) {
        if (!json_is_string(error) || json_string_length(error) == 0 ||
                json_string_length(error) >= sizeof(answer->error))
            goto out;
        strcpy(answer->error, json_string_value(error));
        result = VARLINK_REFUSED;
    } else if (parameters != NULL) {
        result = VARLINK_OK;
    } else {
        goto out;
    }
    answer->parameters = json_incref(parameters);
out:
    json_decref(all);
    return result;
}

static char *
make_call(const char *method, json_t *parameters)
{
    json_t *call = json_pack("{s:s, s:O}", "method", method,
                             "parameters", parameters);
    char *bytes = call != NULL ? json_dumps(call, JSON_COMPACT) : NULL;

    json_decref(call);
    return bytes;
}

enum varlink_result
varlink_call(const char *path, const char *method, json_t *parameters,
             int milliseconds, struct varlink_answer *answer)
{
    int64_t deadline = clock_ms() + milliseconds;
    char *call = make_call(method, parameters);
    char *bytes = malloc(VARLINK_MAX + 1);
    enum varlink_result result = VARLINK_FAILED;
    size_t length;
    int fd = -1;

    *answer = (struct varlink_answer){ .parameters = NULL };
    if (call == NULL || bytes == NULL)
        goto out;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        goto out;
    result = connect_to(fd, path, deadline);
    if (result == VARLINK_OK)
        result = send_all(fd, call, strlen(call) + 1, deadline);
    if (result == VARLINK_OK)
        result = receive(fd, bytes, &length, deadline);
    if (result == VARLINK_OK)
        result = varlink_parse(bytes, length, answer);
out:
    if (fd >= 0)
        close(fd);
    free(call);
    free(bytes);
    return result;
}

void
varlink_answer_free(struct varlink_answer *answer)
{
    json_decref(answer->parameters);
    answer->parameters = NULL;
}
