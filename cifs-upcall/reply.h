/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the child that works says to the parent that holds the key. */
#ifndef REPLY_H
#define REPLY_H

#include <stdint.h>

#include "reason.h"

/*
 * What the child sends first; the two parts of the payload follow.  The parent
 * takes it for bytes that anybody may have written, so that every value of
 * every field has a meaning.
 */
struct reply {
    uint32_t done;              /* 1; anything else: not */
    int32_t code;
    uint32_t session_key_length;
    uint32_t token_length;
    char text[sizeof(((struct reason *)NULL)->text)];
};

/*
 * Whether the child has done the work, and a payload of lengths that are taken
 * follows.  The reason is what it says, or what is wrong with that.
 */
bool
reply_check(const struct reply *reply, struct reason *reason);

#endif /* REPLY_H */
