/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A krb5 context that asks no KDC and no name server. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "error.h"

/*
 * Open a context with the user's own krb5 configuration, in front of which
 * stands what keeps it off the network: there is no DNS, the realm is the
 * default one, and its KDC is nowhere.  SAM-2 is disabled; with no_timestamp,
 * encrypted timestamp is too, in the realm.  To be freed with
 * krb5_free_context().
 */
enum iakerb_code
context_open(const char *realm, bool no_timestamp, krb5_context *context,
             struct iakerb_error *error);

#endif /* CONTEXT_H */
