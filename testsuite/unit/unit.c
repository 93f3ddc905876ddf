/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "unit.h"

const char IAKERB_OID[] = "\x2B\x06\x01\x05\x02\x05";
const char KRB5_OID[] = "\x2A\x86\x48\x86\xF7\x12\x01\x02\x02";

struct block {
    struct block *next;
    uint8_t *data;
};

static struct block *blocks;

static struct bytes
bytes_new(size_t length)
{
    struct block *block = malloc(sizeof(*block));
    uint8_t *data = malloc(length);

    assert_non_null(block);
    if (length > 0)
        assert_non_null(data);
    *block = (struct block){ blocks, data };
    blocks = block;
    return (struct bytes){ data, length };
}

int
bytes_free_all(void **state)
{
    struct block *block;

    (void)state;
    while (blocks != NULL) {
        block = blocks;
        blocks = block->next;
        free(block->data);
        free(block);
    }
    return 0;
}

struct bytes
bytes_of(const void *data, size_t length)
{
    struct bytes made = bytes_new(length);

    if (length > 0)
        memcpy(made.data, data, length);
    return made;
}

struct bytes
text(const char *string)
{
    return bytes_of(string, strlen(string));
}

struct bytes
filled(uint8_t byte, size_t length)
{
    struct bytes made = bytes_new(length);

    if (length > 0)
        memset(made.data, byte, length);
    return made;
}

struct bytes
bytes_join(size_t count, const struct bytes *parts)
{
    struct bytes made;
    size_t i, length = 0, used = 0;

    for (i = 0; i < count; i++)
        length += parts[i].length;
    made = bytes_new(length);
    for (i = 0; i < count; i++) {
        if (parts[i].length > 0)
            memcpy(made.data + used, parts[i].data, parts[i].length);
        used += parts[i].length;
    }
    return made;
}

struct bytes
first(struct bytes bytes, size_t length)
{
    assert_true(length <= bytes.length);
    return bytes_of(bytes.data, length);
}

struct bytes
element(uint8_t tag, struct bytes contents)
{
    size_t n = contents.length;
    struct bytes length;

    assert_true(n < 1 << 24);
    if (n < 0x80)
        length = BYTES(n);
    else if (n < 0x100)
        length = BYTES(0x81, n);
    else if (n < 0x10000)
        length = BYTES(0x82, n >> 8, n & 0xFF);
    else
        length = BYTES(0x83, n >> 16, n >> 8 & 0xFF, n & 0xFF);
    return JOIN(BYTES(tag), length, contents);
}

struct bytes
recorded(const char *name)
{
    static uint8_t contents[65536];
    char path[4096];
    size_t length;
    FILE *file;

    assert_non_null(getenv("TEST_CORPUS"));
    snprintf(path, sizeof(path), "%s/%s", getenv("TEST_CORPUS"), name);
    file = fopen(path, "rb");
    assert_non_null(file);
    length = fread(contents, 1, sizeof(contents), file);
    fclose(file);
    return bytes_of(contents, length);
}

struct bytes
framed(const char *oid, struct bytes inner)
{
    return element(0x60, JOIN(element(0x06, text(oid)), inner));
}

struct bytes
proxy_with(struct bytes fields, struct bytes message)
{
    return framed(IAKERB_OID, JOIN(BYTES(0x05, 0x01), element(0x30, fields),
                                   message));
}

struct bytes
realm_field(const char *realm)
{
    return element(0xA1, element(0x0C, text(realm)));
}

struct bytes
proxy(const char *realm, struct bytes message)
{
    return proxy_with(realm_field(realm), message);
}

gss_buffer_desc
buffer_of(struct bytes bytes)
{
    return (gss_buffer_desc){ bytes.length, bytes.data };
}

void
assert_error_says(enum iakerb_code expected, const struct iakerb_error *error,
                  const char *sentence)
{
    assert_int_equal(error->code, expected);
    assert_string_equal(error->message, sentence);
}
