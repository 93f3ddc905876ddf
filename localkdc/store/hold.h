/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command at a time, each on what the one before it left whole. */
#ifndef LOCALKDC_HOLD_H
#define LOCALKDC_HOLD_H

#include "common/error.h"
#include "conf.h"

enum hold {
    HOLD_ANY,           /* there may be a realm */
    HOLD_EXISTING,      /* fail where there is none */
    HOLD_NEW            /* make the folder for one */
};

/* Wait for other commands to end, finish what one of them could not, and find
 * out the realm's name.  After a failure nothing is held. */
int hold_realm(struct conf *conf, enum hold realm, struct error *error);

/* Make a folder for the realm's files, if it is not there; only such a one
 * goes when the realm goes. */
int hold_folder(const struct conf *conf, const char *path,
                struct error *error);

/* Somebody else needs it too: it stays when the realm goes. */
int hold_keep(const struct conf *conf, const char *path, struct error *error);

/* Make all that are needed. */
int hold_folders(const struct conf *conf, struct error *error);

/* Let the next command go on.  What is staged and was not committed goes, and
 * where there is no realm no folder of it stays. */
void release_realm(struct conf *conf, struct error *error);

#endif
