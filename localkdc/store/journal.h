/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes to several files that happen all or not at all.
 *
 * First what is new is staged, each file and folder beside the one that it is
 * to replace.  Then the journal, which lists them, is written as one: from
 * here on the new state counts.  Then each takes its place, and the journal
 * goes.  When the power fails, the next command finds a journal, and finishes
 * the work; or it finds none, and removes what was staged.
 */
#ifndef LOCALKDC_JOURNAL_H
#define LOCALKDC_JOURNAL_H

#include "common/error.h"
#include "conf.h"
#include "text.h"

struct journal {
    struct list replace;        /* paths for which something is staged */
    struct list remove;
};

/* Fail if a path cannot be replaced or removed where it is. */
int journal_check(const struct journal *journal, struct error *error);

/* Check, and do what the journal says.  On failure nothing has changed, or
 * what is still to do is done by the next command. */
int journal_commit(const struct conf *conf, const struct journal *journal,
                   struct error *error);

/* Finish, or undo, what an earlier command had no time for. */
int journal_recover(const struct conf *conf, struct error *error);

/* Remove what is staged, if anything is. */
int journal_discard(const struct conf *conf, struct error *error);

#endif
