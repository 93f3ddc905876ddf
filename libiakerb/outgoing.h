/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What may leave for an acceptor, which may be anyone. */
#ifndef OUTGOING_H
#define OUTGOING_H

#include "token.h"

/*
 * Check a message for the KDC.  Where an encrypted timestamp must not leave,
 * this is the place that keeps it: what iakerb_acquire() tells krb5 only makes
 * that try something else, and MIT's GSS-API cannot be told for a realm that
 * the acceptor has named.  Fails with IAKERB_PREAUTH; offered and client are
 * for the sentence.
 */
enum iakerb_code
outgoing_check(const struct der *message, bool no_timestamp,
               const char *offered, const char *client,
               struct iakerb_error *error);

#endif /* OUTGOING_H */
