/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The realm's users: all principals of one component. */
#ifndef LOCALKDC_USERS_H
#define LOCALKDC_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "db.h"

struct user {
    char *name;
    bool disabled;
    bool locked;            /* after too many failures */
    bool expired;           /* the password is */
    unsigned int failures;
    time_t changed;         /* the password was, or 0 */
    time_t expires;         /* the password does, or 0 */
    time_t last_login;      /* or 0 */
};

/* Sorted by name.  The list is the caller's, to be freed with users_free(),
 * also after a failure. */
int users_list(const struct db *db, struct user **users, size_t *count);
void users_free(struct user *users, size_t count);

int user_exists(const struct db *db, const char *name, bool *exists);
int user_add(const struct db *db, const char *name, char *password);
int user_passwd(const struct db *db, const char *name, char *password);
int user_disable(const struct db *db, const char *name, bool disable);
int user_unlock(const struct db *db, const char *name);
int user_remove(const struct db *db, const char *name);

#endif
