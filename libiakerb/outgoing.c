/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "outgoing.h"

enum iakerb_code
outgoing_check(const struct der *message, bool no_timestamp,
               const char *offered, const char *client,
               struct iakerb_error *error)
{
    if (!no_timestamp || !token_has_timestamp(message))
        return IAKERB_DONE;
    return error_preauth(error, offered, client, true,
                         "an encrypted timestamp is not allowed");
}
