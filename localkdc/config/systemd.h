/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The KDC as systemd runs it, where this machine is up and has systemd. */
#ifndef LOCALKDC_SYSTEMD_H
#define LOCALKDC_SYSTEMD_H

#include "common/error.h"
#include "store/conf.h"

/* From now on whoever connects to the socket gets an answer. */
int service_start(const struct conf *conf, struct error *error);

/* End a KDC that runs with what is no longer so; the socket starts another. */
int service_reload(const struct conf *conf, struct error *error);

/* Nobody gets an answer any more. */
int service_stop(const struct conf *conf, struct error *error);

#endif
