/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system's resolver. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stddef.h>

#include "reason.h"

/* The first address of a host, as text. */
bool
resolve_host(const char *host, char *address, size_t size,
             struct reason *reason);

/* The host's name with the domain where it is found, if there is one. */
bool
resolve_domain(const char *host, char *name, size_t size);

/* The name that DNS has for an address, if there is one. */
bool
resolve_address(const char *address, char *host, size_t size);

#endif /* RESOLVE_H */
