/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether all of a database can be read. */
#ifndef LOCALKDC_CHECK_H
#define LOCALKDC_CHECK_H

#include "common/error.h"
#include "conf.h"

/*
 * Read every entry and key, and the users' policy.  A folder and a kdc.conf as
 * with work().  The entry that is damaged is named.
 */
int check_database(const struct conf *conf, const char *folder,
                   const char *kdc_conf, struct error *error);

#endif
