/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Samba's configuration has to say for logins through the realm. */
#ifndef LOCALKDC_SAMBA_H
#define LOCALKDC_SAMBA_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "smbconf.h"
#include "store/conf.h"
#include "store/text.h"

struct samba {
    bool installed;
    bool found;             /* the configuration file is there */
    bool standalone;        /* and not a member of a domain */
    bool iakerb;            /* this Samba knows IAKERB */
    struct settings lacking;
    struct list modules;    /* "parameter = module" that this smbd has not */
};

/* Ask testparm about a configuration file; samba_free() also after a
 * failure. */
int samba_examine(const struct conf *conf, const char *smb_conf,
                  struct samba *samba, struct error *error);
void samba_free(struct samba *samba);

#endif
