/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "conversation.h"
#include "initiating.h"

const char *
__lsan_default_suppressions(void);

/*
 * krb5 1.22 loses a key that does not decrypt the AS-REP, be it SPAKE's or the
 * password's: krb5_get_as_key_password() writes the next one over it.
 */
const char *
__lsan_default_suppressions(void)
{
    return "leak:krb5int_c_copy_keyblock_contents\n"
        "leak:krb5_c_string_to_key_with_params\n";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool configured;

    if (!configured) {
        configure_krb5();
        /* The first conversation of a process draws more numbers. */
        play((const uint8_t[]){ 0 }, 1);
        configured = true;
    }
    if (size > 0)
        play(data, size);
    return 0;
}
