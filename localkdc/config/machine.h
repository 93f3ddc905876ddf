/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine's own names, and those that the administrator gave it. */
#ifndef LOCALKDC_MACHINE_H
#define LOCALKDC_MACHINE_H

#include <stdbool.h>

#include "common/error.h"
#include "store/text.h"

/* The machine's short name, which is the realm's where nobody says more. */
char *machine_name(void);

/* Add every name and address that a peer may call this machine by.  *sure is
 * false where a name server that does not answer may know one more. */
int machine_names(struct list *names, bool *sure, struct error *error);

/* Add what the administrator's file has, one a line; it may be missing. */
int names_read(const char *path, struct list *names, struct error *error);

#endif
