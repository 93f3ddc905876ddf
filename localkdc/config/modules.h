/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Samba's configuration has loaded, and what this Samba can load. */
#ifndef LOCALKDC_MODULES_H
#define LOCALKDC_MODULES_H

#include "common/error.h"
#include "store/text.h"

/* Add each module that the configuration file names and smbd has not got, as
 * "parameter = module".  Where there is no smbd to ask, nothing is added. */
int modules_lacking(const char *smb_conf, struct list *lacking,
                    struct error *error);

#endif
