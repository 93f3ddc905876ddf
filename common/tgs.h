/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whether a ticket is one for more tickets. */
#ifndef COMMON_TGS_H
#define COMMON_TGS_H

#include <stdbool.h>
#include <string.h>

#include <krb5.h>

/* krbtgt/ANY@ANY, RFC 4120 section 7.3. */
static inline bool
is_tgs(krb5_const_principal principal)
{
    return principal->length == 2 &&
           principal->data[0].length == KRB5_TGS_NAME_SIZE &&
           memcmp(principal->data[0].data, KRB5_TGS_NAME,
                  KRB5_TGS_NAME_SIZE) == 0;
}

#endif /* COMMON_TGS_H */
