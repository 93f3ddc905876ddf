/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Writing DER (X.690): from the end to the start, so that each length is
 * known when its turn comes.
 *
 * What no longer fits sets failed and is not written; nor is anything after
 * it.  So a caller may check once, at the end, by what writer_take() returns.
 */
#ifndef WRITER_H
#define WRITER_H

#include <stdlib.h>

#include "der.h"
#include "oid.h"

struct writer {
    uint8_t *start;
    size_t used;
    size_t size;
    bool failed;
};

/* Room for what tokens have beside their payload: OIDs, tags and lengths. */
#define WRITER_FRAMING_BYTES 128

static inline void
writer_start(struct writer *w, size_t payload)
{
    *w = (struct writer){ .size = payload + WRITER_FRAMING_BYTES };
    if (w->size > payload)
        w->start = malloc(w->size);
    w->failed = w->start == NULL;
}

static inline void
put_bytes(struct writer *w, const void *data, size_t length)
{
    if (w->failed || length > w->size - w->used) {
        w->failed = true;
        return;
    }
    w->used += length;
    if (length > 0)
        memcpy(w->start + w->size - w->used, data, length);
}

static inline void
put_byte(struct writer *w, uint8_t byte)
{
    put_bytes(w, &byte, 1);
}

/* Put a tag and length around what was written since used was mark. */
static inline void
put_tag(struct writer *w, uint8_t tag, size_t mark)
{
    size_t length = w->used - mark, rest = length;

    if (length < 0x80) {
        put_byte(w, length);
    } else {
        for (; rest > 0; rest >>= 8)
            put_byte(w, rest & 0xFF);
        for (rest = length, length = 0x80; rest > 0; rest >>= 8)
            length++;
        put_byte(w, length);
    }
    put_byte(w, tag);
}

static inline void
put_oid(struct writer *w, const struct oid *oid)
{
    size_t mark = w->used;

    put_bytes(w, oid->bytes, oid->length);
    put_tag(w, DER_OID, mark);
}

/* Put the framing of a mechanism's first token (RFC 2743, section 3.1) around
 * all that was written. */
static inline void
put_framing(struct writer *w, const struct oid *oid)
{
    put_oid(w, oid);
    put_tag(w, DER_INITIAL_TOKEN, 0);
}

/*
 * Hand over what was written, to be freed with free(): a call of MIT's
 * gss_release_buffer() does that.  False, where something did not fit or there
 * was no memory; then there is nothing to free.
 */
static inline bool
writer_take(struct writer *w, void **data, size_t *length)
{
    if (w->failed) {
        free(w->start);
        *data = NULL;
        *length = 0;
        return false;
    }
    memmove(w->start, w->start + w->size - w->used, w->used);
    *data = w->start;
    *length = w->used;
    return true;
}

#endif /* WRITER_H */
