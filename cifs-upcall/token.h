/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one token that the kernel sends, and the key that goes with it. */
#ifndef TOKEN_H
#define TOKEN_H

#include "payload.h"

/*
 * Make an ordinary Kerberos AP-REQ for the service, "cifs/host@REALM", from a
 * cache with a ticket for it, in SPNEGO that offers this mechanism alone.  The
 * AP-REQ is the same for all that Kerberos goes by.
 */
bool
token_make(const char *ccache, const char *service, gss_const_OID mechanism,
           struct payload *payload, struct reason *reason);

#endif /* TOKEN_H */
