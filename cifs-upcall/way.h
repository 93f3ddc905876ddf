/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to a KDC: as the krb5 configuration has it, or through the server
 * itself. */
#ifndef WAY_H
#define WAY_H

#include "login.h"

/* The server's address or, where that is of no use, its name. */
const char *
way_server(const struct request *request);

/* Fill the cache with a TGT of the client, with the key in the keytab. */
bool
way_fill(struct login *login, krb5_keytab keytab, struct reason *reason);

/*
 * Get a ticket for the service into the cache, which can be another one then.
 * *service is what it is for, "cifs/host@REALM", to be freed with free().
 */
bool
way_ticket(struct login *login, char **service, struct reason *reason);

#endif /* WAY_H */
