/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * An acceptor in a process of its own, as a server is: it has the realm's krb5
 * configuration, the tests' process has one without any realm.  Tokens go
 * over a socket pair.
 */
#ifndef PEER_H
#define PEER_H

#include <sys/types.h>

#include "iakerb.h"

/* What the acceptor is made of. */
struct peer_options {
    bool mit;                   /* MIT's gss_accept_sec_context() alone */
    const char *config;         /* KRB5_CONFIG; NULL: the realm's */
    const char *const *realms;  /* NULL: NAS */
    bool require_finished;
    struct iakerb_limits limits;
    gss_channel_bindings_t bindings;
};

struct peer {
    pid_t pid;
    int fd;
};

/* What the acceptor came to with one token. */
struct peer_answer {
    enum iakerb_code code;      /* MIT: IAKERB_NOT_AUTHENTICATED for any */
    gss_buffer_desc token;      /* to be freed with free() */
    char message[512];          /* of the error, or of the refusal */
};

/* What both sides must agree on when the login is done. */
struct peer_proof {
    char client[256];
    char service[256];          /* the acceptor's name */
    OM_uint32 flags;
    unsigned char key[64];
    uint32_t key_length;
    char mic[256];
    uint32_t mic_length;
};

#define INITIATOR_TEXT "from the initiator"
#define ACCEPTOR_TEXT "from the acceptor"

void
peer_start(struct peer *peer, const struct peer_options *options);

void
peer_step(struct peer *peer, const gss_buffer_desc *token,
          struct peer_answer *answer);

/*
 * After the login: the acceptor checks our MIC over INITIATOR_TEXT and gives
 * its proof, with a MIC over ACCEPTOR_TEXT.  Returns whether our MIC was good.
 */
bool
peer_prove(struct peer *peer, const gss_buffer_desc *mic,
           struct peer_proof *proof);

void
peer_stop(struct peer *peer);

/* The key that SMB signs with. */
void
session_key(gss_ctx_id_t context, struct peer_proof *proof);

#endif /* PEER_H */
