/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What tests do to the client's caches and to its krb5.conf. */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>

/*
 * Copy the tickets of a service (its first component) from a cache, broken as
 * if they were made with the key of another realm of this name.  Twice is whole
 * again.
 */
void
break_tickets(const char *from, const char *to, const char *service);

/* Be root or not: without this, the mode of a file counts. */
void
override_modes(bool may);

/* How many tickets are in a cache. */
unsigned int
count_tickets(const char *name);

/* Use a krb5.conf with this in [libdefaults]; NULL: the one of before. */
void
configure(const char *line);

/*
 * Each of krb5.conf(5)'s libdefaults, set to what some other realm may need.
 * Ends in NULL.
 */
extern const char *const libdefaults[];

#endif /* CLIENT_H */
