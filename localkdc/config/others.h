/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the machine's krb5 configuration says of other realms, in whichever
 * file that it includes.  libprofile reads it, as for every Kerberos client. */
#ifndef LOCALKDC_OTHERS_H
#define LOCALKDC_OTHERS_H

#include <profile.h>

#include "common/error.h"
#include "store/conf.h"

/* The configuration of a text of /etc/krb5.conf that may not be on the disk
 * yet; NULL, and why is reported, where it has a mistake.  The caller releases
 * it. */
profile_t others_read(const struct conf *conf, const char *krb5_conf,
                      struct error *error);

/* A default realm that is not this one, or NULL; the caller's. */
char *others_default(const struct conf *conf, profile_t profile);

/* The other realm that a host's name is mapped to, by itself or with the rest
 * of its domain, or NULL; the caller's. */
char *others_host(const struct conf *conf, profile_t profile,
                  const char *name);

#endif
