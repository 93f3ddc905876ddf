/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of several caches, or of the keys in a keytab, suits a server. */
#ifndef CHOOSE_H
#define CHOOSE_H

#include <krb5.h>

#include "tickets.h"

/*
 * The cache with a ticket that is valid now, for the server or for getting
 * one.  First comes the user that was asked for, then a ticket for the server,
 * then a realm that is named as the server, then the default cache.
 *
 * It is to be closed with krb5_cc_close(), and NULL if there is none; *expired
 * says whether there is one that was valid once.  *worth is for
 * choose_client().
 */
krb5_ccache
choose_ccache(krb5_context context, const struct tickets_params *params,
              int *worth, bool *expired);

/*
 * The principal in the keytab of the user that was asked for or, with any, of
 * whoever there is, if it suits better than the cache of this worth: by the
 * user, then by a realm that is named as the server.  *client is NULL if there
 * is none, and is to be freed with krb5_free_principal().
 */
krb5_error_code
choose_client(krb5_context context, const struct tickets_params *params,
              krb5_keytab keytab, bool any, int worth,
              krb5_principal *client);

#endif /* CHOOSE_H */
