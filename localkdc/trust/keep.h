/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept of trusts: the keys in the database, with what the KDC's policy
 * module goes by; and root's own list, from which what krb5's clients and Samba
 * read is written.  The database is the KDC's account's, and has no say in who
 * may be whom here.
 *
 * All of it with the realm held.
 */
#ifndef LOCALKDC_KEEP_H
#define LOCALKDC_KEEP_H

#include <jansson.h>

#include "common/error.h"
#include "key.h"
#include "store/conf.h"
#include "store/text.h"
#include "terms.h"

/* The types of a trust's keys. */
#define KEEP_KEYS 2
extern const krb5_enctype keep_etypes[KEEP_KEYS];

struct keep_key {
    const struct terms *terms;
    unsigned char bytes[KEEP_KEYS][KEY_BYTES];
    unsigned int kvno;
    time_t until;               /* in place of the one of the terms */
};

/* Whom the one who joins logs in as, with the code, and the service that he
 * asks for, with a key; for ten minutes. */
#define KEEP_OFFER_SECONDS 600
int keep_offer(const struct conf *conf, const char *code,
               const unsigned char key[KEY_BYTES], struct error *error);
int keep_offer_end(const struct conf *conf, struct error *error);

/* Put a trust's key into the database, in place of one whose trust has ended;
 * fails where there is one that has not, as of a pairing that is under way. */
int keep_put(const struct conf *conf, const struct keep_key *key,
             struct error *error);

/* Change when it ends there, if it is still this key. */
int keep_until(const struct conf *conf, const struct keep_key *key,
               time_t until, struct error *error);

/* Take the key of this number away, or whichever there is, and say whether
 * there was one. */
#define KEEP_ANY_KEY 0
int keep_drop(const struct conf *conf, const struct terms *terms,
              unsigned int kvno, bool *there_was, struct error *error);

/* Root's list: an array of terms_to_json(), and of a trust that this machine's
 * users have a "host".  The caller's. */
int keep_read(const struct conf *conf, json_t **list, struct error *error);

/* Put a trust on the list, with the host or NULL; or take it off.  What has
 * ended goes at the same time. */
int keep_list(const struct conf *conf, const struct terms *terms,
              const char *host, struct error *error);
int keep_unlist(const struct conf *conf, const struct terms *terms,
                struct error *error);

/* Take every trust, and what is left of an offer, out of a database that comes
 * from a backup, in a staged folder: what was removed since then would be there
 * again.  Adds the realms to gone. */
int keep_forget(const struct conf *conf, const char *folder,
                const char *kdc_conf, struct list *gone, struct error *error);

/* Empty the list, where there is one. */
int keep_unlist_all(const struct conf *conf, struct error *error);

/* The trust on the list that lets users of one realm in at another, where it
 * has not ended; false where there is none. */
bool keep_find(const json_t *list, const char *by, const char *of,
               struct terms *terms);

#endif
