/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What setup, refresh and restore have in common: making all files and
 * principals what they are to be. */
#ifndef LOCALKDC_SETUP_H
#define LOCALKDC_SETUP_H

#include "common/error.h"
#include "store/conf.h"
#include "store/text.h"

struct setup {
    struct list machine;    /* names and addresses that the machine has */
    bool sure;              /* that these are all */
    struct list more;       /* names that the administrator gave */
    struct list names;      /* all of them, in all spellings */
    bool new_realm;         /* the database is the staged one */
    bool applied;           /* all is as it is to be now */
    struct list done;       /* what changed, for people */
    char *other;            /* another default realm that the machine has */
    struct list gone;       /* names that the database has no more */
};

/* Begin with the machine's own names.  This may have to wait for a name
 * server, so nobody should hold the realm meanwhile. */
int setup_machine(struct setup *setup, struct error *error);

/* Find out the others; more is added to the ones in the names file. */
int setup_names(const struct conf *conf, const struct list *more,
                struct setup *setup, struct error *error);

/* Say what setup_apply() would change. */
int setup_preview(const struct conf *conf, struct setup *setup,
                  struct error *error);

/* Fill the database, which for a new realm must be staged with nothing but
 * its own principals in it, stage all files that are not as they are to be,
 * and commit. */
int setup_apply(const struct conf *conf, struct setup *setup,
                struct error *error);

/* Stage kdc.conf alone, which making a database needs. */
int setup_stage_kdc_conf(const struct conf *conf, struct error *error);

void setup_free(struct setup *setup);

#endif
