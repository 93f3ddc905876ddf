/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Reading DER (X.690) from a peer: bounded, strict, without allocation.
 *
 * A struct der is the rest of an input.  Each call takes what it names from
 * the front.  The first thing that is wrong empties the input and sets
 * failed; every later call then yields nothing, so a caller may check once,
 * at the end.
 */
#ifndef DER_H
#define DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0A,
    DER_UTF8_STRING = 0x0C,
    DER_GENERALIZED_TIME = 0x18,
    DER_GENERAL_STRING = 0x1B,
    DER_SEQUENCE = 0x30,
    DER_INITIAL_TOKEN = 0x60    /* RFC 2743, section 3.1 */
};

/* A constructed tag of the class APPLICATION or CONTEXT; n is below 31. */
#define DER_APPLICATION(n) (0x60 + (n))
#define DER_CONTEXT(n) (0xA0 + (n))

struct der {
    const uint8_t *data;
    size_t length;
    bool failed;
};

static inline struct der
der_from(const void *data, size_t length)
{
    return (struct der){ .data = data, .length = length };
}

static inline struct der
der_fail(struct der *in)
{
    *in = (struct der){ .failed = true };
    return *in;
}

/* The next length bytes. */
static inline struct der
der_bytes(struct der *in, size_t length)
{
    struct der out = der_from(in->data, length);

    if (in->failed || length > in->length)
        return der_fail(in);
    in->data += length;
    in->length -= length;
    return out;
}

static inline uint8_t
der_byte(struct der *in)
{
    struct der byte = der_bytes(in, 1);

    return byte.failed ? 0 : byte.data[0];
}

/* A length: definite, in the fewest bytes, and not above 2^24 - 1. */
static inline size_t
der_length(struct der *in)
{
    uint8_t first = der_byte(in);
    size_t count = first & 0x7F, length = 0, i;

    if (first < 0x80)
        return first;
    if (count < 1 || count > 3)
        goto bad;
    for (i = 0; i < count; i++)
        length = length << 8 | der_byte(in);
    if (length < 0x80 || length >> 8 * (count - 1) == 0)
        goto bad;
    return length;

bad:
    der_fail(in);
    return 0;
}

/* Whether the next element has this tag of one byte. */
static inline bool
der_is(const struct der *in, uint8_t tag)
{
    return in->length > 0 && in->data[0] == tag;
}

/* The contents of the next element, which must have this tag. */
static inline struct der
der_get(struct der *in, uint8_t tag)
{
    if (!der_is(in, tag))
        return der_fail(in);
    der_byte(in);
    return der_bytes(in, der_length(in));
}

/* The contents of the one element with this tag that fills the input. */
static inline struct der
der_only(struct der *in, uint8_t tag)
{
    struct der out = der_get(in, tag);

    if (in->failed || in->length > 0)
        return der_fail(in);
    return out;
}

static inline bool
der_equal(const struct der *a, const void *data, size_t length)
{
    return !a->failed && a->length == length &&
        (length == 0 || memcmp(a->data, data, length) == 0);
}

#endif /* DER_H */
