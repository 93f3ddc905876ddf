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

/* A connection, and what came over it and was not looked at yet. */
struct stream {
    int fd;
    int64_t deadline;
    char *bytes;                /* of VARLINK_MAX + 1 */
    size_t length;
    size_t used;                /* the message at the front, and its end */
};

/* Until there is a zero byte; the message is the stream's, up to that. */
static enum varlink_result
receive(struct stream *stream, size_t *length)
{
    char *end = NULL;
    ssize_t count;

    stream->length -= stream->used;
    memmove(stream->bytes, stream->bytes + stream->used, stream->length);
    stream->used = 0;
    while ((end = memchr(stream->bytes, '\0', stream->length)) == NULL) {
        if (stream->length > VARLINK_MAX)
            return VARLINK_BROKEN;
        if (!wait_ready(stream->fd, POLLIN, stream->deadline))
            return VARLINK_LATE;
        count = recv(stream->fd, stream->bytes + stream->length,
                     VARLINK_MAX + 1 - stream->length, 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (count <= 0)
            return VARLINK_BROKEN;
        stream->length += (size_t)count;
    }
    *length = (size_t)(end - stream->bytes);
    stream->used = *length + 1;
    return VARLINK_OK;
}

/* *continues, where it is not NULL, says whether another one is to follow; else
 * there may be none. */
static enum varlink_result
parse(const char *bytes, size_t length, bool *continues,
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
            (more != NULL && !json_is_false(more) &&
             (continues == NULL || !json_is_true(more))))
        goto out;
    if (continues != NULL)
        *continues = json_is_true(more);
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

enum varlink_result
varlink_parse(const char *bytes, size_t length,
              struct varlink_answer *answer)
{
    return parse(bytes, length, NULL, answer);
}

static char *
make_call(const char *method, json_t *parameters, bool more)
{
    json_t *call = json_pack("{s:s, s:O}", "method", method,
                             "parameters", parameters);
    char *bytes = NULL;

    if (call != NULL &&
            (!more || json_object_set_new(call, "more", json_true()) == 0))
        bytes = json_dumps(call, JSON_COMPACT);
    json_decref(call);
    return bytes;
}

/* Connect, and make a call that may have many answers, or one. */
static enum varlink_result
begin(struct stream *stream, const char *path, const char *method,
      json_t *parameters, bool more, int milliseconds)
{
    char *call = make_call(method, parameters, more);
    enum varlink_result result = VARLINK_FAILED;

    *stream = (struct stream){
        .fd = -1, .deadline = clock_ms() + milliseconds,
        .bytes = malloc(VARLINK_MAX + 1)
    };
    if (call == NULL || stream->bytes == NULL)
        goto out;
    stream->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                        0);
    if (stream->fd < 0)
        goto out;
    result = connect_to(stream->fd, path, stream->deadline);
    if (result == VARLINK_OK)
        result = send_all(stream->fd, call, strlen(call) + 1,
                          stream->deadline);
out:
    free(call);
    return result;
}

static void
end(struct stream *stream)
{
    if (stream->fd >= 0)
        close(stream->fd);
    free(stream->bytes);
}

enum varlink_result
varlink_call(const char *path, const char *method, json_t *parameters,
             int milliseconds, struct varlink_answer *answer)
{
    struct stream stream;
    enum varlink_result result;
    size_t length;

    *answer = (struct varlink_answer){ .parameters = NULL };
    result = begin(&stream, path, method, parameters, false, milliseconds);
    if (result == VARLINK_OK)
        result = receive(&stream, &length);
    /* Nothing may follow it, because one call was made. */
    if (result == VARLINK_OK && stream.used < stream.length)
        result = VARLINK_BROKEN;
    if (result == VARLINK_OK)
        result = varlink_parse(stream.bytes, length, answer);
    end(&stream);
    return result;
}

enum varlink_result
varlink_each(const char *path, const char *method, json_t *parameters,
             int milliseconds, bool (*each)(void *data, json_t *parameters),
             void *data, struct varlink_answer *answer)
{
    struct stream stream;
    enum varlink_result result;
    bool more = true;
    size_t length;

    *answer = (struct varlink_answer){ .parameters = NULL };
    result = begin(&stream, path, method, parameters, true, milliseconds);
    while (result == VARLINK_OK && more) {
        varlink_answer_free(answer);
        result = receive(&stream, &length);
        if (result == VARLINK_OK)
            result = parse(stream.bytes, length, &more, answer);
        if (result == VARLINK_OK && !each(data, answer->parameters))
            result = VARLINK_BROKEN;
    }
    end(&stream);
    return result;
}

void
varlink_answer_free(struct varlink_answer *answer)
{
    json_decref(answer->parameters);
    answer->parameters = NULL;
}
