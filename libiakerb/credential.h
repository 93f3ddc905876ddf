/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What an initiator logs in with: a password, a cache or a keytab. */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include "error.h"

struct credential {
    gss_cred_id_t gss;          /* for gss_mech_iakerb */
    char *client;               /* "user" or "user@REALM" */
    bool has_realm;
    char *user;                 /* without its realm, and */
    char *password;             /* their password, as long as the realm is a
                                 * guess; else NULL */
    krb5_context context;
    krb5_ccache ccache;         /* of the parameters, or NULL */
    krb5_ccache memory;         /* what a login works with in its place, and
                                 * where a keytab's tickets go; else NULL */
};

/*
 * Acquire what the parameters name.  Asks nobody.  *credential is to be
 * cleared with credential_clear(), after a failure too.
 */
enum iakerb_code
credential_acquire(const struct iakerb_initiator_params *params,
                   struct credential *credential, struct iakerb_error *error);

/* The realm of the client is no guess any more. */
void
credential_settle(struct credential *credential);

/* The client is of this realm, and not of the one that was guessed; flags are
 * those of the context. */
enum iakerb_code
credential_other_realm(struct credential *credential, const char *realm,
                       OM_uint32 flags, struct iakerb_error *error);

/*
 * Copy the tickets that the credential has got to the cache of this name, of a
 * type that has no collections.
 */
enum iakerb_code
credential_copy(const struct credential *credential, const char *ccache,
                struct iakerb_error *error);

/*
 * Put a copy of them in the cache of this name, whatever was in it.
 */
enum iakerb_code
credential_store(const struct credential *credential, const char *ccache,
                 struct iakerb_error *error);

/*
 * Acquire a credential of the mechanism from the cache of this name, for a
 * context with these flags, to be released by the caller.
 */
enum iakerb_code
credential_from_ccache(const char *ccache, gss_OID mechanism, OM_uint32 flags,
                       gss_cred_id_t *gss, struct iakerb_error *error);

/*
 * Put new tickets in the cache that the login began with, if it did and the
 * cache can be written.
 */
void
credential_keep(const struct credential *credential);

void
credential_clear(struct credential *credential);

#endif /* CREDENTIAL_H */
