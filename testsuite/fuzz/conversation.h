/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What the fuzzer feeds to a whole initiator or acceptor: the messages of one
 * conversation, each behind its length in two bytes, big endian.
 */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#define CONFIG_TEXT \
    "[libdefaults]\n" \
    "    default_realm = NAS\n" \
    "    dns_lookup_kdc = false\n" \
    "    dns_lookup_realm = false\n" \
    "    dns_canonicalize_hostname = false\n" \
    "    spake_preauth_groups = edwards25519\n" \
    "    default_rcache_name = none:\n"

/* What the recorded conversations were made with. */
#define USER "alice"
#define PASSWORD "secret"
#define SERVICE "cifs/nas"
#define SERVICE_PASSWORD "the service's"
#define REALM "NAS"

struct conversation {
    const uint8_t *data;
    size_t length;
};

/*
 * Take the next message; false when there is none.  It is a copy of just its
 * size, so that AddressSanitizer sees a read past its end; to be freed with
 * free(message->value).
 */
bool
conversation_next(struct conversation *conversation, gss_buffer_desc *message);

/* Give this process a krb5 configuration that names no KDC. */
void
configure_krb5(void);

#endif /* CONVERSATION_H */
