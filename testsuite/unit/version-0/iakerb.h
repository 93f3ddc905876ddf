/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* iakerb.h as of version 0.1.0, without its comments: what programs that were
 * built before the parameters grew have been compiled with. */
#ifndef IAKERB_H
#define IAKERB_H 
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <gssapi/gssapi.h>
#include <krb5.h>
#ifdef __cplusplus
extern "C" {
#endif
enum iakerb_code {
    IAKERB_DONE = 0,
    IAKERB_CONTINUE,
    IAKERB_WRONG_PASSWORD,
    IAKERB_UNKNOWN_USER,
    IAKERB_PASSWORD_EXPIRED,
    IAKERB_ACCOUNT_LOCKED,
    IAKERB_NO_CREDENTIALS,
    IAKERB_CLOCK_SKEW,
    IAKERB_KDC_UNREACHABLE,
    IAKERB_REALM_REFUSED,
    IAKERB_REALM_UNKNOWN,
    IAKERB_SERVICE_UNKNOWN,
    IAKERB_PREAUTH,
    IAKERB_NOT_OFFERED,
    IAKERB_MALFORMED,
    IAKERB_NOT_AUTHENTICATED,
    IAKERB_LIMIT,
    IAKERB_UNREACHABLE,
    IAKERB_INVALID,
    IAKERB_NO_MEMORY,
    IAKERB_SYSTEM
};
struct iakerb_error {
    enum iakerb_code code;
    OM_uint32 major;
    OM_uint32 minor;
    krb5_error_code krb5;
    char message[512];
};
const char *iakerb_code_name(enum iakerb_code code);
enum iakerb_framing {
    IAKERB_FRAMING_IAKERB = 0,
    IAKERB_FRAMING_KRB5
};
struct iakerb_limits {
    size_t token_bytes;
    unsigned int legs;
    unsigned int seconds;
};
struct iakerb_initiator;
struct iakerb_initiator_params {
    const char *user;
    const char *target;
    const char *password;
    const char *ccache;
    const char *keytab;
    OM_uint32 flags;
    OM_uint32 lifetime;
    gss_channel_bindings_t bindings;
    enum iakerb_framing framing;
    bool no_timestamp;
    struct iakerb_limits limits;
};
enum iakerb_code
iakerb_initiator_create(const struct iakerb_initiator_params *params,
                        struct iakerb_initiator **initiator,
                        struct iakerb_error *error);
enum iakerb_code
iakerb_initiator_step(struct iakerb_initiator *initiator,
                      const gss_buffer_desc *in,
                      gss_buffer_desc *out,
                      struct iakerb_error *error);
gss_ctx_id_t
iakerb_initiator_context(const struct iakerb_initiator *initiator);
unsigned int
iakerb_initiator_legs(const struct iakerb_initiator *initiator);
enum iakerb_code
iakerb_initiator_store(struct iakerb_initiator *initiator,
                       const char *ccache,
                       struct iakerb_error *error);
void
iakerb_initiator_free(struct iakerb_initiator *initiator);
struct iakerb_acceptor;
struct iakerb_acceptor_params {
    const char *keytab;
    const char *const *realms;
    bool require_finished;
    gss_channel_bindings_t bindings;
    struct iakerb_limits limits;
};
enum iakerb_code
iakerb_acceptor_create(const struct iakerb_acceptor_params *params,
                       struct iakerb_acceptor **acceptor,
                       struct iakerb_error *error);
enum iakerb_code
iakerb_acceptor_step(struct iakerb_acceptor *acceptor,
                     const gss_buffer_desc *in,
                     gss_buffer_desc *out,
                     struct iakerb_error *error);
gss_ctx_id_t
iakerb_acceptor_context(const struct iakerb_acceptor *acceptor);
unsigned int
iakerb_acceptor_legs(const struct iakerb_acceptor *acceptor);
bool
iakerb_acceptor_refusal(const struct iakerb_acceptor *acceptor,
                        struct iakerb_error *error);
const char *
iakerb_acceptor_client(const struct iakerb_acceptor *acceptor);
void
iakerb_acceptor_free(struct iakerb_acceptor *acceptor);
struct iakerb_transport {
    enum iakerb_code (*exchange)(void *data, const gss_buffer_desc *out,
                                 gss_buffer_desc *in,
                                 const struct timespec *deadline,
                                 struct iakerb_error *error);
    void *data;
};
enum iakerb_source {
    IAKERB_FROM_PASSWORD = 0,
    IAKERB_FROM_KEYTAB,
    IAKERB_FROM_TGT,
    IAKERB_FROM_RENEWAL
};
struct iakerb_acquire_params {
    enum iakerb_source source;
    const char *user;
    bool enterprise;
    bool canonicalize;
    bool anonymous;
    const char *ccache;
    const char *const *services;
    const char *keytab;
    const char *password;
    krb5_prompter_fct prompter;
    void *prompter_data;
    krb5_responder_fn responder;
    void *responder_data;
    const char *const *preauth;
    const char *armor_ccache;
    bool no_timestamp;
    krb5_deltat lifetime;
    krb5_deltat renew_lifetime;
    struct iakerb_limits limits;
};
enum iakerb_code
iakerb_acquire(const struct iakerb_acquire_params *params,
               const struct iakerb_transport *transport,
               struct iakerb_error *error);
struct iakerb_smb;
struct iakerb_smb_params {
    const char *const *servers;
    uint16_t port;
};
enum iakerb_code
iakerb_smb_create(const struct iakerb_smb_params *params,
                  struct iakerb_smb **smb,
                  struct iakerb_error *error);
const struct iakerb_transport *
iakerb_smb_transport(struct iakerb_smb *smb);
void
iakerb_smb_free(struct iakerb_smb *smb);
struct iakerb_realm {
    const char *name;
    const char *kdc_socket;
    unsigned int kdc_timeout;
};
enum iakerb_code
iakerb_realm_use(const struct iakerb_realm *realm,
                 const char *config,
                 struct iakerb_error *error);
enum iakerb_code
iakerb_realm_known(const char *realm, bool *known,
                   struct iakerb_error *error);
#ifdef __cplusplus
}
#endif
#endif
