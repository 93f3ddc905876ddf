/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "key.h"

#include <errno.h>
#include <stdlib.h>

krb5_error_code
key_make(krb5_context context, krb5_enctype etype,
         const unsigned char bytes[KEY_BYTES], krb5_keyblock *key)
{
    krb5_data random = { .length = KEY_BYTES, .data = (char *)bytes };
    size_t seed, length;
    krb5_error_code code = krb5_c_keylengths(context, etype, &seed, &length);

    if (code == 0 && seed != KEY_BYTES)
        code = KRB5_BAD_KEYSIZE;
    if (code != 0)
        return code;
    *key = (krb5_keyblock){
        .enctype = etype, .length = (unsigned int)length,
        .contents = malloc(length)
    };
    return key->contents == NULL ? ENOMEM
                                 : krb5_c_random_to_key(context, etype,
                                                        &random, key);
}
