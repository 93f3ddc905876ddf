/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The realm's database, through krb5's administration library. */
#ifndef LOCALKDC_DB_H
#define LOCALKDC_DB_H

#include <krb5.h>
#include <kadm5/admin.h>

#include "common/error.h"
#include "conf.h"

struct db {
    krb5_context context;
    void *handle;
    const char *realm;
};

/* A context that knows what the file kdc_conf says, and nothing else. */
int db_context(const char *kdc_conf, krb5_context *context,
               struct error *error);

/*
 * Find out which realm this machine is, into conf->realm; NULL where there is
 * no database.  It is what root has written: the database and its master key
 * are the KDC's account's, and have no say in it.
 */
int db_realm(struct conf *conf, struct error *error);

/* Open the stashed master key; -1 on failure. */
int db_stash(const struct conf *conf, struct error *error);

/*
 * Open the database in a folder, which can be a staged one, with a kdc.conf,
 * which can be staged too; only in a child of work().  A database of another
 * realm than conf->realm is refused.
 *
 * db_close() is to be called after a failure too.
 */
int db_open(const struct conf *conf, const char *folder,
            const char *kdc_conf, struct db *db, struct error *error);
void db_close(struct db *db);

/* Make an empty database with a random master key in a folder. */
int db_create(const struct conf *conf, const char *folder,
              const char *kdc_conf, struct error *error);

/* Make a folder that is to hold a database. */
int db_folder(const struct conf *conf, const char *folder,
              struct error *error);

/* The principal "first@REALM", or "first/second@REALM". */
int db_principal(const struct db *db, const char *first, const char *second,
                 krb5_principal *principal, struct error *error);

/* A component as a string, which krb5 does not promise; the caller's. */
char *db_component(krb5_const_principal principal, int index);

/* Say what krb5 says about a code, after what it was about. */
int db_fail(krb5_context context, long code, const char *about,
            struct error *error);

#endif
