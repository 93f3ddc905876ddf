/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A whole initiator with a password.  The input is a conversation: the tokens
 * of the acceptor.
 */

#include <stdlib.h>
#include <string.h>

#include "conversation.h"
#include "fixed.h"
#include "initiating.h"
#include "libiakerb/iakerb.h"

#define MAX_TOKEN 4096
#define MAX_LEGS 8

static struct iakerb_initiator *
make_initiator(unsigned int variant)
{
    struct iakerb_initiator_params params = {
        .user = variant & 1 ? USER : USER "@" REALM,
        .target = SERVICE,
        .password = PASSWORD,
        .flags = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG,
        .framing = variant & 2 ? IAKERB_FRAMING_KRB5 : IAKERB_FRAMING_IAKERB,
        .limits = { .token_bytes = MAX_TOKEN, .legs = MAX_LEGS }
    };
    struct iakerb_initiator *initiator;

    if (variant & 4)
        params.flags |= GSS_C_DCE_STYLE;
    must(iakerb_initiator_create(&params, &initiator, NULL) == IAKERB_DONE);
    return initiator;
}

static void
check_step(const struct iakerb_initiator *initiator, const gss_buffer_desc *in,
           const gss_buffer_desc *out, enum iakerb_code code,
           const struct iakerb_error *error)
{
    must(in->length <= MAX_TOKEN || code == IAKERB_LIMIT);
    must(iakerb_initiator_legs(initiator) <= MAX_LEGS + 1);
    if (code == IAKERB_DONE)
        must(iakerb_initiator_context(initiator) != GSS_C_NO_CONTEXT);
    else if (code == IAKERB_CONTINUE)
        must(out->length > 0);
    else
        must(error->code == code && error->message[0] != '\0' &&
             strchr(error->message, '\n') == NULL);
}

void
play(const uint8_t *data, size_t size)
{
    struct conversation conversation = { data + 1, size - 1 };
    struct iakerb_initiator *initiator;
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out;
    struct iakerb_error error;
    enum iakerb_code code;
    OM_uint32 tmp;

    fixed_restart();
    fixed_use(FIXED_INITIATOR);
    /* The first byte is how the initiator is made. */
    initiator = make_initiator(data[0]);
    code = iakerb_initiator_step(initiator, NULL, &out, &error);
    must(code == IAKERB_CONTINUE && out.length > 0);
    gss_release_buffer(&tmp, &out);
    while (code == IAKERB_CONTINUE && conversation_next(&conversation, &in)) {
        code = iakerb_initiator_step(initiator, &in, &out, &error);
        check_step(initiator, &in, &out, code, &error);
        gss_release_buffer(&tmp, &out);
        free(in.value);
    }
    if (code == IAKERB_DONE)
        must(iakerb_initiator_store(initiator, "MEMORY:stored", NULL) ==
             IAKERB_DONE);
    iakerb_initiator_free(initiator);
}
