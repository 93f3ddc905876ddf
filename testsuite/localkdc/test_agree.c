/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How two machines agree on a trust, with another side that does what no real
 * one does.  The channel and what is kept are played here.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "store/hold.h"
#include "store/text.h"
#include "trust/agree.h"
#include "trust/keep.h"

#define MESSAGES 16

static struct {
    char *said[MESSAGES];       /* to the other side */
    int count;
    const char *nonce;          /* that the other side tells */
    const char *committed;      /* and the one that it had bound itself to */
    const char *word;           /* its next word, in place of the due one */
    int read;
    int asked, put, listed, dropped;
    bool offers;                /* the other side does */
} world;

/* ---- The channel ------------------------------------------------------- */

/* The same for the same input, and else another: no more is needed here. */
int
channel_prf(struct channel *channel, const char *label, const char *about,
            unsigned char out[CHANNEL_KEY_BYTES], struct error *error)
{
    uint64_t hash = 14695981039346656037u;

    (void)channel;
    (void)error;
    for (; *label != '\0'; label++)
        hash = (hash ^ (unsigned char)*label) * 1099511628211u;
    for (; *about != '\0'; about++)
        hash = (hash ^ (unsigned char)*about) * 1099511628211u;
    for (int i = 0; i < CHANNEL_KEY_BYTES; i++)
        out[i] = (unsigned char)(hash >> (i % 8 * 8));
    return 0;
}

int
channel_send(struct channel *channel, const char *message,
             struct error *error)
{
    (void)channel;
    (void)error;
    assert_true(world.count < MESSAGES);
    world.said[world.count++] = text("%s", message);
    return 0;
}

static char *
their_offer(void)
{
    unsigned char bytes[CHANNEL_KEY_BYTES];
    char hex[TERMS_COMMITMENT_DIGITS + 1];
    struct terms terms = {
        .by = text("NAS"), .of = text("LAPTOP"), .until = time(NULL) + 60,
        .map = json_object()
    };
    char *message;

    channel_prf(NULL, "localkdc trust commitment", world.committed, bytes,
                NULL);
    for (int i = 0; i < CHANNEL_KEY_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    message = terms_write_offer(&terms, hex);
    terms_free(&terms);
    return message;
}

/* What is due, by what was read before. */
int
channel_receive(struct channel *channel, char **message, size_t *length,
                int seconds, struct error *error)
{
    static const char *const words[2][3] = {
        { "yes", "ready", "ack" }, { "yes", "done", "bye" }
    };
    int due = world.read++;

    (void)channel;
    (void)seconds;
    (void)error;
    if (due == 0)
        *message = world.offers ? their_offer() : terms_write_join("LAPTOP");
    else if (due == 1)
        *message = terms_write_nonce(world.nonce);
    else if (world.word != NULL && due == 3)
        *message = terms_write_word(world.word);
    else
        *message = terms_write_word(words[world.offers][due - 2]);
    *length = strlen(*message);
    return 0;
}

/* ---- What is kept ------------------------------------------------------ */

const krb5_enctype keep_etypes[KEEP_KEYS] = { 20, 18 };

int
hold_realm(struct conf *conf, enum hold need, struct error *error)
{
    (void)conf;
    (void)need;
    (void)error;
    return 0;
}

void
release_realm(struct conf *conf, struct error *error)
{
    (void)conf;
    (void)error;
}

int
keep_read(const struct conf *conf, json_t **list, struct error *error)
{
    (void)conf;
    (void)error;
    *list = json_array();
    return 0;
}

bool
keep_find(const json_t *list, const char *by, const char *of,
          struct terms *terms)
{
    (void)list;
    (void)by;
    (void)of;
    *terms = (struct terms){ 0 };
    return false;
}

int
keep_put(const struct conf *conf, const struct keep_key *key,
         struct error *error)
{
    (void)conf;
    (void)error;
    assert_true(key->until <= time(NULL) + AGREE_SECONDS);
    world.put++;
    return 0;
}

int
keep_until(const struct conf *conf, const struct keep_key *key, time_t until,
           struct error *error)
{
    (void)conf;
    (void)error;
    assert_true(until == key->terms->until);
    return 0;
}

int
keep_list(const struct conf *conf, const struct terms *terms,
          const char *host, struct error *error)
{
    (void)conf;
    (void)terms;
    (void)host;
    (void)error;
    world.listed++;
    return 0;
}

int
keep_unlist(const struct conf *conf, const struct terms *terms,
            struct error *error)
{
    (void)conf;
    (void)terms;
    (void)error;
    world.listed--;
    return 0;
}

int
keep_drop(const struct conf *conf, const struct terms *terms,
          unsigned int kvno, bool *there_was, struct error *error)
{
    (void)conf;
    (void)terms;
    (void)error;
    assert_int_not_equal(kvno, KEEP_ANY_KEY);
    *there_was = true;
    world.dropped++;
    return 0;
}

/* ---- The tests --------------------------------------------------------- */

#define NONCE_A "00000000000000000000000000000001"
#define NONCE_B "00000000000000000000000000000002"

static int
say_yes(const struct terms *terms, const char *host, const char *check,
        int fd, struct error *error)
{
    (void)terms;
    (void)host;
    (void)fd;
    (void)error;
    assert_int_equal(strlen(check), 7);
    world.asked++;
    return 0;
}

static int
meet(bool offers, const char *committed, const char *nonce, const char *word,
     struct error *error)
{
    char realm[] = "LAPTOP", nas[] = "NAS";
    struct conf conf = { .realm = offers ? realm : nas };
    struct channel channel = { .fd = -1, .realm = "NAS" };
    struct terms terms = { 0 };
    int ret;

    while (world.count > 0)
        free(world.said[--world.count]);
    memset(&world, 0, sizeof(world));
    world.offers = offers;
    world.committed = committed;
    world.nonce = nonce;
    world.word = word;
    if (offers) {
        ret = agree_join(&conf, &channel, "nas", &terms, say_yes, error);
    } else {
        terms = (struct terms){
            .by = text("NAS"), .until = time(NULL) + 60, .map = json_object()
        };
        ret = agree_offer(&conf, &channel, &terms, say_yes, error);
    }
    terms_free(&terms);
    return ret;
}

static void
test_agree(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(meet(i == 0, NONCE_A, NONCE_A, NULL, NULL), 0);
        assert_int_equal(world.asked, 1);
        assert_int_equal(world.put, 1);
        assert_int_equal(world.listed, 1);
        assert_int_equal(world.dropped, 0);
    }
}

/* Whoever is in between and chooses the nonce that makes the check value right
 * has bound itself to another one. */
static void
test_other_nonce(void **state)
{
    struct error error = { 0 };

    (void)state;
    assert_int_equal(meet(true, NONCE_A, NONCE_B, NULL, &error), -1);
    assert_non_null(strstr(error.text, "changed its mind"));
    assert_int_equal(world.asked, 0);
    assert_int_equal(world.put, 0);
}

/* The one that offers tells its nonce last, and has bound itself to it first. */
static void
test_order(void **state)
{
    unsigned char bytes[CHANNEL_KEY_BYTES];
    char nonce[TERMS_NONCE_DIGITS + 1], begin[16];

    (void)state;
    assert_int_equal(meet(false, NULL, NONCE_B, NULL, NULL), 0);
    assert_int_equal(terms_read_nonce(world.said[1], strlen(world.said[1]),
                                      nonce, NULL), 0);
    assert_null(strstr(world.said[0], nonce));
    channel_prf(NULL, "localkdc trust commitment", nonce, bytes, NULL);
    snprintf(begin, sizeof(begin), "%02x%02x%02x%02x", bytes[0], bytes[1],
             bytes[2], bytes[3]);
    assert_non_null(strstr(world.said[0], begin));
}

/* What was not written is not taken back. */
static void
test_taken_back(void **state)
{
    (void)state;
    assert_int_equal(meet(false, NULL, NONCE_B, "no", NULL), -1);
    assert_int_equal(world.put, 0);
    assert_int_equal(world.dropped, 0);
    assert_int_equal(world.listed, 0);
    assert_int_equal(meet(true, NONCE_A, NONCE_A, "no", NULL), -1);
    assert_int_equal(world.dropped, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agree), cmocka_unit_test(test_other_nonce),
        cmocka_unit_test(test_order), cmocka_unit_test(test_taken_back)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
