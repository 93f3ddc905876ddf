/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Trusts of the client's realm, as this machine's krb5 configuration has them:
 * the host is named in [domain_realm], and [capaths] says that the way to its
 * realm is a direct one.  localkdc writes both where its owner agreed on a
 * trust.
 */
#ifndef TRUST_H
#define TRUST_H

#include "error.h"

/*
 * The realm of the host, if the client's realm is trusted there: a new string,
 * to be freed with free(), or NULL.  DNS is not asked.
 */
char *
trust_realm(krb5_context context, const char *client_realm, const char *host);

/*
 * See to it that the cache has a ticket for the other realm's KDC, asking the
 * client's own, which must be in the configuration.
 */
enum iakerb_code
trust_cross(krb5_context context, krb5_ccache cache, const char *realm,
            struct iakerb_error *error);

#endif /* TRUST_H */
