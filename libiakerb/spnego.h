/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* SPNEGO (RFC 4178) around IAKERB tokens, as an initiator that offers nothing
 * else. */
#ifndef SPNEGO_H
#define SPNEGO_H

#include "der.h"
#include "error.h"

/* A server's first word: the mechanisms that it has. */
struct spnego_offer {
    bool iakerb;
    char names[256];            /* of all, "NTLM, Kerberos"; for messages */
};

/*
 * Take the server's offer apart: a NegTokenInit, or the NegTokenInit2 of
 * [MS-SPNG].  Fails with IAKERB_MALFORMED.
 */
enum iakerb_code
spnego_parse_offer(const struct der *bytes, struct spnego_offer *offer,
                   struct iakerb_error *error);

/*
 * Wrap a token, as the first one or as another.  *out is to be freed with
 * gss_release_buffer().  Fails with IAKERB_NO_MEMORY.
 */
enum iakerb_code
spnego_make(bool first, const gss_buffer_desc *token, gss_buffer_desc *out,
            struct iakerb_error *error);

/*
 * Take the server's answer apart; *token points into it and is not empty.
 * Fails with IAKERB_NOT_OFFERED, where the server does not agree to IAKERB, or
 * IAKERB_MALFORMED.
 */
enum iakerb_code
spnego_parse_answer(const struct der *bytes, struct der *token,
                    struct iakerb_error *error);

#endif /* SPNEGO_H */
