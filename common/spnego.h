/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* SPNEGO (RFC 4178) around the tokens of an initiator that offers one
 * mechanism and nothing else. */
#ifndef SPNEGO_H
#define SPNEGO_H

#include "der.h"
#include "oid.h"

/* A server's first word: the mechanisms that it has. */
struct spnego_offer {
    bool iakerb;
    char names[256];            /* of all, "NTLM, Kerberos"; for messages */
};

/*
 * Take the server's offer apart: a NegTokenInit, or the NegTokenInit2 of
 * [MS-SPNG].  False, if it is malformed.
 */
bool
spnego_parse_offer(const struct der *bytes, struct spnego_offer *offer);

/*
 * Wrap a token of the mechanism, as the first one or as another.  *out is to
 * be freed with free().  False, if there is no memory.
 */
bool
spnego_make(bool first, const struct oid *mechanism, const struct der *token,
            void **out, size_t *length);

/* NegState (RFC 4178, section 4.2.2). */
enum spnego_state {
    SPNEGO_COMPLETED,
    SPNEGO_INCOMPLETE,
    SPNEGO_REJECT,
    SPNEGO_REQUEST_MIC,
    SPNEGO_NOT_SAID = 256
};

/* A server's answer; all points into its bytes, and what is absent is empty. */
struct spnego_answer {
    unsigned int state;         /* enum spnego_state, or any other number */
    struct der mechanism;
    struct der token;
};

/* Take the server's answer apart.  False, if it is malformed. */
bool
spnego_parse_answer(const struct der *bytes, struct spnego_answer *answer);

#endif /* SPNEGO_H */
