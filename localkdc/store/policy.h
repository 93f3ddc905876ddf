/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules for every user's password, and for failures to give it. */
#ifndef LOCALKDC_POLICY_H
#define LOCALKDC_POLICY_H

#include "common/error.h"
#include "db.h"

/* The policy that every user has; krb5's calls take no const. */
extern char policy_name[];

/* Make the policy, with its defaults, where the database has none. */
int policy_ensure(const struct db *db, struct error *error);

/* Read it; *policy is to be freed with kadm5_free_policy_ent(). */
int policy_get(const struct db *db, kadm5_policy_ent_t policy,
               struct error *error);

#endif
