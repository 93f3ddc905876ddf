/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "frame.h"
#include "login.h"
#include "store/owner.h"
#include "store/text.h"

/* What the child and its parent tell each other: one of these, and the rest. */
enum said {
    SAID_OPEN = 'o', SAID_WRONG_CODE = 'w', SAID_FAILED = 'f',
    SAID_MESSAGE = 'm', SAID_PRF = 'p'
};

/* Above all that a command has open. */
#define CHILD_FD 100

static int
say(int fd, enum said what, const void *data, size_t length)
{
    unsigned char all[1 + FRAME_BYTES];

    if (length > FRAME_BYTES)
        return -1;
    all[0] = (unsigned char)what;
    memcpy(all + 1, data, length);
    return send(fd, all, length + 1, MSG_NOSIGNAL) == (ssize_t)length + 1
        ? 0 : -1;
}

/* ---- The child --------------------------------------------------------- */

struct side {
    int connection;
    int parent;
    const char *code;           /* where this side joins */
    const unsigned char *key;   /* where it offers */
};

static int
from_peer(const struct side *side, struct login *login, struct error *error)
{
    unsigned char data[FRAME_BYTES];
    gss_buffer_desc message = GSS_C_EMPTY_BUFFER;
    size_t length;
    OM_uint32 minor;
    int ret;

    if (frame_read(side->connection, data, &length,
                   clock_ms() + 1000 * CHANNEL_LOGIN_SECONDS, error) != 0 ||
            login_unwrap(login, data, length, &message, error) != 0)
        return -1;
    ret = message.length <= CHANNEL_BYTES
        ? say(side->parent, SAID_MESSAGE, message.value, message.length) : -1;
    gss_release_buffer(&minor, &message);
    return ret;
}

static int
from_parent(const struct side *side, struct login *login, struct error *error)
{
    unsigned char data[FRAME_BYTES], key[CHANNEL_KEY_BYTES];
    gss_buffer_desc sealed = GSS_C_EMPTY_BUFFER;
    ssize_t got = recv(side->parent, data, sizeof(data), 0);
    OM_uint32 minor;
    int ret = -1;

    if (got <= 1)
        return -1;
    if (data[0] == SAID_PRF) {
        ret = login_prf(login, data + 1, (size_t)got - 1, key, sizeof(key),
                        error);
        if (ret == 0)
            ret = say(side->parent, SAID_PRF, key, sizeof(key));
        explicit_bzero(key, sizeof(key));
        return ret;
    }
    if (login_wrap(login, data + 1, (size_t)got - 1, &sealed, error) == 0)
        ret = frame_send(side->connection, sealed.value, sealed.length,
                         clock_ms() + 1000 * CHANNEL_LOGIN_SECONDS, error);
    gss_release_buffer(&minor, &sealed);
    return ret;
}

/* Pass messages on until one of the two has gone. */
static int
pass_on(const struct side *side, struct login *login, struct error *error)
{
    struct pollfd fds[2] = {
        { side->parent, POLLIN, 0 }, { side->connection, POLLIN, 0 }
    };
    int64_t end = clock_ms() + 1000 * CHANNEL_OWNER_SECONDS, left;

    while ((left = end - clock_ms()) > 0) {
        if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
            return -1;
        if (fds[0].revents != 0 && from_parent(side, login, error) != 0)
            return -1;
        if (fds[1].revents != 0 && from_peer(side, login, error) != 0)
            return -1;
    }
    return -1;
}

static void
run_side(const struct conf *conf, const struct side *side)
{
    struct error error = { 0 };
    struct login login = { 0 };
    char realm[256] = "";
    bool wrong = false;
    int ret;

    /* Where the KDC is, and nothing else. */
    setenv("KRB5_CONFIG", conf->kdc_conf, 1);
    setenv("KRB5RCACHENAME", "none:", 1);
    unsetenv("KRB5_TRACE");
    if (owner_for_good(conf, &error) != 0) {
        say(side->parent, SAID_FAILED, error.text, strlen(error.text));
        return;
    }
    ret = side->key != NULL
        ? login_accept(&login, conf->realm, side->connection, side->key,
                       &wrong, &error)
        : login_initiate(&login, side->connection, side->code, realm,
                         sizeof(realm), &wrong, &error);
    if (ret == 0 && say(side->parent, SAID_OPEN, realm, strlen(realm)) == 0)
        pass_on(side, &login, &error);
    if (ret != 0)
        say(side->parent, wrong ? SAID_WRONG_CODE : SAID_FAILED, error.text,
            strlen(error.text));
    login_end(&login);
}

/* ---- The parent -------------------------------------------------------- */

static int
begin(const struct conf *conf, struct side *side, struct channel *channel,
      struct error *error)
{
    int pair[2];

    *channel = (struct channel){ .fd = -1 };
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return error_say(error, "no socket: %s", strerror(errno));
    channel->pid = fork();
    if (channel->pid == 0) {
        /* These two and no others: neither the realm's lock nor what other
         * strangers are connected to. */
        side->parent = fcntl(pair[1], F_DUPFD, CHILD_FD);
        side->connection = fcntl(side->connection, F_DUPFD, CHILD_FD + 1);
        if (side->parent != CHILD_FD || side->connection != CHILD_FD + 1)
            _exit(EXIT_FAILURE);
        close_range(STDERR_FILENO + 1, CHILD_FD - 1, 0);
        close_range(CHILD_FD + 2, ~0U, 0);
        setsid();
        run_side(conf, side);
        _exit(EXIT_SUCCESS);
    }
    close(pair[1]);
    close(side->connection);
    channel->fd = pair[0];
    if (channel->pid > 0)
        return 0;
    channel_close(channel);
    return error_say(error, "no child process: %s", strerror(errno));
}

int
channel_join(const struct conf *conf, int connection, const char *code,
             struct channel *channel, struct error *error)
{
    struct side side = { .connection = connection, .code = code };

    return begin(conf, &side, channel, error);
}

int
channel_offer(const struct conf *conf, int connection,
              const unsigned char key[CHANNEL_KEY_BYTES],
              struct channel *channel, struct error *error)
{
    struct side side = { .connection = connection, .key = key };

    return begin(conf, &side, channel, error);
}

/* What the child says within so many seconds. */
static int
hear(struct channel *channel, unsigned char *data, size_t *length, int seconds,
     struct error *error)
{
    struct pollfd fd = { .fd = channel->fd, .events = POLLIN };
    ssize_t got;
    int ret = poll(&fd, 1, seconds * 1000);

    if (ret < 0)
        return error_code(error, errno, "interrupted");
    if (ret == 0)
        return error_code(error, ETIMEDOUT, "the other side does not answer");
    got = recv(channel->fd, data, FRAME_BYTES, MSG_TRUNC);
    if (got <= 0 || got > FRAME_BYTES)
        return error_code(error, ECONNRESET, "the connection to the other "
                          "side is lost");
    /* What comes after a zero byte would be in the length, and not in the
     * text. */
    if (data[0] == SAID_MESSAGE && memchr(data, '\0', (size_t)got) != NULL)
        return error_say(error, "the other side sent something that was not "
                         "due");
    *length = (size_t)got;
    return 0;
}

enum channel_state
channel_opened(struct channel *channel, struct error *error)
{
    unsigned char data[FRAME_BYTES];
    size_t length;

    if (hear(channel, data, &length, CHANNEL_LOGIN_SECONDS + 10, error) != 0)
        return CHANNEL_FAILED;
    if (data[0] == SAID_OPEN && length <= sizeof(channel->realm)) {
        memcpy(channel->realm, data + 1, length - 1);
        channel->realm[length - 1] = '\0';
        return CHANNEL_OPEN;
    }
    error_say(error, "%.*s", (int)(length - 1), (const char *)data + 1);
    return data[0] == SAID_WRONG_CODE ? CHANNEL_WRONG_CODE : CHANNEL_FAILED;
}

int
channel_send(struct channel *channel, const char *message, struct error *error)
{
    return say(channel->fd, SAID_MESSAGE, message, strlen(message)) == 0
        ? 0 : error_code(error, ECONNRESET, "the connection to the other side "
                         "is lost");
}

int
channel_receive(struct channel *channel, char **message, size_t *length,
                int seconds, struct error *error)
{
    unsigned char data[FRAME_BYTES];
    size_t got;

    *message = channel->early;
    *length = channel->early_length;
    channel->early = NULL;
    if (*message != NULL)
        return 0;
    if (hear(channel, data, &got, seconds, error) != 0)
        return -1;
    if (data[0] != SAID_MESSAGE)
        return error_say(error, "the connection to the other side is lost");
    *length = got - 1;
    *message = text("%.*s", (int)*length, (const char *)data + 1);
    return 0;
}

/* The other side may be one message ahead. */
static bool
keep_early(struct channel *channel, const unsigned char *data, size_t length)
{
    if (channel->early != NULL)
        return false;
    channel->early_length = length - 1;
    channel->early = text("%.*s", (int)length - 1, (const char *)data + 1);
    return true;
}

int
channel_prf(struct channel *channel, const char *label, const char *about,
            unsigned char out[CHANNEL_KEY_BYTES], struct error *error)
{
    AUTO_FREE char *input = text("%s\n%s", label, about);
    unsigned char data[FRAME_BYTES];
    size_t length;

    if (say(channel->fd, SAID_PRF, input, strlen(input)) != 0)
        return error_say(error, "the connection to the other side is lost");
    do {
        if (hear(channel, data, &length, CHANNEL_LOGIN_SECONDS, error) != 0)
            return -1;
    } while (data[0] == SAID_MESSAGE && keep_early(channel, data, length));
    if (data[0] != SAID_PRF || length != CHANNEL_KEY_BYTES + 1)
        return error_say(error, "the other side spoke out of turn");
    memcpy(out, data + 1, CHANNEL_KEY_BYTES);
    explicit_bzero(data, sizeof(data));
    return 0;
}

void
channel_close(struct channel *channel)
{
    if (channel->fd >= 0)
        close(channel->fd);
    if (channel->pid > 0) {
        /* What was sent last is on its way. */
        usleep(50000);
        kill(channel->pid, SIGKILL);
        waitpid(channel->pid, NULL, 0);
    }
    free(channel->early);
    *channel = (struct channel){ .fd = -1 };
}
