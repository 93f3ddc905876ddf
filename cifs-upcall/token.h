/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one token that the kernel sends, and the key that goes with it. */
#ifndef TOKEN_H
#define TOKEN_H

#include "payload.h"

/*
 * Make an ordinary Kerberos AP-REQ for the service, "cifs/host@REALM", in
 * SPNEGO, from a cache with a ticket for it.  With microsoft, Kerberos goes by
 * the OID that Windows once gave it.
 */
bool
token_make(const char *ccache, const char *service, bool microsoft,
           struct payload *payload, struct reason *reason);

#endif /* TOKEN_H */
