/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc trust: the command; trust/ does the work. */

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <unistd.h>

#include <jansson.h>

#include "commands.h"
#include "common/host.h"
#include "options.h"
#include "outcome.h"
#include "store/hold.h"
#include "store/names.h"
#include "trust/agree.h"
#include "trust/keep.h"
#include "trust/meet.h"

#define DEFAULT_FOR "8h"
#define CODE_DIGITS 9

/* ---- Words ------------------------------------------------------------- */

/* "8h", "90m", "30d", in seconds. */
static int
read_duration(const char *word, long *seconds, struct error *error)
{
    static const struct { char unit; long size; } units[] = {
        { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }
    };
    char *end;
    long number = strtol(word, &end, 10);

    *seconds = 0;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (end[0] == units[i].unit && end[1] == '\0' &&
                isdigit((unsigned char)word[0]) && number > 0 &&
                number <= TERMS_LONGEST / units[i].size)
            *seconds = number * units[i].size;
    }
    return *seconds > 0 ? 0 : error_say(error, "--for %s: write a number and "
                                        "one of s, m, h and d, such as 8h, of "
                                        "at most 366d", word);
}

static void
show_time(time_t when, char out[32])
{
    struct tm tm;

    if (localtime_r(&when, &tm) == NULL ||
            strftime(out, 32, "%Y-%m-%d %H:%M:%S %Z", &tm) == 0)
        snprintf(out, 32, "%lld", (long long)when);
}

static void
show_map(const json_t *map)
{
    const char *name;
    json_t *local;

    if (json_object_size(map) == 0)
        printf("  Nobody has a user of that machine's by it yet.\n");
    json_object_foreach((json_t *)map, name, local)
        printf("  %s is %s there.\n", name, json_string_value(local));
}

static void
show(const struct terms *terms)
{
    char until[32];

    show_time(terms->until, until);
    printf("%s lets users of %s in, until %s.\n", terms->by, terms->of,
           until);
    show_map(terms->map);
}

/* ---- The owner --------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void
interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* What is under way is taken back. */
static void
catch_interrupts(void)
{
    struct sigaction action = { .sa_handler = interrupt };

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* A line of what is typed, as long as the other side, if there is one, stays:
 * a byte at a time, so that nothing waits in a buffer where poll() does not
 * see it. */
static int
read_answer(int other, char *line, size_t size, struct error *error)
{
    struct pollfd fds[2] = {
        { STDIN_FILENO, POLLIN, 0 }, { other, 0, 0 }
    };
    size_t length = 0;

    fflush(stdout);
    while (length < size - 1) {
        if (interrupted || poll(fds, 2, 1000 * CHANNEL_OWNER_SECONDS) <= 0)
            return error_say(error, "nobody has answered");
        if (fds[1].revents != 0)
            return error_say(error, "the other side's owner said no, or the "
                             "connection is lost");
        if (read(STDIN_FILENO, line + length, 1) != 1)
            break;
        if (line[length] == '\n')
            break;
        length++;
    }
    line[length] = '\0';
    return 0;
}

static int
ask_owner(const struct terms *terms, const char *host, const char *check,
          int fd, struct error *error)
{
    char line[64];

    putchar('\n');
    show(terms);
    if (host != NULL)
        printf("  The host %s is %s.\n", host, terms->by);
    printf("\nCheck value: %s\n"
           "The other screen must show the same. Type yes to agree: ", check);
    if (read_answer(fd, line, sizeof(line), error) != 0)
        return -1;
    if (strcasecmp(line, "yes") != 0)
        return error_say(error, "you did not say yes");
    printf("Waiting for the other owner.\n");
    fflush(stdout);
    return 0;
}

/* ---- offer ------------------------------------------------------------- */

/* Nine digits, which can be told by telephone: one in 3 * 10^8 is guessed. */
static int
make_code(char code[CODE_DIGITS + 1], struct error *error)
{
    unsigned char byte;

    for (int i = 0; i < CODE_DIGITS;) {
        if (getrandom(&byte, 1, 0) != 1)
            return error_say(error, "no random bytes");
        /* All digits are as likely. */
        if (byte < 250)
            code[i++] = (char)('0' + byte % 10);
    }
    code[CODE_DIGITS] = '\0';
    return 0;
}

static void
somebody_came(const char *address, const char *why)
{
    if (why == NULL)
        printf("Somebody at %s knows the code.\n", address);
    else
        printf("Somebody at %s: %s.\n", address, why);
    fflush(stdout);
}

static int
begin_offer(struct conf *conf, const char *code,
            const unsigned char key[KEY_BYTES], struct error *error)
{
    int ret;

    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return -1;
    ret = keep_offer(conf, code, key, error);
    release_realm(conf, error);
    return ret;
}

static void
end_offer(struct conf *conf, struct error *error)
{
    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return;
    keep_offer_end(conf, error);
    release_realm(conf, error);
}

static void
show_code(const char *code, const struct conf *conf, int port)
{
    AUTO_FREE char *small = lower(conf->realm);
    AUTO_FREE char *option = port == MEET_PORT ? text("%s", "")
                                               : text(" --port %d", port);

    printf("The code is %.3s %.3s %.3s, for one use within ten minutes.\n"
           "On the other machine: localkdc trust join%s %s\n", code,
           code + 3, code + 6, option, small);
    fflush(stdout);
}

/* With the code in the database. */
static int
wait_and_agree(struct conf *conf, int listener, const char *code,
               const unsigned char key[KEY_BYTES], int port,
               struct terms *terms, struct error *error)
{
    struct channel channel = { .fd = -1 };
    int ret;

    show_code(code, conf, port);
    ret = meet_wait(conf, listener, KEEP_OFFER_SECONDS, key, somebody_came,
                    &channel, error);
    /* Nobody else. */
    end_offer(conf, error);
    if (ret == 0)
        ret = agree_offer(conf, &channel, terms, ask_owner, error);
    channel_close(&channel);
    return ret;
}

static int
offer(struct conf *conf, int port, struct terms *terms, struct error *error)
{
    unsigned char key[KEY_BYTES];
    char code[CODE_DIGITS + 1];
    int listener, ret = -1;

    if (make_code(code, error) != 0 ||
            getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key) ||
            meet_listen(port, &listener, error) != 0)
        return -1;
    if (begin_offer(conf, code, key, error) == 0) {
        terms->by = text("%s", conf->realm);
        ret = wait_and_agree(conf, listener, code, key, port, terms, error);
    }
    close(listener);
    explicit_bzero(key, sizeof(key));
    explicit_bzero(code, sizeof(code));
    return ret;
}

static int
offer_command(struct conf *conf, int argc, char **argv, struct error *error)
{
    AUTO_LIST struct list maps = { 0 };
    const char *duration = DEFAULT_FOR;
    long port = MEET_PORT, seconds;
    struct terms terms = { .map = json_object() };
    const struct option_spec specs[] = {
        { .name = "for", .word = &duration, .takes = "TIME",
          .help = "how long, such as 90m, 8h (the default) or 30d" },
        { .name = "map", .words = &maps, .takes = "THERE=HERE",
          .help = "a user of the other machine, and who that is here" },
        { .name = "port", .number = &port, .takes = "NUMBER",
          .help = "where to wait" },
        { 0 }
    };
    int ret = command_begin(conf, "trust offer", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        goto out;
    ret = EXIT_USAGE;
    if (read_duration(duration, &seconds, error) != 0)
        goto out;
    for (size_t i = 0; i < maps.count; i++) {
        if (terms_map(&terms, maps.items[i], error) != 0)
            goto out;
    }
    terms.until = time(NULL) + seconds;
    catch_interrupts();
    ret = EXIT_FAILED;
    if (offer(conf, (int)port, &terms, error) == 0) {
        outcome_done("Done: this machine trusts %s.\n", terms.of);
        ret = EXIT_DONE;
    }
out:
    terms_free(&terms);
    return ret;
}

/* ---- join -------------------------------------------------------------- */

static int
read_code(char code[CODE_DIGITS + 1], struct error *error)
{
    char line[64];
    int count = 0;

    printf("The code that the other owner tells: ");
    if (read_answer(-1, line, sizeof(line), error) != 0)
        return -1;
    for (const char *c = line; *c != '\0'; c++) {
        if (isdigit((unsigned char)*c) && count < CODE_DIGITS)
            code[count++] = *c;
        else if (strchr(" -\r", *c) == NULL)
            count = CODE_DIGITS + 1;
        if (count > CODE_DIGITS)
            break;
    }
    explicit_bzero(line, sizeof(line));
    if (count != CODE_DIGITS)
        return error_say(error, "a code has nine digits");
    code[CODE_DIGITS] = '\0';
    return 0;
}

/* Which realm this machine is. */
static int
learn_realm(struct conf *conf, struct error *error)
{
    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return -1;
    release_realm(conf, error);
    return 0;
}

static int
join(struct conf *conf, const char *host, int port, struct terms *terms,
     struct error *error)
{
    struct channel channel = { .fd = -1 };
    char code[CODE_DIGITS + 1];
    int connection, ret = -1;

    if (learn_realm(conf, error) != 0 || read_code(code, error) != 0)
        return -1;
    if (meet_go(host, port, &connection, error) == 0 &&
            channel_join(conf, connection, code, &channel, error) == 0 &&
            channel_opened(&channel, error) == CHANNEL_OPEN)
        ret = agree_join(conf, &channel, host, terms, ask_owner, error);
    channel_close(&channel);
    explicit_bzero(code, sizeof(code));
    return ret;
}

static int
join_command(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *host = NULL;
    long port = MEET_PORT;
    struct terms terms = { 0 };
    char name[HOST_BYTES];
    bool address;
    const struct option_spec specs[] = {
        { .name = "port", .number = &port, .takes = "NUMBER",
          .help = "where the other machine waits" },
        { .word = &host, .takes = "HOST",
          .help = "the machine that offers a trust" },
        { 0 }
    };
    int ret = command_begin(conf, "trust join", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    if (!host_canonical(host, name, &address) ||
            host_check("host", name, error) != 0) {
        error_say(error, "%s: this cannot be the name of a host", host);
        return EXIT_USAGE;
    }
    catch_interrupts();
    ret = EXIT_FAILED;
    if (join(conf, name, (int)port, &terms, error) == 0) {
        outcome_done("Done: %s lets users of this machine in.\n", terms.by);
        ret = EXIT_DONE;
    }
    terms_free(&terms);
    return ret;
}

/* ---- list -------------------------------------------------------------- */

static void
print_trusts(const json_t *list)
{
    size_t i, count = 0;
    json_t *item;

    json_array_foreach(list, i, item) {
        struct terms terms = { 0 };

        if (terms_from_json(item, &terms, NULL) == 0 &&
                terms.until > time(NULL)) {
            show(&terms);
            count++;
        }
        terms_free(&terms);
    }
    if (count == 0)
        printf("There is no trust.\n");
}

static int
list_command(struct conf *conf, int argc, char **argv, struct error *error)
{
    bool json = false;
    json_t *list = NULL;
    const struct option_spec specs[] = {
        { .name = "json", .flag = &json, .help = "for other programs" },
        { 0 }
    };
    int ret = command_begin(conf, "trust list", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return EXIT_FAILED;
    ret = keep_read(conf, &list, error);
    release_realm(conf, error);
    if (ret == 0 && json) {
        json_dumpf(list, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
        putchar('\n');
    } else if (ret == 0) {
        print_trusts(list);
    }
    json_decref(list);
    return ret == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* ---- remove ------------------------------------------------------------ */

/* One direction, whether it is on the list or only in the database. */
static int
remove_one(struct conf *conf, const char *by, const char *of,
           const json_t *list, bool *found, struct error *error)
{
    struct terms terms;
    bool listed = keep_find(list, by, of, &terms), there_was = false;
    int ret;

    if (!listed)
        terms = (struct terms){
            .by = text("%s", by), .of = text("%s", of), .map = json_object()
        };
    /* The key first: whatever happens then, there are no more tickets. */
    ret = keep_drop(conf, &terms, KEEP_ANY_KEY, &there_was, error);
    *found |= listed || there_was;
    if (ret == 0)
        ret = keep_unlist(conf, &terms, error);
    terms_free(&terms);
    return ret;
}

static int
remove_trusts(struct conf *conf, const char *realm, bool *found,
              struct error *error)
{
    json_t *list = NULL;
    int ret;

    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        return -1;
    if (strcmp(realm, conf->realm) == 0)
        ret = error_say(error, "%s is this machine itself", realm);
    else
        ret = keep_read(conf, &list, error);
    if (ret == 0)
        ret = remove_one(conf, conf->realm, realm, list, found, error);
    if (ret == 0)
        ret = remove_one(conf, realm, conf->realm, list, found, error);
    json_decref(list);
    release_realm(conf, error);
    return ret;
}

static int
remove_command(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *realm = NULL;
    bool found = false;
    const struct option_spec specs[] = {
        { .word = &realm, .takes = "REALM",
          .help = "the realm of the other machine" },
        { 0 }
    };
    int ret = command_begin(conf, "trust remove", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    if (realm_check(realm, error) != 0)
        return EXIT_USAGE;
    if (remove_trusts(conf, realm, &found, error) != 0)
        return EXIT_FAILED;
    if (!found) {
        error_say(error, "there is no trust with %s; see 'localkdc trust "
                  "list'", realm);
        return EXIT_FAILED;
    }
    outcome_done("The trust with %s is removed. There are no new tickets by "
                 "it; the map of users has gone with it.\n", realm);
    return EXIT_DONE;
}

/* ---- The command ------------------------------------------------------- */

static const struct command_entry verbs[] = {
    { "offer", offer_command, "let users of another machine in" },
    { "join", join_command, "take such an offer, with its code" },
    { "list", list_command, "list the trusts" },
    { "remove", remove_command, "end a trust" },
    { 0 }
};

int
command_trust(struct conf *conf, int argc, char **argv, struct error *error)
{
    return command_below("trust", verbs, conf, argc, argv, error);
}
