/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The login by the code, and what it protects; in a channel's child. */
#ifndef LOCALKDC_LOGIN_H
#define LOCALKDC_LOGIN_H

#include <stdbool.h>
#include <stddef.h>

#include <gssapi/gssapi.h>

#include "common/error.h"

struct iakerb_initiator;
struct iakerb_acceptor;

struct login {
    struct iakerb_initiator *initiator;
    struct iakerb_acceptor *acceptor;
    gss_ctx_id_t context;
};

/* Log in over a connection, or let somebody; the realm is the one whose KDC has
 * let this side in.  *wrong says whether it was the code that was wrong.
 * login_end() also after a failure. */
int login_initiate(struct login *login, int connection, const char *code,
                   char *realm, size_t size, bool *wrong,
                   struct error *error);
int login_accept(struct login *login, const char *realm, int connection,
                 const unsigned char *key, bool *wrong, struct error *error);
void login_end(struct login *login);

/* *out is to be freed with gss_release_buffer(). */
int login_wrap(struct login *login, const void *data, size_t length,
               gss_buffer_desc *out, struct error *error);
int login_unwrap(struct login *login, const void *data, size_t length,
                 gss_buffer_desc *out, struct error *error);

int login_prf(struct login *login, const void *data, size_t length,
              unsigned char *out, size_t size, struct error *error);

#endif
