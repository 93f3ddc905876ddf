/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What all unit tests share: cmocka, bytes of DER, and looking at errors. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libiakerb/iakerb.h"

/* ---- Bytes ------------------------------------------------------------ */

/*
 * Bytes on the heap, in a block of just their size, so that valgrind and
 * AddressSanitizer see a read past their end.  bytes_free_all(), a cmocka
 * teardown, frees all that were made.
 */
struct bytes {
    uint8_t *data;
    size_t length;
};

struct bytes
bytes_of(const void *data, size_t length);

int
bytes_free_all(void **state);

/* BYTES(0x05, 0x01) */
#define BYTES(...) \
    bytes_of((const uint8_t[]){ __VA_ARGS__ }, \
             sizeof((const uint8_t[]){ __VA_ARGS__ }))

struct bytes
text(const char *string);

/* A byte repeated. */
struct bytes
filled(uint8_t byte, size_t length);

/* JOIN(a, b, c): one after the other. */
struct bytes
bytes_join(size_t count, const struct bytes *parts);

#define JOIN(...) \
    bytes_join(sizeof((const struct bytes[]){ __VA_ARGS__ }) / \
               sizeof(struct bytes), (const struct bytes[]){ __VA_ARGS__ })

/* The first length bytes. */
struct bytes
first(struct bytes bytes, size_t length);

/* A DER element. */
struct bytes
element(uint8_t tag, struct bytes contents);

/* The contents of a file of the fuzzer's corpus: "guard/login-1". */
struct bytes
recorded(const char *name);

/* ---- Tokens ----------------------------------------------------------- */

extern const char IAKERB_OID[];
extern const char KRB5_OID[];

/* GSS-API framing under one of these OIDs. */
struct bytes
framed(const char *oid, struct bytes inner);

/* The header's fields, as an IAKERB_PROXY token with the message. */
struct bytes
proxy_with(struct bytes fields, struct bytes message);

/* [1] UTF8String */
struct bytes
realm_field(const char *realm);

/* An ordinary IAKERB_PROXY token. */
struct bytes
proxy(const char *realm, struct bytes message);

/* The token as a GSS-API buffer; it stays the arena's. */
gss_buffer_desc
buffer_of(struct bytes bytes);

/* ---- Errors ----------------------------------------------------------- */

/* The call came to this code, and the error says it with this sentence. */
#define assert_error(call, expected, error, sentence) \
    do { \
        assert_int_equal((call), (expected)); \
        assert_error_says((expected), &(error), (sentence)); \
    } while (0)

void
assert_error_says(enum iakerb_code expected, const struct iakerb_error *error,
                  const char *sentence);

#endif /* UNIT_H */
