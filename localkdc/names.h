/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of users, realms and hosts: what they may be, and the machine's. */
#ifndef LOCALKDC_NAMES_H
#define LOCALKDC_NAMES_H

#include "conf.h"
#include "text.h"

/* Fail with a reason unless the name can be one component of a principal and
 * one word of a configuration file. */
int name_check(const char *kind, const char *name);

/* The same for a host, whose name also goes where '#' or '}' would mean more
 * than themselves. */
int host_check(const char *kind, const char *name);

/* The same as name_check(), and what krb5's and Samba's configuration take for
 * a realm. */
int realm_check(const char *realm);

/* The machine's short name, which is the realm's where nobody says more. */
char *machine_name(void);

/* Lower and upper case of ASCII letters; a new string, the caller's. */
char *lower(const char *name);
char *upper(const char *name);

bool is_address(const char *name);

/* Add every name and address that a peer may call this machine by.  *sure is
 * false where a name server that does not answer may know one more. */
int machine_names(struct list *names, bool *sure);

/* Add what the administrator's file has, one a line; it may be missing. */
int names_read(const char *path, struct list *names);

#endif
