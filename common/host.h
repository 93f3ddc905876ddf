/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The names and addresses that a host is called by, in one spelling. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_BYTES 256          /* room for any name, and its zero byte */

/*
 * Write a host's name or address in its one spelling: letters in lower case
 * and no last dot; addresses as inet_ntop() writes them, without brackets and
 * scope, and an IPv4 address always as one.  *address says whether it is one.
 * False: it cannot be the name of a host.
 */
bool
host_canonical(const char *host, char name[HOST_BYTES], bool *address);

#endif /* HOST_H */
