/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What an acceptor answers to a message that it passed on. */
#ifndef ANSWER_H
#define ANSWER_H

#include "token.h"

/*
 * Check that an IAKERB_PROXY token of the acceptor holds what is due: a realm
 * that can be one, where its realm was asked for (discovering), else a KDC's
 * reply.  *refusal is why the KDC refused, or 0, as of token_refusal().  The
 * client's name is for messages.
 *
 * Fails with IAKERB_MALFORMED or IAKERB_REALM_UNKNOWN.
 */
enum iakerb_code
answer_check(krb5_context context, const struct token *token,
             const char *client, bool discovering, krb5_error_code *refusal,
             struct iakerb_error *error);

/*
 * Whether the acceptor refuses a realm because it serves another one, which it
 * tells.
 */
bool
answer_tells_realm(const struct token *token, krb5_error_code refusal,
                   const char *refused);

/* Whether a string, which may be NULL, can be a realm, and be shown. */
bool
answer_is_realm(const char *realm);

#endif /* ANSWER_H */
