/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel gets: a session key and a token, or an address alone. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "reason.h"

#define PAYLOAD_MAX 65536

struct bytes {
    uint8_t *data;
    size_t length;
};

struct payload {
    struct bytes session_key;   /* empty for an address */
    struct bytes token;         /* or the address, with its zero byte */
};

/* Copy into an empty one. */
bool
payload_fill(struct payload *payload, const void *session_key,
             size_t session_key_length, const void *token, size_t token_length,
             struct reason *reason);

/* Wipe and free. */
void
payload_clear(struct payload *payload);

#endif /* PAYLOAD_H */
