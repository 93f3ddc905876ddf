/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two machines agree on a trust, over a channel that is open.
 *
 * Both tell what they are, both show the terms to their owners, and nothing is
 * written until both have said yes.  Then it is written on both sides, for one
 * minute at first: whichever side dies, or loses the other one, the KDCs
 * themselves end what is there.  Only when both have it does it get the end
 * that was agreed on.
 */
#ifndef LOCALKDC_AGREE_H
#define LOCALKDC_AGREE_H

#include "channel.h"
#include "common/error.h"
#include "store/conf.h"
#include "terms.h"

/* How long what is written at first is good for. */
#define AGREE_SECONDS 60

/*
 * Show the owner the terms, the host that will be taken for the realm BY, where
 * this machine joins, and the check value, which is six digits, and wait
 * for a yes.  Fails where it is something else, and where the other side goes,
 * which poll() says of the file descriptor with POLLHUP.
 */
typedef int agree_ask(const struct terms *terms, const char *host,
                      const char *check, int fd, struct error *error);

/* The side that trusts: *terms has all but the other realm, which is filled
 * in. */
int agree_offer(struct conf *conf, struct channel *channel,
                struct terms *terms, agree_ask *ask, struct error *error);

/* The side whose users are trusted; the host is what its owner called the other
 * one.  *terms is filled in; terms_free() also after a failure. */
int agree_join(struct conf *conf, struct channel *channel, const char *host,
               struct terms *terms, agree_ask *ask, struct error *error);

#endif
