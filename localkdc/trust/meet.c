/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "meet.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/host.h"
#include "store/text.h"

#define CONNECT_SECONDS 10
#define TRIES 3

/* Of one address; so that one stranger cannot fill the place before the door. */
#define OF_ONE_ADDRESS 4

int
meet_listen(int port, int *fd, struct error *error)
{
    struct sockaddr_in6 any = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)
    };
    int on = 1, off = 0;

    *fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd >= 0 &&
            setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
            setsockopt(*fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
                       sizeof(off)) == 0 &&
            bind(*fd, (struct sockaddr *)&any, sizeof(any)) == 0 &&
            listen(*fd, MEET_STRANGERS) == 0)
        return 0;
    error_say(error, "port %d: %s", port, strerror(errno));
    if (*fd >= 0)
        close(*fd);
    return -1;
}

/* ---- Waiting ----------------------------------------------------------- */

struct guest {
    struct channel channel;
    char address[HOST_BYTES];
};

struct door {
    struct guest guests[MEET_STRANGERS];
    int count;
    int wrong;
};

static void
let_in(const struct conf *conf, struct door *door, int listener,
       const unsigned char *key)
{
    struct guest *guest = &door->guests[door->count];
    struct sockaddr_storage from;
    socklen_t length = sizeof(from);
    char number[NI_MAXHOST];
    bool address;
    int same = 0, fd = accept4(listener, (struct sockaddr *)&from, &length,
                     SOCK_CLOEXEC);

    if (fd < 0)
        return;
    if (getnameinfo((struct sockaddr *)&from, length, number, sizeof(number),
                    NULL, 0, NI_NUMERICHOST) != 0 ||
            !host_canonical(number, guest->address, &address))
        strcpy(guest->address, "somewhere");
    for (int i = 0; i < door->count; i++)
        same += strcmp(door->guests[i].address, guest->address) == 0;
    if (same >= OF_ONE_ADDRESS)
        close(fd);
    else if (channel_offer(conf, fd, key, &guest->channel, NULL) == 0)
        door->count++;
}

/* True: he is the one, and *channel has him. */
static bool
hear_guest(struct door *door, int i, meet_came *came, struct channel *channel)
{
    struct guest *guest = &door->guests[i];
    struct error why = { 0 };
    enum channel_state state = channel_opened(&guest->channel, &why);

    came(guest->address, state == CHANNEL_OPEN ? NULL : why.text);
    if (state == CHANNEL_OPEN) {
        *channel = guest->channel;
        guest->channel = (struct channel){ .fd = -1 };
    }
    door->wrong += state == CHANNEL_WRONG_CODE;
    channel_close(&guest->channel);
    *guest = door->guests[--door->count];
    return state == CHANNEL_OPEN;
}

static int
wait_once(const struct conf *conf, struct door *door, int listener,
          int64_t left, const unsigned char *key, meet_came *came,
          struct channel *channel, struct error *error)
{
    struct pollfd fds[MEET_STRANGERS + 1];
    int count = door->count;

    for (int i = 0; i < count; i++)
        fds[i] = (struct pollfd){ door->guests[i].channel.fd, POLLIN, 0 };
    fds[count] = (struct pollfd){
        count < MEET_STRANGERS ? listener : -1, POLLIN, 0
    };
    if (poll(fds, (nfds_t)count + 1, (int)left) < 0)
        return error_code(error, errno, "interrupted");
    /* From the last one, because the last takes the place of who goes. */
    for (int i = count - 1; i >= 0; i--) {
        if (fds[i].revents != 0 && hear_guest(door, i, came, channel))
            return 0;
    }
    if (fds[count].revents != 0)
        let_in(conf, door, listener, key);
    return 0;
}

int
meet_wait(const struct conf *conf, int listener, int seconds,
          const unsigned char key[KEY_BYTES], meet_came *came,
          struct channel *channel, struct error *error)
{
    struct door door = { .count = 0 };
    int64_t end = clock_ms() + 1000 * (int64_t)seconds, left;
    int ret = 0;

    *channel = (struct channel){ .fd = -1 };
    while (ret == 0 && channel->fd < 0) {
        left = end - clock_ms();
        if (door.wrong >= TRIES)
            ret = error_say(error, "three wrong codes came: this one is void");
        else if (left <= 0)
            ret = error_say(error, "nobody came who knows the code");
        else
            ret = wait_once(conf, &door, listener, left, key, came, channel,
                            error);
    }
    for (int i = 0; i < door.count; i++)
        channel_close(&door.guests[i].channel);
    return ret;
}

/* ---- Going ------------------------------------------------------------- */

static int
connect_within(int fd, const struct addrinfo *to)
{
    struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
    socklen_t length = sizeof(errno);
    int code = 0;

    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return -1;
    if (poll(&poll_fd, 1, CONNECT_SECONDS * 1000) != 1)
        code = ETIMEDOUT;
    else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length) != 0)
        code = errno;
    errno = code;
    return code == 0 ? 0 : -1;
}

int
meet_go(const char *host, int port, int *fd, struct error *error)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *all = NULL;
    AUTO_FREE char *service = text("%d", port);
    int code = getaddrinfo(host, service, &hints, &all);

    *fd = -1;
    if (code != 0)
        return error_say(error, "%s: %s", host, gai_strerror(code));
    for (const struct addrinfo *to = all; to != NULL && *fd < 0;
         to = to->ai_next) {
        *fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                     0);
        if (*fd >= 0 && connect_within(*fd, to) != 0) {
            code = errno;
            close(*fd);
            *fd = -1;
        }
    }
    freeaddrinfo(all);
    return *fd >= 0 ? 0 : error_say(error, "%s, port %d: %s; there, "
                                    "'localkdc trust offer' has to wait",
                                    host, port, strerror(code));
}
