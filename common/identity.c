/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "identity.h"

#include <string.h>

#include "writer.h"

/* ---- Writing, from the end to the start ------------------------------- */

static void
put_number(struct writer *w, uint64_t number)
{
    size_t mark = w->used;
    uint8_t byte;

    do {
        byte = number & 0xFF;
        put_byte(w, byte);
        number >>= 8;
    } while (number != 0);
    /* A first bit would be a sign. */
    if (byte >= 0x80)
        put_byte(w, 0);
    put_tag(w, DER_INTEGER, mark);
}

static void
put_text(struct writer *w, const struct identity_text *text)
{
    size_t mark = w->used;

    put_bytes(w, text->data, text->length);
    put_tag(w, DER_UTF8_STRING, mark);
}

static void
put_number_field(struct writer *w, unsigned int field, uint64_t number)
{
    size_t mark = w->used;

    put_number(w, number);
    put_tag(w, DER_CONTEXT(field), mark);
}

static void
put_groups(struct writer *w, const struct identity *identity)
{
    size_t list = w->used, mark, i;

    for (i = identity->count; i > 0; i--) {
        mark = w->used;
        put_text(w, &identity->groups[i - 1].name);
        put_number(w, identity->groups[i - 1].gid);
        put_tag(w, DER_SEQUENCE, mark);
    }
    put_tag(w, DER_SEQUENCE, list);
    put_tag(w, DER_CONTEXT(5), list);
}

bool
identity_make(const struct identity *identity, void **bytes, size_t *length)
{
    struct writer w;
    size_t mark;

    writer_start(&w, IDENTITY_BYTES_MAX);
    if (identity->has_groups) {
        put_groups(&w, identity);
        put_number_field(&w, 4, identity->total);
    }
    if (identity->ends != 0)
        put_number_field(&w, 3, identity->ends);
    put_number_field(&w, 2, identity->authenticated);
    mark = w.used;
    put_text(&w, &identity->principal);
    put_tag(&w, DER_CONTEXT(1), mark);
    put_number_field(&w, 0, IDENTITY_VERSION);
    put_tag(&w, DER_SEQUENCE, 0);
    w.failed |= w.used > IDENTITY_BYTES_MAX;
    return writer_take(&w, bytes, length);
}

/* ---- Reading ---------------------------------------------------------- */

/* Not negative, in the fewest bytes. */
static uint64_t
get_number(struct der *in, uint64_t most)
{
    struct der bytes = der_get(in, DER_INTEGER);
    uint64_t number = 0;
    size_t i;

    if (bytes.failed || bytes.length < 1 || bytes.length > 9 ||
            bytes.data[0] >= 0x80 ||
            (bytes.length > 1 && bytes.data[0] == 0 && bytes.data[1] < 0x80) ||
            (bytes.length == 9 && bytes.data[0] != 0)) {
        der_fail(in);
        return 0;
    }
    for (i = 0; i < bytes.length; i++)
        number = number << 8 | bytes.data[i];
    if (number > most)
        der_fail(in);
    return number;
}

static struct identity_text
get_text(struct der *in)
{
    struct der bytes = der_get(in, DER_UTF8_STRING);

    if (bytes.failed || bytes.length == 0 ||
            memchr(bytes.data, '\0', bytes.length) != NULL) {
        der_fail(in);
        return (struct identity_text){ .data = NULL };
    }
    return (struct identity_text){ (const char *)bytes.data, bytes.length };
}

/* The contents of a field must be read to their end. */
static void
end_field(struct der *in, const struct der *field)
{
    if (field->failed || field->length > 0)
        der_fail(in);
}

static uint64_t
get_number_field(struct der *in, unsigned int number, uint64_t most)
{
    struct der field = der_get(in, DER_CONTEXT(number));
    uint64_t value = get_number(&field, most);

    end_field(in, &field);
    return value;
}

static void
get_groups(struct der *in, struct identity *identity)
{
    struct der field = der_get(in, DER_CONTEXT(5));
    struct der list = der_only(&field, DER_SEQUENCE), group;
    struct identity_group *next;

    while (list.length > 0 && identity->count < IDENTITY_GROUPS_MAX) {
        group = der_get(&list, DER_SEQUENCE);
        next = &identity->groups[identity->count++];
        next->gid = (uint32_t)get_number(&group, IDENTITY_GID_MAX);
        next->name = get_text(&group);
        end_field(&list, &group);
    }
    end_field(in, &list);
}

bool
identity_parse(const void *bytes, size_t length, struct identity *identity)
{
    struct der all = der_from(bytes, length), in, principal;

    memset(identity, 0, sizeof(*identity));
    if (length > IDENTITY_BYTES_MAX)
        return false;
    in = der_only(&all, DER_SEQUENCE);
    if (get_number_field(&in, 0, UINT64_MAX) != IDENTITY_VERSION)
        return false;
    principal = der_get(&in, DER_CONTEXT(1));
    identity->principal = get_text(&principal);
    end_field(&in, &principal);
    identity->authenticated = get_number_field(&in, 2, INT64_MAX);
    if (der_is(&in, DER_CONTEXT(3))) {
        identity->ends = get_number_field(&in, 3, INT64_MAX);
        /* What stands for "never" is no time. */
        if (identity->ends == 0)
            der_fail(&in);
    }
    if (der_is(&in, DER_CONTEXT(4))) {
        identity->has_groups = true;
        identity->total = (uint32_t)get_number_field(&in, 4,
                                                     IDENTITY_TOTAL_MAX);
        get_groups(&in, identity);
        if (identity->total < identity->count)
            der_fail(&in);
    }
    return !in.failed && in.length == 0;
}
