/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine's own principals: cifs/NAME and host/NAME, where NAME is the
 * realm's in lower case, so that it stays when the machine gets another name;
 * and an alias of each for every name that a peer may use.
 */
#ifndef LOCALKDC_SERVICES_H
#define LOCALKDC_SERVICES_H

#include <stdbool.h>

#include <jansson.h>

#include "common/error.h"
#include "db.h"
#include "text.h"

extern const char *const service_names[2];

/* Keys, one for each principal, alias, version and enctype. */
struct keys {
    krb5_keytab_entry *entries;
    size_t count;
    krb5_context context;       /* borrowed; frees them */
};

/* Every name: the realm's, the machine's, and the administrator's, each in the
 * spellings that a peer may use. */
void services_list(const struct conf *conf, const struct list *machine,
                   const struct list *more, struct list *names);

/* Make what is missing, and remove aliases for names that are not listed,
 * which are added to gone; *changed is set where there was something to do,
 * also after a failure. */
int services_update(const struct db *db, const struct list *names,
                    struct list *gone, bool *changed, struct error *error);

/* Add to missing and to extra, "service/name" each, what an update would
 * make and remove. */
int services_compare(const struct db *db, const struct list *names,
                     struct list *missing, struct list *extra,
                     struct error *error);

/* Have the KDC make no tickets that begin later: whoever has a password once
 * could store one for each day of years, and no new password ends them.
 * *changed is set where there is something to do; apply does it. */
int services_not_postdated(const struct db *db, bool apply, bool *changed,
                           struct error *error);

/* Put the keys under those of the names that the database has into an answer,
 * which is to be wiped. */
int services_keys(const struct db *db, const struct list *names,
                  json_t *answer, struct error *error);

/* Take them out: those of these names in this realm, and of the types of key
 * that a realm has.  keys_free() also after a failure. */
int services_get_keys(const json_t *answer, const char *realm,
                      const struct list *names, krb5_context context,
                      struct keys *keys, struct error *error);
void keys_free(struct keys *keys);

#endif
