/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "reply.h"

#include <errno.h>
#include <string.h>

#include "payload.h"

/* The child may have come into the hands of who it talked to. */
bool
reply_check(const struct reply *reply, struct reason *reason)
{
    reason->code = reply->done == 1 ? 0 : reply->code;
    memcpy(reason->text, reply->text, sizeof(reason->text));
    reason->text[sizeof(reason->text) - 1] = '\0';
    if (reply->done != 1) {
        if (reason->code <= 0 || reason->code > EHWPOISON)
            reason->code = EIO;
        return false;
    }
    if (reply->session_key_length > PAYLOAD_MAX ||
            reply->token_length > PAYLOAD_MAX)
        return reason_set(reason, EIO, "the process that works sent too much");
    return true;
}
