/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which proofs a service insists on: its string attribute "require_auth". */
#ifndef LOCALKDC_REQUIRED_H
#define LOCALKDC_REQUIRED_H

#include <jansson.h>

#include "common/error.h"
#include "db.h"
#include "text.h"

/*
 * A service is "cifs", which is the machine's own, or "http/www".  Put the
 * authentication indicators of which a ticket for it must have one into an
 * answer, as the list "required"; it is empty where it need not have any.
 */
int required_get(const struct db *db, const char *service, json_t *answer,
                 struct error *error);

/* Set them; none where the list is empty. */
int required_set(const struct db *db, const char *service,
                 const struct list *indicators, struct error *error);

/* Work that puts those of the machine's own services into an answer, as the
 * list "required": a sentence each; and as "cifs_alone" whether a ticket for
 * host may prove less than one for cifs has to: smbd takes both, as it has the
 * keys of both.  No data. */
int required_answer(const struct db *db, const void *data, json_t *answer,
                    struct error *error);

#endif
