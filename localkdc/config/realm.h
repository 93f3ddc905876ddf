/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration files that make the realm known to krb5kdc and to the
 * machine's Kerberos clients.  Each text is new, and the caller's. */
#ifndef LOCALKDC_REALM_H
#define LOCALKDC_REALM_H

#include <profile.h>

#include "common/error.h"
#include "store/conf.h"
#include "store/text.h"

/* All that krb5kdc and this program need to know. */
char *realm_kdc_conf(const struct conf *conf);

/* The names that the administrator gave, one a line. */
char *realm_names(const struct list *names);

/* What clients need to know: the realm, its KDC's socket, and which hosts are
 * in it, of which the administrator gave some; as the default realm unless the
 * configuration names another one, and without the hosts of another one. */
char *realm_snippet(const struct conf *conf, const struct list *names,
                    const struct list *given, profile_t profile);

/* Add those hosts in the snippet whose names begin so, with those that it
 * leaves to other realms. */
void realm_hosts(const struct conf *conf, const char *start,
                 struct list *names, struct error *error);

/* Whether /etc/krb5.conf, whose text may be NULL, reads the snippet. */
bool realm_reads_snippet(const struct conf *conf, const char *krb5_conf);

/* What a text of /etc/krb5.conf comes to, which may include a file that is
 * still to be made; NULL, and why is reported, where it has a mistake in it.
 * The caller releases it. */
profile_t realm_profile(const struct conf *conf, const char *krb5_conf,
                        struct error *error);

/* /etc/krb5.conf, whose text may be NULL, so that it reads the snippet; and
 * without what that added: NULL where nothing else is in it. */
char *realm_krb5_conf(const struct conf *conf, const char *krb5_conf);
char *realm_krb5_conf_without(const struct conf *conf,
                              const char *krb5_conf);

#endif
