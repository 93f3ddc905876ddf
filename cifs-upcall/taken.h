/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the server takes a ticket. */
#ifndef TAKEN_H
#define TAKEN_H

#include "login.h"

/*
 * Whether the server takes the ticket for this service in login->cache, as far
 * as can be known: false only where it has refused it.
 *
 * The kernel sends one token, and nobody learns what becomes of it: a ticket
 * from before the server's realm was made anew would stay in the way of all
 * others until it expires.  So one that was in the cache is shown to the
 * server first, in an exchange of three legs (GSS_C_DCE_STYLE, [MS-KILE]
 * section 3.4.5.1) that ends after the second one: nobody is logged in, and
 * who sees it can do nothing with it.
 */
bool
taken(struct login *login, const char *service, struct reason *reason);

#endif /* TAKEN_H */
