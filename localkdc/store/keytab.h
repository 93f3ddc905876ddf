/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine's keytab.  In it the realm's entries for cifs and host are
 * ours; all others are somebody else's, and stay. */
#ifndef LOCALKDC_KEYTAB_H
#define LOCALKDC_KEYTAB_H

#include "common/error.h"
#include "conf.h"
#include "services.h"

/* Add to missing what these keys have and the keytab has not, and to stale
 * what it has beyond them, as "cifs/nas@NAS, version 1". */
int keytab_compare(const struct conf *conf, const struct keys *keys,
                   struct list *missing, struct list *stale,
                   struct error *error);

/* Stage a keytab with these keys and everybody else's entries.  *empty says
 * that there are neither, and that nothing was staged. */
int keytab_stage(const struct conf *conf, const struct keys *keys,
                 bool *empty, struct error *error);

#endif
