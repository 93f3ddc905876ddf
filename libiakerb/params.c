/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "params.h"

#include <string.h>

enum iakerb_code
params_take(void *params, size_t size, const void *theirs, size_t their_size,
            struct iakerb_error *error)
{
    const unsigned char *bytes = theirs;
    size_t i;

    memset(params, 0, size);
    if (theirs == NULL)
        return error_set(error, IAKERB_INVALID, "there are no parameters");
    for (i = size; i < their_size; i++) {
        if (bytes[i] != 0)
            return error_set(error, IAKERB_INVALID, "a parameter is set that "
                             "this version of libiakerb does not have");
    }
    memcpy(params, theirs, their_size < size ? their_size : size);
    return IAKERB_DONE;
}
