/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file that /etc/krb5.conf includes. */
#ifndef LOCALKDC_SNIPPET_H
#define LOCALKDC_SNIPPET_H

#include <profile.h>

#include "common/error.h"
#include "store/conf.h"
#include "store/text.h"

/* What clients need to know: the realm, its KDC's socket, and which hosts are
 * in it, of which the administrator gave some; as the default realm unless the
 * configuration names another one, and without the hosts of another one. */
char *snippet_text(const struct conf *conf, const struct list *names,
                   const struct list *given, profile_t profile);

/* Add those hosts in the snippet whose names begin so, with those that it
 * leaves to other realms. */
void snippet_hosts(const struct conf *conf, const char *start,
                   struct list *names, struct error *error);

#endif
