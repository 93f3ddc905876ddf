/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The realm's users: all principals of one component. */
#ifndef LOCALKDC_USERS_H
#define LOCALKDC_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

#include "common/error.h"
#include "db.h"

/* Room for a password and its zero byte. */
#define PASSWORD_SIZE 1024

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

/* Work that puts all users into an answer, sorted by name; no data. */
int users_answer(const struct db *db, const void *data, json_t *answer,
                 struct error *error);

/* Take them out again.  The list is the caller's, to be freed with
 * users_free(), also after a failure. */
int users_get(const json_t *answer, struct user **users, size_t *count,
              struct error *error);
void users_free(struct user *users, size_t count);

/* Put into an answer, under this key, what a change of a user changes; nothing
 * where there is no such user. */
int user_facts(const struct db *db, const char *name, json_t *answer,
               const char *key, struct error *error);

/* Fail unless there is such a user, or is none, as wanted. */
int user_check(const struct db *db, const char *name, bool wanted,
               struct error *error);

int user_add(const struct db *db, const char *name, char *password,
             struct error *error);
int user_passwd(const struct db *db, const char *name, char *password,
                struct error *error);
int user_disable(const struct db *db, const char *name, bool disable,
                 struct error *error);
int user_unlock(const struct db *db, const char *name, struct error *error);
int user_remove(const struct db *db, const char *name, struct error *error);

#endif
