/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where tickets come from: a cache, or a key in a keytab. */
#ifndef SOURCE_H
#define SOURCE_H

#include "login.h"

/*
 * Open the cache that suits the request best, or fill one with a key that
 * suits better: by the user that was asked for, then by a ticket for the
 * server, then by a realm that is named as the server, then the default cache.
 * Where the user is more than a hint, nobody else's will do.
 *
 * Fills in login->cache, client, client_name and from_cache.  After a failure
 * client is NULL where there is no source.
 */
bool
source_open(struct login *login, struct reason *reason);

/*
 * Go on with a copy of the cache, in memory, that has the user's TGTs and no
 * other ticket.  False where there is none.
 */
bool
source_tgts_alone(struct login *login);

/*
 * Pass over whose tickets were just not taken, as if they had expired, so that
 * source_open() finds another source.  False where the source was none that
 * can be passed over: a key that is refused is the last one that is tried.
 */
bool
source_pass_over(struct login *login);

void
source_close(struct login *login);

/*
 * The principal in the keytab of the user that was asked for or, with any, of
 * whoever there is, if it suits better than what is worth so much.  *client is
 * NULL if there is none, and is to be freed with krb5_free_principal().
 */
krb5_error_code
source_key(krb5_context context, const struct request *request,
           krb5_keytab keytab, bool any, int worth, krb5_principal *client);

#endif /* SOURCE_H */
