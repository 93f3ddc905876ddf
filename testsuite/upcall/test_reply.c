/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parent makes of what its child sends, by itself and through the
 * pipe: a child that was taken over may send anything.
 */

#include "unit.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <keyutils.h>

#include "payload.h"
#include "reply.h"
#include "worker.h"

#define TOO_MUCH "the process that works sent too much"
#define NO_WORD "the process that works ended without a word"

static struct reply
reply_of(uint32_t done, int32_t code, uint32_t key, uint32_t token)
{
    struct reply reply = {
        .done = done, .code = code, .session_key_length = key,
        .token_length = token, .text = "a text"
    };

    return reply;
}

/* ---- The check -------------------------------------------------------- */

static void
test_done(void **state)
{
    static const uint32_t values[] = {
        0, 2, 0x100, 0x101, 0x1000000, INT_MAX, 0x80000000, 0x80000001,
        UINT32_MAX
    };
    struct reason reason = reason_dirty();
    struct reply reply = reply_of(1, 0, 16, 1000);
    size_t i;

    (void)state;
    assert_true(reply_check(&reply, &reason));
    assert_reason(&reason, 0, "a text");
    for (i = 0; i < COUNT(values); i++) {
        reply.done = values[i];
        assert_false(reply_check(&reply, &reason));
        assert_reason(&reason, EIO, "a text");
    }
}

static void
test_code(void **state)
{
    static const int32_t none[] = {
        0, -1, -EACCES, EHWPOISON + 1, 512, 4095, INT_MAX, INT_MIN
    };
    struct reason reason;
    struct reply reply;
    size_t i;
    int code;

    (void)state;
    for (code = 1; code <= EHWPOISON; code++) {
        reply = reply_of(0, code, UINT32_MAX, UINT32_MAX);
        assert_false(reply_check(&reply, &reason));
        assert_reason(&reason, code, "a text");
    }
    for (i = 0; i < COUNT(none); i++) {
        reply = reply_of(0, none[i], 0, 0);
        assert_false(reply_check(&reply, &reason));
        assert_reason(&reason, EIO, "a text");
        /* All is well is 0, whatever it says. */
        reply = reply_of(1, none[i], 0, 0);
        assert_true(reply_check(&reply, &reason));
        assert_reason(&reason, 0, "a text");
    }
}

static void
test_lengths(void **state)
{
    static const struct {
        uint32_t length;
        bool good;
    } lengths[] = {
        { 0, true }, { 1, true }, { PAYLOAD_MAX - 1, true },
        { PAYLOAD_MAX, true }, { PAYLOAD_MAX + 1, false },
        { INT_MAX, false }, { 0x80000000, false }, { UINT32_MAX, false }
    };
    struct reason reason;
    struct reply reply;
    size_t key, token;
    bool good;

    (void)state;
    for (key = 0; key < COUNT(lengths); key++) {
        for (token = 0; token < COUNT(lengths); token++) {
            reply = reply_of(1, EACCES, lengths[key].length,
                             lengths[token].length);
            good = lengths[key].good && lengths[token].good;
            reason = reason_dirty();
            assert_int_equal(reply_check(&reply, &reason), good);
            assert_reason(&reason, good ? 0 : EIO,
                          good ? "a text" : TOO_MUCH);
        }
    }
}

static void
test_text(void **state)
{
    struct reason reason;
    struct reply reply;
    uint32_t done;

    (void)state;
    for (done = 0; done < 2; done++) {
        reply = reply_of(done, 0, 0, 0);
        memset(reply.text, 't', sizeof(reply.text));
        reason = reason_dirty();
        reply_check(&reply, &reason);
        assert_int_equal(strnlen(reason.text, sizeof(reason.text)),
                         sizeof(reason.text) - 1);
        reply.text[0] = '\0';
        reply_check(&reply, &reason);
        assert_string_equal(reason.text, "");
    }
}

/* Each byte of a reply with each value. */
static void
test_each_byte(void **state)
{
    struct reason reason;
    struct reply reply;
    size_t place;
    int byte;

    (void)state;
    for (place = 0; place < sizeof(reply); place++) {
        for (byte = 0; byte < 256; byte++) {
            reply = reply_of(1, 0, 16, 1000);
            ((unsigned char *)&reply)[place] = byte;
            reason = reason_dirty();
            if (reply_check(&reply, &reason)) {
                assert_int_equal(reason.code, 0);
                assert_in_range(reply.session_key_length, 0, PAYLOAD_MAX);
                assert_in_range(reply.token_length, 0, PAYLOAD_MAX);
            } else {
                assert_in_range(reason.code, 1, EHWPOISON);
            }
            assert_non_null(memchr(reason.text, '\0', sizeof(reason.text)));
        }
    }
}

/* ---- The pipe --------------------------------------------------------- */

/* No kernel's keys are needed: these are called instead of libkeyutils'. */
key_serial_t
keyctl_join_session_keyring(const char *name)
{
    (void)name;
    return 1;
}

long
keyctl_assume_authority(key_serial_t id)
{
    (void)id;
    return 0;
}

/* What a child writes that was taken over, and then ends or waits. */
struct hostile {
    int fd;
    const void *data;
    size_t length;
    bool waits;
};

static bool
be_hostile(const void *task, struct payload *payload, struct reason *reason)
{
    const struct hostile *self = task;
    const char *at = self->data;
    size_t left = self->length;
    ssize_t sent;

    (void)payload;
    (void)reason;
    for (; left > 0; left -= sent, at += sent) {
        sent = write(self->fd, at, left);
        if (sent <= 0)
            break;
    }
    while (self->waits)
        pause();
    _exit(0);
}

/* The end of the pipe that the next child writes to. */
static int
next_pipe(void)
{
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    close(fds[1]);
    return fds[1];
}

static bool
sent(const void *data, size_t length, bool waits, struct payload *payload,
     struct reason *reason)
{
    struct hostile hostile = { next_pipe(), data, length, waits };

    memset(payload, 0xA5, sizeof(*payload));
    *reason = reason_dirty();
    return worker_run(be_hostile, &hostile, waits ? 1 : 20, payload, reason);
}

static void
assert_no_payload(const struct payload *payload)
{
    assert_null(payload->session_key.data);
    assert_int_equal(payload->session_key.length, 0);
    assert_null(payload->token.data);
    assert_int_equal(payload->token.length, 0);
}

/* A reply with a session key of three bytes and a token of five. */
static size_t
whole(unsigned char *data)
{
    struct reply reply = reply_of(1, 0, 3, 5);

    memcpy(data, &reply, sizeof(reply));
    memcpy(data + sizeof(reply), "keytoken", 8);
    return sizeof(reply) + 8;
}

static void
test_sent(void **state)
{
    unsigned char data[sizeof(struct reply) + 64] = { 0 };
    size_t length = whole(data), extra;
    struct payload payload;
    struct reason reason;

    (void)state;
    for (extra = 0; extra < 2; extra++) {
        assert_true(sent(data, length + extra * 50, false, &payload,
                         &reason));
        assert_reason(&reason, 0, "a text");
        assert_int_equal(payload.session_key.length, 3);
        assert_memory_equal(payload.session_key.data, "key", 3);
        assert_int_equal(payload.token.length, 5);
        assert_memory_equal(payload.token.data, "token", 5);
        payload_clear(&payload);
        assert_no_payload(&payload);
    }
}

static void
test_sent_prefixes(void **state)
{
    unsigned char data[sizeof(struct reply) + 64];
    size_t length = whole(data), cut;
    struct payload payload;
    struct reason reason;

    (void)state;
    for (cut = 0; cut < length; cut++) {
        assert_false(sent(data, cut, false, &payload, &reason));
        assert_reason(&reason, EIO, NO_WORD);
        assert_no_payload(&payload);
    }
}

static void
test_sent_too_much(void **state)
{
    struct reply reply = reply_of(1, 0, 16, PAYLOAD_MAX + 1);
    struct payload payload;
    struct reason reason;
    size_t length = sizeof(reply) + 2 * PAYLOAD_MAX;
    unsigned char *data = calloc(1, length);

    (void)state;
    assert_non_null(data);
    memcpy(data, &reply, sizeof(reply));
    assert_false(sent(data, length, false, &payload, &reason));
    assert_reason(&reason, EIO, TOO_MUCH);
    assert_no_payload(&payload);
    /* And what is just not too much. */
    reply = reply_of(1, 0, PAYLOAD_MAX, PAYLOAD_MAX);
    memcpy(data, &reply, sizeof(reply));
    assert_true(sent(data, length, false, &payload, &reason));
    assert_int_equal(payload.session_key.length, PAYLOAD_MAX);
    assert_int_equal(payload.token.length, PAYLOAD_MAX);
    payload_clear(&payload);
    free(data);
}

static void
test_sent_late(void **state)
{
    unsigned char data[sizeof(struct reply) + 64];
    size_t length = whole(data);
    struct payload payload;
    struct reason reason;

    (void)state;
    assert_false(sent(data, 0, true, &payload, &reason));
    assert_reason(&reason, ETIMEDOUT, "out of time");
    assert_no_payload(&payload);
    assert_false(sent(data, length - 1, true, &payload, &reason));
    assert_reason(&reason, ETIMEDOUT, "out of time");
    assert_no_payload(&payload);
}

/* ---- Work that is done ------------------------------------------------ */

static bool
work_well(const void *task, struct payload *payload, struct reason *reason)
{
    reason_set(reason, 0, "%s", "well done");
    return payload_fill(payload, task, strlen(task), "", 1, reason);
}

static bool
work_badly(const void *task, struct payload *payload, struct reason *reason)
{
    payload_fill(payload, task, strlen(task), task, strlen(task), reason);
    return reason_set(reason, EKEYEXPIRED, "too old");
}

static bool
work_away(const void *task, struct payload *payload, struct reason *reason)
{
    (void)task;
    (void)payload;
    (void)reason;
    raise(SIGKILL);
    return true;
}

static void
test_work(void **state)
{
    struct reason reason = reason_dirty();
    struct payload payload;

    (void)state;
    assert_true(worker_run(work_well, "secret", 20, &payload, &reason));
    assert_reason(&reason, 0, "well done");
    assert_int_equal(payload.session_key.length, 6);
    assert_memory_equal(payload.session_key.data, "secret", 6);
    assert_int_equal(payload.token.length, 1);
    payload_clear(&payload);
    assert_false(worker_run(work_badly, "secret", 20, &payload, &reason));
    assert_reason(&reason, EKEYEXPIRED, "too old");
    assert_no_payload(&payload);
    assert_false(worker_run(work_away, NULL, 20, &payload, &reason));
    assert_reason(&reason, EIO, NO_WORD);
    assert_no_payload(&payload);
}

static void
test_payload(void **state)
{
    static const uint8_t bytes[PAYLOAD_MAX + 1];
    struct reason reason = reason_dirty();
    struct payload payload;

    (void)state;
    assert_false(payload_fill(&payload, bytes, PAYLOAD_MAX + 1, bytes, 0,
                              &reason));
    assert_reason(&reason, E2BIG, "the token is too large for a key");
    assert_no_payload(&payload);
    assert_false(payload_fill(&payload, NULL, 0, bytes, SIZE_MAX, &reason));
    assert_no_payload(&payload);
    assert_true(payload_fill(&payload, NULL, 0, NULL, 0, &reason));
    assert_non_null(payload.token.data);
    payload_clear(&payload);
    payload_clear(&payload);
    assert_no_payload(&payload);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_done),
        cmocka_unit_test(test_code),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_each_byte),
        cmocka_unit_test(test_sent),
        cmocka_unit_test(test_sent_prefixes),
        cmocka_unit_test(test_sent_too_much),
        cmocka_unit_test(test_sent_late),
        cmocka_unit_test(test_work),
        cmocka_unit_test(test_payload)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
