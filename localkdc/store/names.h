/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of users, realms and hosts: what they may be. */
#ifndef LOCALKDC_NAMES_H
#define LOCALKDC_NAMES_H

#include <stdbool.h>

#include "common/error.h"

/* Fail with a reason unless the name can be one component of a principal and
 * one word of a configuration file. */
int name_check(const char *kind, const char *name, struct error *error);

/* The same for a host, whose name also goes where '#' or '}' would mean more
 * than themselves. */
int host_check(const char *kind, const char *name, struct error *error);

/* The same as name_check(), and what krb5's and Samba's configuration take for
 * a realm. */
int realm_check(const char *realm, struct error *error);

/* Lower and upper case of ASCII letters; a new string, the caller's. */
char *lower(const char *name);
char *upper(const char *name);

/* Whether it has only what a host's name may have. */
bool is_host(const char *name);

bool is_address(const char *name);

#endif
