/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work on the database.
 *
 * The KDC's account owns the database, and the KDC reads what strangers send:
 * what is in the database may be there to break whoever reads it.  So it is
 * read by a child that is the owner and cannot become root again, for a time.
 * Whatever becomes of the child, the command goes on and says so; and what the
 * child answers is as little to be trusted as the database.
 */
#ifndef LOCALKDC_WORK_H
#define LOCALKDC_WORK_H

#include <jansson.h>

#include "common/error.h"
#include "db.h"
#include "text.h"

/* What a child may answer: so many bytes, and so many items in a list. */
#define WORK_BYTES (16 * 1024 * 1024)
#define WORK_ITEMS 10000

/* What is done in the child; the answer is an object.  Nothing that it changes
 * in data is seen by the caller. */
typedef int work_fn(const struct db *db, const void *data, json_t *answer,
                    struct error *error);

/*
 * Do it with the database in a folder, which can be a staged one, and with a
 * kdc.conf, which can be staged too; NULL stands for the realm's own.
 *
 * On success *answer, unless it is NULL, is the caller's.  Fails where fn does,
 * and with "the database is damaged" where the child dies or hangs.
 */
int work(const struct conf *conf, const char *folder, const char *kdc_conf,
         work_fn *fn, const void *data, json_t **answer, struct error *error);

/* The same where the database is changed: what was changed is on the disk
 * then. */
int work_write(const struct conf *conf, const char *folder,
               const char *kdc_conf, work_fn *fn, const void *data,
               json_t **answer, struct error *error);

/* A part of an answer that is a list, of no more items than it may have; or
 * NULL, and it has been said why. */
const json_t *answer_array(const json_t *answer, const char *key,
                           struct error *error);

/* A list as part of an answer; and back, where it can be one.  What is not fit
 * to be seen in its strings is replaced. */
json_t *answer_list(const struct list *list);
int answer_get_list(const json_t *answer, const char *key, struct list *list,
                    struct error *error);

#endif
