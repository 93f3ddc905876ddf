/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * localkdc-accountd [--shadow FILE] ACCOUNT: tells the KDC, which runs as
 * ACCOUNT, about one name at a time whether /etc/shadow lets it be used, and
 * nothing else: yes or no, over varlink, on the socket that systemd hands over.
 *
 * It runs as root, so it does little: it reads one short message, with a
 * deadline, from a process of root or of that account, reads one file, and
 * answers.  It asks no name service, so it cannot hang in one.
 */

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "common/clock.h"
#include "shadow.h"

#define SOCKET_FD 3     /* sd_listen_fds(3) */
#define CALL_MAX 1024
#define CALL_MS 500
#define IDLE_MS 60000
#define SECONDS_A_DAY 86400

#define METHOD "localkdc.Account.Check"

static bool
handed_over(void)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

    return pid != NULL && fds != NULL && strcmp(fds, "1") == 0 &&
        strtol(pid, NULL, 10) == (long)getpid();
}

static bool
may_ask(int fd, uid_t account)
{
    struct ucred peer;
    socklen_t length = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
        length == sizeof(peer) && (peer.uid == 0 || peer.uid == account);
}

/* One message up to its zero byte; 0 where there is none in time. */
static size_t
receive(int fd, char *call)
{
    int64_t deadline = clock_ms() + CALL_MS, left;
    struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
    size_t length = 0;
    ssize_t count;

    while (length < CALL_MAX && (left = deadline - clock_ms()) > 0) {
        if (poll(&poll_fd, 1, (int)left) <= 0)
            continue;
        count = recv(fd, call + length, CALL_MAX - length, MSG_DONTWAIT);
        if (count <= 0)
            return 0;
        length += (size_t)count;
        if (call[length - 1] == '\0')
            return length - 1;
    }
    return 0;
}

/* The name that the call asks about; NULL where it asks anything else. */
static const char *
name_in(json_t *call)
{
    const char *method = json_string_value(json_object_get(call, "method"));
    json_t *name = json_object_get(json_object_get(call, "parameters"),
                                   "userName");
    const char *user = json_string_value(name);

    if (method == NULL || strcmp(method, METHOD) != 0 || user == NULL ||
            user[0] == '\0' || strlen(user) != json_string_length(name) ||
            strpbrk(user, ":\n") != NULL)
        return NULL;
    return user;
}

static const char *
answer_to(const char *user, const char *shadow)
{
    bool allowed;

    if (user == NULL)
        return "{\"error\":\"org.varlink.service.InvalidParameter\"}";
    if (shadow_allows(shadow, user, (long)(time(NULL) / SECONDS_A_DAY),
                      &allowed) != 0) {
        fprintf(stderr, "localkdc-accountd: %s: %m\n", shadow);
        return "{\"error\":\"localkdc.Account.Unreadable\"}";
    }
    return allowed ? "{\"parameters\":{\"allowed\":true}}" :
        "{\"parameters\":{\"allowed\":false}}";
}

static void
serve(int fd, const char *shadow)
{
    char bytes[CALL_MAX];
    size_t length = receive(fd, bytes);
    const char *answer;
    json_t *call;

    if (length == 0)
        return;
    call = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
    answer = answer_to(name_in(call), shadow);
    /* It is short enough for any socket's buffer. */
    if (send(fd, answer, strlen(answer) + 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        fprintf(stderr, "localkdc-accountd: send: %m\n");
    json_decref(call);
}

/* Until nobody has come for a while; the next one starts another. */
static void
serve_all(uid_t account, const char *shadow)
{
    struct pollfd poll_fd = { .fd = SOCKET_FD, .events = POLLIN };
    int fd;

    while (poll(&poll_fd, 1, IDLE_MS) > 0) {
        fd = accept4(SOCKET_FD, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
                poll(NULL, 0, 100);
            continue;
        }
        if (may_ask(fd, account))
            serve(fd, shadow);
        close(fd);
    }
}

int
main(int argc, char **argv)
{
    const char *shadow = "/etc/shadow";
    const struct passwd *account;

    if (argc == 4 && strcmp(argv[1], "--shadow") == 0) {
        shadow = argv[2];
        argv += 2;
        argc -= 2;
    }
    if (argc != 2) {
        fprintf(stderr, "usage: localkdc-accountd [--shadow FILE] ACCOUNT\n");
        return 2;
    }
    account = getpwnam(argv[1]);
    if (account == NULL) {
        fprintf(stderr, "localkdc-accountd: there is no account %s; run "
                "systemd-sysusers\n", argv[1]);
        return 1;
    }
    if (!handed_over()) {
        fprintf(stderr, "localkdc-accountd: this is started by its socket: "
                "systemctl start localkdc-accountd.socket\n");
        return 1;
    }
    serve_all(account->pw_uid, shadow);
    return 0;
}
