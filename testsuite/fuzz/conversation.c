/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "conversation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libiakerb/token.h"

size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                        unsigned int seed);

/* The bounds of the next message, or false. */
static bool
next_bounds(struct conversation *c, const uint8_t **data, size_t *length)
{
    size_t left;

    if (c->length < 2)
        return false;
    left = c->length - 2;
    *length = (size_t)c->data[0] << 8 | c->data[1];
    if (*length > left)
        *length = left;
    *data = c->data + 2;
    c->data += 2 + *length;
    c->length = left - *length;
    return true;
}

bool
conversation_next(struct conversation *conversation, gss_buffer_desc *message)
{
    const uint8_t *data;
    size_t length;

    if (!next_bounds(conversation, &data, &length))
        return false;
    *message = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
    if (length > 0) {
        message->length = length;
        message->value = malloc(length);
        if (message->value == NULL)
            abort();
        memcpy(message->value, data, length);
    }
    return true;
}

void
configure_krb5(void)
{
    char path[64];
    int fd = memfd_create("krb5.conf", 0);

    if (write(fd, CONFIG_TEXT, strlen(CONFIG_TEXT)) !=
            (ssize_t)strlen(CONFIG_TEXT))
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    setenv("KRB5_CONFIG", path, 1);
}

/* ---- Mutation --------------------------------------------------------- */

/*
 * Mutate what is inside the framing, and frame it again: else nearly all that
 * is tried fails at a length of the DER around it.
 */
static void
mutate_inside(gss_buffer_desc *message)
{
    static uint8_t scratch[1 << 16];
    gss_buffer_desc made = GSS_C_EMPTY_BUFFER;
    struct der inside;
    struct token token;
    OM_uint32 tmp;

    if (token_parse(message, &token, NULL) != IAKERB_DONE ||
            (token.kind != TOKEN_PROXY && token.kind != TOKEN_AP_IAKERB &&
             token.kind != TOKEN_AP_KRB5))
        return;
    inside = token.kind == TOKEN_PROXY ? token.message : token.body;
    if (inside.length > sizeof(scratch))
        return;
    if (inside.length > 0)
        memcpy(scratch, inside.data, inside.length);
    inside = der_from(scratch, LLVMFuzzerMutate(scratch, inside.length,
                                                sizeof(scratch)));
    if (token.kind == TOKEN_PROXY)
        token_make_proxy(&token.realm, &inside, &made, NULL);
    else
        token_make_ap(token.kind, &inside, &made, NULL);
    gss_release_buffer(&tmp, message);
    *message = made;
}

/* Mutate one message, with its length made right, or the whole as bytes. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                        unsigned int seed)
{
    struct conversation rest = { data, size };
    unsigned int which = seed / 4 % 8, i;
    gss_buffer_desc message = GSS_C_EMPTY_BUFFER;
    const uint8_t *start;
    size_t length, before, result = 0;
    OM_uint32 tmp;

    if (seed % 4 == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (i = 0; i <= which; i++) {
        if (!next_bounds(&rest, &start, &length))
            return LLVMFuzzerMutate(data, size, max_size);
    }
    if (length == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    before = (size_t)(start - data);
    message.value = malloc(length);
    message.length = length;
    if (message.value == NULL)
        abort();
    memcpy(message.value, start, length);
    mutate_inside(&message);
    if (message.length <= UINT16_MAX &&
            before + message.length + rest.length <= max_size) {
        memmove(data + before + message.length, rest.data, rest.length);
        memcpy(data + before, message.value, message.length);
        data[before - 2] = message.length >> 8;
        data[before - 1] = message.length & 0xFF;
        result = before + message.length + rest.length;
    }
    gss_release_buffer(&tmp, &message);
    return result > 0 ? result : LLVMFuzzerMutate(data, size, max_size);
}
