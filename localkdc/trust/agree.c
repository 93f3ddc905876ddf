/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "agree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "keep.h"
#include "store/hold.h"
#include "store/text.h"

#define NONCE_BYTES (TERMS_NONCE_DIGITS / 2)

/* How long the other machine may take, where no owner is asked. */
#define MACHINE_SECONDS 60

struct agreement {
    struct conf *conf;
    struct channel *channel;
    struct terms *terms;
    const char *host;           /* where this side joins */
    char *transcript;           /* all four messages, as they were sent */
    struct keep_key key;
    bool written;               /* the key is, or may be, in the database */
    bool listed;                /* and the trust on the list */
};

/* ---- Messages ---------------------------------------------------------- */

static void
write_hex(const unsigned char *bytes, size_t length, char *hex)
{
    for (size_t i = 0; i < length; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static int
make_nonce(char hex[TERMS_NONCE_DIGITS + 1], struct error *error)
{
    unsigned char bytes[NONCE_BYTES];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return error_say(error, "no random bytes");
    write_hex(bytes, sizeof(bytes), hex);
    return 0;
}

/*
 * What binds the side that offers to its nonce before it has seen the other
 * one.  Six digits are soon found by trying: with this, neither side can try,
 * because whoever chooses last has chosen already.
 */
static int
commit(struct agreement *self, const char *nonce,
       char hex[TERMS_COMMITMENT_DIGITS + 1], struct error *error)
{
    unsigned char bytes[CHANNEL_KEY_BYTES];

    if (channel_prf(self->channel, "localkdc trust commitment", nonce, bytes,
                    error) != 0)
        return -1;
    write_hex(bytes, sizeof(bytes), hex);
    return 0;
}

static int
send_word(struct agreement *self, const char *word, struct error *error)
{
    AUTO_FREE char *message = terms_write_word(word);

    return channel_send(self->channel, message, error);
}

static int
receive_word(struct agreement *self, const char *word, int seconds,
             struct error *error)
{
    AUTO_FREE char *message = NULL;
    size_t length;

    return channel_receive(self->channel, &message, &length, seconds,
                           error) == 0
        ? terms_read_word(message, length, word, error) : -1;
}

/* ---- What follows from it ---------------------------------------------- */

static int
check_value(struct agreement *self, char check[8], struct error *error)
{
    unsigned char bytes[CHANNEL_KEY_BYTES];
    unsigned long long number = 0;

    if (channel_prf(self->channel, "localkdc trust check", self->transcript,
                    bytes, error) != 0)
        return -1;
    for (size_t i = 0; i < 8; i++)
        number = number << 8 | bytes[i];
    number %= 1000000;
    snprintf(check, 8, "%03llu %03llu", number / 1000, number % 1000);
    return 0;
}

/* Realms, direction and end are in the label, besides all that was said. */
static int
make_key(struct agreement *self, struct error *error)
{
    const struct terms *terms = self->terms;
    unsigned char bytes[CHANNEL_KEY_BYTES];
    int ret = 0;

    for (int i = 0; i <= KEEP_KEYS && ret == 0; i++) {
        AUTO_FREE char *label = text(
            "localkdc trust %s %d\nkrbtgt/%s@%s\n%lld",
            i < KEEP_KEYS ? "key" : "kvno",
            i < KEEP_KEYS ? (int)keep_etypes[i] : 0, terms->by, terms->of,
            (long long)terms->until);

        ret = channel_prf(self->channel, label, self->transcript, bytes,
                          error);
        if (i < KEEP_KEYS)
            memcpy(self->key.bytes[i], bytes, KEY_BYTES);
        else
            /* So that a ticket with the key of an earlier trust is not taken
             * for one with this key. */
            self->key.kvno = 1 + ((bytes[0] << 8 | bytes[1]) & 0x3fff);
    }
    explicit_bzero(bytes, sizeof(bytes));
    self->key.terms = terms;
    return ret;
}

/* ---- Writing it -------------------------------------------------------- */

static int
there_is_one(const struct terms *terms, struct error *error)
{
    return error_say(error, "%s trusts %s already; 'localkdc trust remove "
                     "%s' ends that", terms->by, terms->of,
                     terms->of);
}

/* With the realm held. */
static int
check_list(struct agreement *self, struct error *error)
{
    json_t *list = NULL;
    struct terms found;
    int ret = keep_read(self->conf, &list, error);

    if (ret == 0 && keep_find(list, self->terms->by, self->terms->of,
                              &found)) {
        ret = there_is_one(&found, error);
        terms_free(&found);
    }
    json_decref(list);
    return ret;
}

static int
check_new(struct agreement *self, struct error *error)
{
    int ret;

    if (hold_realm(self->conf, HOLD_EXISTING, error) != 0)
        return -1;
    ret = check_list(self, error);
    release_realm(self->conf, error);
    return ret;
}

/* Another pairing may have come to its end since the owners were asked. */
static int
write_for_now(struct agreement *self, struct error *error)
{
    int ret;

    self->key.until = time(NULL) + AGREE_SECONDS;
    if (self->key.until > self->terms->until)
        self->key.until = self->terms->until;
    if (hold_realm(self->conf, HOLD_EXISTING, error) != 0)
        return -1;
    ret = check_list(self, error);
    if (ret == 0) {
        self->written = true;
        ret = keep_put(self->conf, &self->key, error);
    }
    release_realm(self->conf, error);
    return ret;
}

static int
write_for_good(struct agreement *self, struct error *error)
{
    int ret;

    if (hold_realm(self->conf, HOLD_EXISTING, error) != 0)
        return -1;
    ret = check_list(self, error);
    if (ret == 0) {
        self->listed = true;
        ret = keep_list(self->conf, self->terms, self->host, error);
    }
    if (ret == 0)
        ret = keep_until(self->conf, &self->key, self->terms->until, error);
    release_realm(self->conf, error);
    return ret;
}

/* Whatever of it there is goes; what cannot go now the KDC ends. */
static void
take_back(struct agreement *self)
{
    bool there_was;

    if (!self->written || hold_realm(self->conf, HOLD_EXISTING, NULL) != 0)
        return;
    if (self->listed)
        keep_unlist(self->conf, self->terms, NULL);
    keep_drop(self->conf, self->terms, self->key.kvno, &there_was, NULL);
    release_realm(self->conf, NULL);
}

/* ---- The two sides ----------------------------------------------------- */

/* Until both have said yes. */
static int
owners_agree(struct agreement *self, agree_ask *ask, struct error *error)
{
    char check[8];

    if (check_value(self, check, error) != 0)
        return -1;
    if (ask(self->terms, self->host, check, self->channel->fd, error) != 0) {
        send_word(self, "no", NULL);
        return -1;
    }
    if (send_word(self, "yes", error) != 0 ||
            receive_word(self, "yes", CHANNEL_OWNER_SECONDS, error) != 0)
        return -1;
    return make_key(self, error);
}

static int
offer_writes(struct agreement *self, struct error *error)
{
    if (receive_word(self, "ready", MACHINE_SECONDS, error) != 0 ||
            write_for_now(self, error) != 0 ||
            send_word(self, "done", error) != 0 ||
            receive_word(self, "ack", MACHINE_SECONDS, error) != 0 ||
            write_for_good(self, error) != 0) {
        take_back(self);
        return -1;
    }
    /* From here on this side has it. */
    send_word(self, "bye", NULL);
    return 0;
}

static int
join_writes(struct agreement *self, struct error *error)
{
    if (send_word(self, "ready", error) != 0 ||
            receive_word(self, "done", MACHINE_SECONDS, error) != 0 ||
            write_for_now(self, error) != 0 ||
            send_word(self, "ack", error) != 0 ||
            receive_word(self, "bye", MACHINE_SECONDS, error) != 0 ||
            write_for_good(self, error) != 0) {
        take_back(self);
        return -1;
    }
    return 0;
}

static int
finish(struct agreement *self, int ret, struct error *error)
{
    free(self->transcript);
    explicit_bzero(&self->key, sizeof(self->key));
    if (ret != 0)
        error_say(error, "nothing has changed");
    return ret;
}

/* Receive a message into the transcript; what it was is the caller's. */
static int
receive_said(struct agreement *self, char **said, size_t *length,
             struct error *error)
{
    if (channel_receive(self->channel, said, length, MACHINE_SECONDS,
                        error) != 0)
        return -1;
    text_append(&self->transcript, "%s\n", *said);
    return 0;
}

/* Send a message, and put it into the transcript. */
static int
send_said(struct agreement *self, char *said, struct error *error)
{
    AUTO_FREE char *message = said;

    text_append(&self->transcript, "%s\n", message);
    return channel_send(self->channel, message, error);
}

static int
offer_talks(struct agreement *self, struct error *error)
{
    char nonce[TERMS_NONCE_DIGITS + 1], theirs[TERMS_NONCE_DIGITS + 1];
    char commitment[TERMS_COMMITMENT_DIGITS + 1];
    AUTO_FREE char *join = NULL;
    AUTO_FREE char *answer = NULL;
    size_t length;

    if (make_nonce(nonce, error) != 0 ||
            commit(self, nonce, commitment, error) != 0 ||
            receive_said(self, &join, &length, error) != 0 ||
            terms_read_join(join, length, self->terms, error) != 0 ||
            check_new(self, error) != 0 ||
            send_said(self, terms_write_offer(self->terms, commitment),
                      error) != 0 ||
            receive_said(self, &answer, &length, error) != 0 ||
            terms_read_nonce(answer, length, theirs, error) != 0)
        return -1;
    return send_said(self, terms_write_nonce(nonce), error);
}

int
agree_offer(struct conf *conf, struct channel *channel, struct terms *terms,
            agree_ask *ask, struct error *error)
{
    struct agreement self = {
        .conf = conf, .channel = channel, .terms = terms,
        .transcript = text("%s", "")
    };
    int ret = offer_talks(&self, error);

    if (ret == 0)
        ret = owners_agree(&self, ask, error);
    if (ret == 0)
        ret = offer_writes(&self, error);
    return finish(&self, ret, error);
}

/* It is about the two that talk, and the one whose KDC let this one in. */
static int
check_offered(const struct agreement *self, struct error *error)
{
    if (strcmp(self->terms->of, self->conf->realm) != 0)
        return error_say(error, "the other side offers something about %s, "
                         "which this machine is not", self->terms->of);
    if (strcmp(self->terms->by, self->channel->realm) != 0)
        return error_say(error, "the other side says that it is %s, and is "
                         "%s", self->terms->by, self->channel->realm);
    return 0;
}

/* The other side's nonce is the one that it had before it saw this one's. */
static int
check_nonce(struct agreement *self, const char *theirs,
            const char *commitment, struct error *error)
{
    char made[TERMS_COMMITMENT_DIGITS + 1];

    if (commit(self, theirs, made, error) != 0)
        return -1;
    return strcmp(made, commitment) == 0 ? 0 :
        error_say(error, "the other side has changed its mind in a way that "
                  "only somebody in between has a reason for");
}

static int
join_talks(struct agreement *self, struct error *error)
{
    char nonce[TERMS_NONCE_DIGITS + 1], theirs[TERMS_NONCE_DIGITS + 1];
    char commitment[TERMS_COMMITMENT_DIGITS + 1];
    AUTO_FREE char *offer = NULL;
    AUTO_FREE char *answer = NULL;
    size_t length;

    if (make_nonce(nonce, error) != 0 ||
            send_said(self, terms_write_join(self->conf->realm), error) != 0 ||
            receive_said(self, &offer, &length, error) != 0 ||
            terms_read_offer(offer, length, self->terms, commitment,
                             error) != 0 ||
            check_offered(self, error) != 0 || check_new(self, error) != 0 ||
            send_said(self, terms_write_nonce(nonce), error) != 0 ||
            receive_said(self, &answer, &length, error) != 0 ||
            terms_read_nonce(answer, length, theirs, error) != 0)
        return -1;
    return check_nonce(self, theirs, commitment, error);
}

int
agree_join(struct conf *conf, struct channel *channel, const char *host,
           struct terms *terms, agree_ask *ask, struct error *error)
{
    struct agreement self = {
        .conf = conf, .channel = channel, .terms = terms, .host = host,
        .transcript = text("%s", "")
    };
    int ret;

    *terms = (struct terms){ 0 };
    ret = join_talks(&self, error);
    if (ret == 0)
        ret = owners_agree(&self, ask, error);
    if (ret == 0)
        ret = join_writes(&self, error);
    return finish(&self, ret, error);
}
