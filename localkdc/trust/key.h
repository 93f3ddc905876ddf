/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Kerberos key out of 32 random bytes. */
#ifndef LOCALKDC_KEY_H
#define LOCALKDC_KEY_H

#include <krb5.h>

#define KEY_BYTES 32
#define KEY_ETYPE ENCTYPE_AES256_CTS_HMAC_SHA384_192
#define KEY_VNO 1

/* Its contents are the caller's, to be freed with
 * krb5_free_keyblock_contents(). */
krb5_error_code key_make(krb5_context context, krb5_enctype etype,
                         const unsigned char bytes[KEY_BYTES],
                         krb5_keyblock *key);

#endif
