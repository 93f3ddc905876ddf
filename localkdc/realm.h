/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration files that make the realm known to krb5kdc and to the
 * machine's Kerberos clients.  Each text is new, and the caller's. */
#ifndef LOCALKDC_REALM_H
#define LOCALKDC_REALM_H

#include "conf.h"
#include "text.h"

/* All that krb5kdc and this program need to know. */
char *realm_kdc_conf(const struct conf *conf);

/* The names that the administrator gave, one a line. */
char *realm_names(const struct list *names);

/* What clients need to know: the realm, its KDC's socket, and which hosts are
 * in it; as the default realm unless /etc/krb5.conf names another one. */
char *realm_snippet(const struct conf *conf, const struct list *names,
                    const char *krb5_conf);

/* Add those hosts in the snippet whose names begin so. */
void realm_hosts(const struct conf *conf, const char *start,
                 struct list *names);

/* Another default realm in /etc/krb5.conf, or NULL; the caller's. */
char *realm_other_default(const struct conf *conf, const char *krb5_conf);

/* Whether /etc/krb5.conf, whose text may be NULL, reads the snippet. */
bool realm_reads_snippet(const struct conf *conf, const char *krb5_conf);

/* /etc/krb5.conf, whose text may be NULL, so that it reads the snippet; and
 * without what that added: NULL where nothing else is in it. */
char *realm_krb5_conf(const struct conf *conf, const char *krb5_conf);
char *realm_krb5_conf_without(const struct conf *conf,
                              const char *krb5_conf);

#endif
