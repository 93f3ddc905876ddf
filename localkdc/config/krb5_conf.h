/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration files that make the realm known to krb5kdc and to the
 * machine's Kerberos clients.  Each text is new, and the caller's. */
#ifndef LOCALKDC_KRB5_CONF_H
#define LOCALKDC_KRB5_CONF_H

#include <profile.h>

#include "common/error.h"
#include "store/conf.h"
#include "store/text.h"

/* Whether /etc/krb5.conf, whose text may be NULL, reads the snippet. */
bool krb5_conf_reads(const struct conf *conf, const char *krb5_conf);

/* What a text of /etc/krb5.conf comes to, which may include a file that is
 * still to be made; NULL, and why is reported, where it has a mistake in it.
 * The caller releases it. */
profile_t krb5_conf_profile(const struct conf *conf, const char *krb5_conf,
                            struct error *error);

/* /etc/krb5.conf, whose text may be NULL, so that it reads the snippet; and
 * without what that added: NULL where nothing else is in it. */
char *krb5_conf_with(const struct conf *conf, const char *krb5_conf);
char *krb5_conf_without(const struct conf *conf,
                        const char *krb5_conf);

#endif
