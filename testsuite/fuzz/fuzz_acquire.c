/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Getting tickets, where the acceptor is not to be trusted.  The input is a
 * conversation: the tokens of the acceptor.
 */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conversation.h"
#include "fixed.h"
#include "initiating.h"
#include "libiakerb/iakerb.h"

#define MAX_TOKEN 4096
#define MAX_LEGS 8

struct transport {
    struct conversation conversation;
    unsigned int legs;
};

static enum iakerb_code
exchange(void *data, const gss_buffer_desc *out, gss_buffer_desc *in,
         const struct timespec *deadline, struct iakerb_error *error)
{
    struct transport *transport = data;

    (void)deadline;
    must(out->length > 0 && *(uint8_t *)out->value == 0x60);
    must(++transport->legs <= MAX_LEGS + 1);
    if (conversation_next(&transport->conversation, in))
        return IAKERB_DONE;
    if (error != NULL)
        *error = (struct iakerb_error){ IAKERB_UNREACHABLE, 0, 0, 0, "gone" };
    return IAKERB_UNREACHABLE;
}

void
play(const uint8_t *data, size_t size)
{
    static const char *const services[] = { SERVICE, NULL };
    struct transport state = { { data + 1, size - 1 }, 0 };
    struct iakerb_transport transport = { exchange, &state };
    struct iakerb_acquire_params params = {
        .user = data[0] & 1 ? USER : USER "@" REALM,
        .password = PASSWORD,
        .no_timestamp = data[0] & 2,
        .canonicalize = data[0] & 4,
        .ccache = "MEMORY:acquired",
        .services = services,
        .limits = { .token_bytes = MAX_TOKEN, .legs = MAX_LEGS }
    };
    struct iakerb_error error;
    enum iakerb_code code;

    fixed_restart();
    fixed_use(FIXED_INITIATOR);
    code = iakerb_acquire(&params, &transport, &error);
    must(code != IAKERB_CONTINUE);
    if (code != IAKERB_DONE)
        must(error.code == code && error.message[0] != '\0' &&
             strchr(error.message, '\n') == NULL);
}
