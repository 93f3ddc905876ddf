/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "payload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool
fill(struct bytes *bytes, const void *data, size_t length)
{
    bytes->data = malloc(length + 1);
    if (bytes->data == NULL)
        return false;
    if (length > 0)
        memcpy(bytes->data, data, length);
    bytes->length = length;
    return true;
}

static void
clear(struct bytes *bytes)
{
    if (bytes->data != NULL)
        explicit_bzero(bytes->data, bytes->length);
    free(bytes->data);
    *bytes = (struct bytes){ 0 };
}

bool
payload_fill(struct payload *payload, const void *session_key,
             size_t session_key_length, const void *token, size_t token_length,
             struct reason *reason)
{
    *payload = (struct payload){ 0 };
    if (session_key_length > PAYLOAD_MAX || token_length > PAYLOAD_MAX)
        return reason_set(reason, E2BIG, "the token is too large for a key");
    if (fill(&payload->session_key, session_key, session_key_length) &&
            fill(&payload->token, token, token_length))
        return true;
    payload_clear(payload);
    return reason_no_memory(reason);
}

void
payload_clear(struct payload *payload)
{
    clear(&payload->session_key);
    clear(&payload->token);
}
