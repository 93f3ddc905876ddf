/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Writing DER (X.690): from the end to the start, so that each length is
 * known when its turn comes.  Whoever starts a writer makes it large enough
 * for all that is put.
 */
#ifndef WRITER_H
#define WRITER_H

#include <stdlib.h>

#include "der.h"
#include "error.h"

struct writer {
    uint8_t *start;
    size_t used;
    size_t size;
};

/* Room for what tokens have beside their payload: OIDs, tags and lengths. */
#define WRITER_FRAMING_BYTES 128

static inline enum iakerb_code
writer_start(struct writer *w, size_t payload, struct iakerb_error *error)
{
    w->size = payload + WRITER_FRAMING_BYTES;
    w->used = 0;
    w->start = malloc(w->size);
    return w->start == NULL ? error_no_memory(error) : IAKERB_DONE;
}

static inline void
put_bytes(struct writer *w, const void *data, size_t length)
{
    if (length == 0)
        return;
    w->used += length;
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

/* Put the framing of a mechanism's first token (RFC 2743, section 3.1) around
 * all that was written. */
static inline void
writer_frame(struct writer *w, const uint8_t *oid, size_t length)
{
    size_t mark = w->used;

    put_bytes(w, oid, length);
    put_tag(w, DER_OID, mark);
    put_tag(w, DER_INITIAL_TOKEN, 0);
}

/*
 * Hand over what was written as a GSS-API buffer: MIT's gss_release_buffer()
 * calls free().
 */
static inline void
writer_take(struct writer *w, gss_buffer_desc *out)
{
    memmove(w->start, w->start + w->size - w->used, w->used);
    out->value = w->start;
    out->length = w->used;
}

#endif /* WRITER_H */
