/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What two owners agree on, and the messages that say it: JSON objects of a
 * version, a type, and bounded members.  Each is written and read here alone.
 */
#ifndef LOCALKDC_TERMS_H
#define LOCALKDC_TERMS_H

#include <stddef.h>
#include <time.h>

#include <jansson.h>

#include "common/error.h"
#include "store/text.h"

#define TERMS_VERSION 2
#define TERMS_NAMES 32              /* users in a map */
#define TERMS_LONGEST (366L * 86400) /* seconds that a trust may last */
#define TERMS_SKEW 300              /* between the two clocks, for Kerberos */

/* Of the realm that trusts about the one that is trusted. */
struct terms {
    char *by;                   /* "NAS", whose services they are */
    char *of;                   /* "LAPTOP", whose users they are */
    time_t until;
    json_t *map;                /* user of OF: user of BY */
};

void terms_free(struct terms *terms);

/* "alice=bob" into the map. */
int terms_map(struct terms *terms, const char *pair, struct error *error);

/* In hexadecimal digits: what each side adds to the transcript that nobody can
 * foresee, and what the side that offers has bound itself to before. */
#define TERMS_NONCE_DIGITS 32
#define TERMS_COMMITMENT_DIGITS 64

/* What the one who joins says first, and what the other one answers; then both
 * tell their nonces, in this order.  The text, which is a part of the
 * transcript, is the caller's. */
char *terms_write_join(const char *of);
char *terms_write_offer(const struct terms *terms, const char *commitment);
char *terms_write_nonce(const char *nonce);

/* Read them; what is read has been looked at, so that it can be shown and
 * written anywhere.  terms_free() also after a failure. */
int terms_read_join(const char *data, size_t length, struct terms *terms,
                    struct error *error);
int terms_read_offer(const char *data, size_t length, struct terms *terms,
                     char commitment[TERMS_COMMITMENT_DIGITS + 1],
                     struct error *error);
int terms_read_nonce(const char *data, size_t length,
                     char nonce[TERMS_NONCE_DIGITS + 1], struct error *error);

/* A message that has nothing but its type: "yes", "done". */
char *terms_write_word(const char *word);

/* Fail unless it is that one; a "no" is said to be one. */
int terms_read_word(const char *data, size_t length, const char *word,
                    struct error *error);

/* As one JSON object, and back, for this machine's own list of trusts. */
json_t *terms_to_json(const struct terms *terms);
int terms_from_json(const json_t *json, struct terms *terms,
                    struct error *error);

#endif
