/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change of one user, which is known to be on the disk when it is done. */
#ifndef LOCALKDC_CHANGE_H
#define LOCALKDC_CHANGE_H

#include "common/error.h"
#include "users.h"
#include "work.h"

/* What is done with one user whose name is known to be good. */
struct user_action {
    const char *name;
    /* NULL where it sets a password. */
    int (*run)(const struct db *db, const char *user, struct error *error);
    /* Whether it was done, by what the database has of the user before and
     * after, which is NULL where there is no such user. */
    bool (*is_done)(const json_t *before, const json_t *after);
    const char *done;
};

/* The one with this name, such as "disable", which needs no password; or
 * NULL. */
const struct user_action *change_find(const char *name);

/* Those that do. */
extern const struct user_action change_add;
extern const struct user_action change_passwd;

struct user_change {
    const char *name;                   /* of the user */
    const struct user_action *action;
    const char *password;               /* where the action sets one */
};

/* Make it, with the realm held for that. */
int change_user(struct conf *conf, const struct user_change *change,
                struct error *error);

/* Read what there is, with the realm held for no longer than that. */
int change_read(struct conf *conf, work_fn *fn, const void *data,
                json_t **answer, struct error *error);

#endif
