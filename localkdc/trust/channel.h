/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A channel between two machines whose owners know one code.
 *
 * It is an IAKERB login (libiakerb) with the code as the password of a
 * principal that is there for this alone: by SPAKE, so that neither who
 * listens nor who answers in the other one's place learns what he could guess
 * the code from.  What a stranger sends is read by a child process that has
 * given root up; this process has the child's messages.
 */
#ifndef LOCALKDC_CHANNEL_H
#define LOCALKDC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "store/conf.h"

/* The principals: whose password is the code, and which service is asked for;
 * both of the realm that offers. */
#define CHANNEL_CLIENT "trust/join"
#define CHANNEL_SERVICE "trust/offer"
#define CHANNEL_KEY_BYTES 32

/* How long a stranger may take until he has proved that he knows the code, and
 * how long the owners may take to look and say yes, in seconds. */
#define CHANNEL_LOGIN_SECONDS 30
#define CHANNEL_OWNER_SECONDS 900

struct channel {
    pid_t pid;
    int fd;                     /* to the child; -1: none */
    char *early;                /* a message that came before it was due, or
                                 * NULL */
    size_t early_length;
    char realm[256];            /* that this side has logged in to, or "" */
};

/* How a login came out that the other side began. */
enum channel_state {
    CHANNEL_OPEN,
    CHANNEL_WRONG_CODE,         /* and error has the rest */
    CHANNEL_FAILED
};

/* Begin to log in on a connection, which is the child's from then on, or to
 * let somebody log in, whose ticket is made with this key. */
int channel_join(const struct conf *conf, int connection, const char *code,
                 struct channel *channel, struct error *error);
int channel_offer(const struct conf *conf, int connection,
                  const unsigned char key[CHANNEL_KEY_BYTES],
                  struct channel *channel, struct error *error);

/* The end of that; waits as long as a login may take. */
enum channel_state channel_opened(struct channel *channel,
                                  struct error *error);

/* A message, of at most CHANNEL_BYTES; what is received is the caller's, with a
 * zero byte that the length does not count. */
#define CHANNEL_BYTES 16384
int channel_send(struct channel *channel, const char *message,
                 struct error *error);
int channel_receive(struct channel *channel, char **message, size_t *length,
                    int seconds, struct error *error);

/* Both sides have the same bytes for the same label and text, nobody else, and
 * others for another login (gss_pseudo_random, RFC 4401). */
int channel_prf(struct channel *channel, const char *label, const char *about,
                unsigned char out[CHANNEL_KEY_BYTES], struct error *error);

/* End it, whatever it was about. */
void channel_close(struct channel *channel);

#endif
