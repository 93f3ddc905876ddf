/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether all is well: each of these looks at one thing, and adds what it finds
 * to a report. */
#ifndef LOCALKDC_HEALTH_H
#define LOCALKDC_HEALTH_H

#include "common/error.h"
#include "report.h"
#include "setup.h"
#include "store/conf.h"

void health_kdc(const struct conf *conf, struct report *report,
                struct error *error);

void health_database(const struct conf *conf, struct setup *setup,
                     struct report *report, struct error *error);

void health_modes(const struct conf *conf, struct report *report);

void health_krb5_conf(const struct conf *conf, struct report *report);

void health_samba(const struct conf *conf, const char *smb_conf,
                  struct report *report, struct error *error);

#endif
