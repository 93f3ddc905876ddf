/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How two machines find each other. */
#ifndef LOCALKDC_MEET_H
#define LOCALKDC_MEET_H

#include "channel.h"
#include "common/error.h"
#include "key.h"
#include "store/conf.h"

#define MEET_PORT 4688

/* How many strangers may be at the door at once. */
#define MEET_STRANGERS 16

/* Somebody came, from this address, and had the code (why is NULL) or not. */
typedef void meet_came(const char *address, const char *why);

/* Listen for whoever comes.  *fd is the caller's. */
int meet_listen(int port, int *fd, struct error *error);

/* Wait for somebody who knows the code, for so many seconds, and for no more
 * than three who do not. */
int meet_wait(const struct conf *conf, int listener, int seconds,
              const unsigned char key[KEY_BYTES], meet_came *came,
              struct channel *channel, struct error *error);

/* Go to a host.  *fd is the caller's. */
int meet_go(const char *host, int port, int *fd, struct error *error);

#endif
