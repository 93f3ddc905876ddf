/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * libiakerb: Kerberos logins through the server (IAKERB).
 *
 * The client's Kerberos messages travel inside the GSS-API tokens of a login,
 * and the server passes them on to its own KDC.  The specification is
 * draft-ietf-kitten-iakerb-03, "the draft" below; the mechanism's OID is
 * 1.3.6.1.5.2.5.  MIT krb5 1.22 or later does the cryptography; this library
 * adds what a server must refuse, what peers frame differently, limits, and
 * errors that say what happened.
 *
 * Rules that hold for every call:
 *
 * - Strings are UTF-8 and end in a zero byte.  Lengths are bytes, times are
 *   seconds.
 * - A call that can fail takes a struct iakerb_error, owned by the caller,
 *   which may be NULL.  It is written on failure only.
 * - A parameter that is const is copied where it is needed later, unless the
 *   comment says "borrowed".
 * - The structures of parameters grow: a later version adds fields at their
 *   end, for which 0 is what was before.  So all that are not set must be 0, as
 *   with an initializer.  Each call that takes one has another form, ending in
 *   _sized, which is told how large the caller's structure is; the call's name
 *   stands for that, see the end.  What was built before is served as before.
 *   Bytes that the library knows nothing of must be 0, or the call fails with
 *   IAKERB_INVALID.  The other structures stay as they are.
 * - One object, one thread at a time.  Different objects may be used by
 *   different threads.  Only iakerb_realm_use() changes the environment.
 * - Passwords and keys are wiped before their memory is freed, and never
 *   appear in a message.
 */
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

/*
 * What a call came to.  IAKERB_DONE and IAKERB_CONTINUE are successes, the
 * rest are failures; each has a sentence in struct iakerb_error.
 */
enum iakerb_code {
    IAKERB_DONE = 0,            /* finished: the context is established */
    IAKERB_CONTINUE,            /* send the token, wait for the next one */

    /* The user or the account. */
    IAKERB_WRONG_PASSWORD,      /* or a keytab whose key is not the user's */
    IAKERB_UNKNOWN_USER,
    IAKERB_PASSWORD_EXPIRED,
    IAKERB_ACCOUNT_LOCKED,      /* locked, disabled or expired */
    IAKERB_NO_CREDENTIALS,      /* the cache or keytab has nothing usable, or
                                 * the peer does not take what it has */

    /* The realm, its KDC and its services. */
    IAKERB_CLOCK_SKEW,
    IAKERB_KDC_UNREACHABLE,     /* no answer before the KDC's timeout */
    IAKERB_REALM_REFUSED,       /* this acceptor does not serve that realm */
    IAKERB_REALM_UNKNOWN,       /* the acceptor cannot tell its realm */
    IAKERB_SERVICE_UNKNOWN,     /* no such service principal in the realm */
    IAKERB_PREAUTH,             /* no preauthentication that suits both */

    /* The peer. */
    IAKERB_NOT_OFFERED,         /* the token is of another mechanism */
    IAKERB_MALFORMED,           /* the token breaks the draft or DER */
    IAKERB_NOT_AUTHENTICATED,   /* ticket, checksum or bindings are wrong */
    IAKERB_LIMIT,               /* too large, too many legs, too late */
    IAKERB_UNREACHABLE,         /* no connection to the peer, or it is lost */

    /* This side. */
    IAKERB_INVALID,             /* a parameter is wrong: a caller's mistake */
    IAKERB_NO_MEMORY,
    IAKERB_SYSTEM               /* a file, or something unforeseen */
};

/*
 * A failure: one code, what stands behind it, and one sentence that a person
 * can act on, in English, without a newline.
 */
struct iakerb_error {
    enum iakerb_code code;
    OM_uint32 major;            /* of the GSS-API, or 0 */
    OM_uint32 minor;            /* of the GSS-API, or 0 */
    krb5_error_code krb5;       /* of krb5 (KRB5KDC_ERR_...), or 0 */
    char message[512];
};

/* The name of a code, such as "wrong password".  Static; never NULL. */
const char *iakerb_code_name(enum iakerb_code code);

/*
 * Which mechanism frames the AP exchange at the end of a login.  The IAKERB
 * framing is the draft's, and binds the whole conversation (its section 3.1).
 * With the plain framing the AP exchange is an ordinary Kerberos one (RFC
 * 4121, section 4.1) under 1.2.840.113554.1.2.2; Windows does that.
 */
enum iakerb_framing {
    IAKERB_FRAMING_IAKERB = 0,
    IAKERB_FRAMING_KRB5
};

/*
 * Bounds on one login.  A field that is 0 stands for the default in brackets.
 * What goes past a bound fails with IAKERB_LIMIT.
 */
struct iakerb_limits {
    size_t token_bytes;         /* each token of the peer [65536]; four times
                                 * as much all of them together */
    unsigned int legs;          /* tokens of the peer [20]; MIT's acceptor
                                 * passes on 26 messages at most */
    unsigned int seconds;       /* from the first step to the last [60]; what a
                                 * step takes by itself can come on top, see
                                 * iakerb_initiator_step() */
};

/* ---- Initiator -------------------------------------------------------- */

struct iakerb_initiator;

struct iakerb_initiator_params {
    /*
     * The client, as "user" or "user@REALM".  Without a realm the acceptor
     * is asked for its own (draft, section 3.1: realm discovery), unless the
     * cache or keytab tells.  A '@', '/' or '\' that is part of the name is
     * escaped with a '\', as krb5_parse_name() reads it.  May be NULL with a
     * cache or a keytab: its first principal is taken.
     */
    const char *user;

    /*
     * The service, as "service/host" or "service/host@REALM"; required.  The
     * host gets its one spelling, see iakerb_host_canonical(); no name server
     * is asked.
     */
    const char *target;

    /* Exactly one of these three. */
    const char *password;       /* not empty: MIT takes none */
    const char *ccache;         /* "FILE:/path", "MEMORY:x", ... with a TGT
                                 * or a ticket for the target, which the last
                                 * step stores there where it was not yet, if
                                 * it can */
    const char *keytab;         /* "FILE:/path", ... with the user's key */

    /*
     * GSS_C_..._FLAG, and no others; most want GSS_C_MUTUAL_FLAG.  Nothing is
     * delegated: GSS_C_DELEG_FLAG and GSS_C_DELEG_POLICY_FLAG are ignored.
     */
    OM_uint32 flags;

    /* Lifetime to ask for, or 0 for the longest. */
    OM_uint32 lifetime;

    /* RFC 2743, section 1.1.6; borrowed for the life of the initiator. */
    gss_channel_bindings_t bindings;

    enum iakerb_framing framing;

    /*
     * Never answer with an encrypted timestamp, from which the peer could
     * guess the password offline: where the KDC offers nothing better that is
     * possible, the login fails with IAKERB_PREAUTH.
     */
    bool no_timestamp;

    struct iakerb_limits limits;

    /*
     * The realm that a user without one is probably of, such as what
     * iakerb_realm_guess() says; may be NULL, and what cannot be a realm is
     * ignored.  It is tried first, which saves asking for it.  An acceptor that serves another realm and says so costs
     * the leg that was saved, and the login goes on with that; one that does
     * not say so ends the login with IAKERB_REALM_REFUSED.
     */
    const char *guess;
};

/*
 * Make an initiator.  On success *initiator is the caller's, to be freed with
 * iakerb_initiator_free(); on failure it is NULL.
 *
 * Nothing is sent, and no KDC or name server is asked, but for one thing: where
 * the cache is of a realm that the target's trusts, as [domain_realm] and
 * [capaths] of the krb5 configuration say (the latter with a direct path, "."),
 * the cache's own KDC gives the ticket for the other realm, if it is not there.
 *
 * Fails with IAKERB_INVALID, IAKERB_NO_CREDENTIALS, IAKERB_NO_MEMORY or
 * IAKERB_SYSTEM.
 */
enum iakerb_code
iakerb_initiator_create(const struct iakerb_initiator_params *params,
                        struct iakerb_initiator **initiator,
                        struct iakerb_error *error);

/*
 * Take the acceptor's token (in->length 0, or in NULL, for the first step) and
 * make the next one.  *out is written always, and is the caller's, to be freed
 * with gss_release_buffer(); where its length is not 0 it must be sent, after
 * IAKERB_DONE too.  No step waits for anything; but the acceptor says how often
 * the password is hashed, and MIT's bound of 2^24 rounds takes some ten
 * seconds of one CPU.
 *
 * After a failure the initiator can only be freed.
 */
enum iakerb_code
iakerb_initiator_step(struct iakerb_initiator *initiator,
                      const gss_buffer_desc *in,
                      gss_buffer_desc *out,
                      struct iakerb_error *error);

/*
 * The GSS-API context, for gss_get_mic(), gss_wrap(), session key and so on;
 * GSS_C_NO_CONTEXT before the first step.  It stays the initiator's: never
 * delete it, nor export it, which deletes it too.  It may change with every
 * step until IAKERB_DONE.
 */
gss_ctx_id_t
iakerb_initiator_context(const struct iakerb_initiator *initiator);

/* Tokens made so far. */
unsigned int
iakerb_initiator_legs(const struct iakerb_initiator *initiator);

/*
 * Store the tickets that the login got, TGT and service ticket, in the cache
 * of this name, and make the client its principal.  What was in it is lost.
 * Only after IAKERB_DONE.
 *
 * Fails with IAKERB_INVALID, IAKERB_NO_MEMORY or IAKERB_SYSTEM.
 */
enum iakerb_code
iakerb_initiator_store(struct iakerb_initiator *initiator,
                       const char *ccache,
                       struct iakerb_error *error);

/* Free an initiator with its context; NULL is allowed. */
void
iakerb_initiator_free(struct iakerb_initiator *initiator);

/* ---- Acceptor --------------------------------------------------------- */

struct iakerb_acceptor;

struct iakerb_acceptor_params {
    /* The keytab's name, or NULL for the default one.  Any key in it will
     * do, whatever the host is called. */
    const char *keytab;

    /*
     * The realms whose KDC may be asked through this acceptor, ending in
     * NULL; required, at least one.  The process's krb5 configuration must
     * name their KDCs, and its default realm is what a client is told that
     * asks; iakerb_realm_use() sees to both, and to the KDC's timeout.
     */
    const char *const *realms;

    /*
     * Refuse an AP-REQ that comes under the plain Kerberos OID and so without
     * a checksum over the conversation.  Under the IAKERB OID the checksum is
     * always required when messages were passed on.
     */
    bool require_finished;

    /*
     * RFC 2743, section 1.1.6; borrowed for the life of the acceptor.  A
     * client with other bindings is refused, one without any is not: who
     * insists on them looks for GSS_C_CHANNEL_BOUND_FLAG in what
     * gss_inquire_context() says after IAKERB_DONE.
     */
    gss_channel_bindings_t bindings;

    struct iakerb_limits limits;
};

/*
 * Make an acceptor for one login.  On success *acceptor is the caller's, to
 * be freed with iakerb_acceptor_free(); on failure it is NULL.
 *
 * Fails with IAKERB_INVALID, IAKERB_NO_CREDENTIALS (no such keytab, or it is
 * empty), IAKERB_NO_MEMORY or IAKERB_SYSTEM.
 */
enum iakerb_code
iakerb_acceptor_create(const struct iakerb_acceptor_params *params,
                       struct iakerb_acceptor **acceptor,
                       struct iakerb_error *error);

/*
 * Take the initiator's token and make the answer.  *out is written always, and
 * is the caller's, to be freed with gss_release_buffer(); where its length is
 * not 0 it must be sent, after IAKERB_DONE and after a failure too: it then
 * tells the initiator why.
 *
 * What passes to the KDC: AS-REQ and TGS-REQ (RFC 4120, sections 5.4.1 and
 * 5.4.2) for one of the realms, before the AP exchange, within the limits.  A
 * step waits for the KDC, and for nothing else; a message is not passed on
 * when less than the KDC's timeout is left of limits.seconds, so no step
 * outlasts that limit.  The timeout is the krb5 configuration's
 * request_timeout; without one there is no such promise, and one that is not
 * below limits.seconds fails with IAKERB_INVALID.
 *
 * After a failure the acceptor can only be freed.
 */
enum iakerb_code
iakerb_acceptor_step(struct iakerb_acceptor *acceptor,
                     const gss_buffer_desc *in,
                     gss_buffer_desc *out,
                     struct iakerb_error *error);

/*
 * Whether a step with this token of the initiator's will wait for the KDC, so
 * that who has others to serve lets a thread do it.
 */
bool
iakerb_acceptor_waits(const struct iakerb_acceptor *acceptor,
                      const gss_buffer_desc *in);

/*
 * The GSS-API context, as with iakerb_initiator_context().  The client's name
 * is what gss_inquire_context() says of it after IAKERB_DONE: a principal with
 * its realm.  To take it for a local user is the caller's decision; a realm
 * that is not its own must never be stripped off for that.
 *
 * Its target name is the service that the client's ticket is for: whose keytab
 * has the keys of other services too compares it with its own.  Credentials
 * that a client delegates are dropped.
 */
gss_ctx_id_t
iakerb_acceptor_context(const struct iakerb_acceptor *acceptor);

/* Tokens taken so far. */
unsigned int
iakerb_acceptor_legs(const struct iakerb_acceptor *acceptor);

/*
 * What the KDC refused to this client in the last step, for a log: fills
 * *error (of code IAKERB_WRONG_PASSWORD, IAKERB_UNKNOWN_USER, ...) and returns
 * true; false when it refused nothing.  A KDC's demand for preauthentication
 * is no refusal.  The client decides itself what to do after one, so a login
 * can end here without any further token, or go on with another guess.
 *
 * A realm that is not served, in the client's first message, is refused in this
 * way too (IAKERB_REALM_REFUSED): the answer says which one is.
 */
bool
iakerb_acceptor_refusal(const struct iakerb_acceptor *acceptor,
                        struct iakerb_error *error);

/*
 * Who the client says it is, for a log: the principal that its last AS-REQ is
 * for, of a realm that is served or not, as krb5_unparse_name() writes it, but
 * with '?' for what is no UTF-8 and what would do something to a terminal.
 * Nothing proves it.  NULL without an AS-REQ, as
 * when the client has a TGT.  It is the acceptor's, until the next step.
 */
const char *
iakerb_acceptor_client(const struct iakerb_acceptor *acceptor);

/* Free an acceptor with its context; NULL is allowed. */
void
iakerb_acceptor_free(struct iakerb_acceptor *acceptor);

/* ---- Acquire ---------------------------------------------------------- */

/*
 * How tokens get to an acceptor and back: what iakerb_acquire() is carried
 * by.  iakerb_smb_transport() is one; a caller may bring its own.
 */
struct iakerb_transport {
    /*
     * Send the token out and take the acceptor's answer, before the deadline,
     * a time of CLOCK_MONOTONIC.  *in is the caller's afterwards, to be freed
     * with gss_release_buffer(), on failure too; start with an empty one.
     *
     * Each call carries one Kerberos message and its reply, and these are
     * complete in themselves: a transport whose conversation has ended may
     * begin another one.  iakerb_acquire() comes to no AP exchange.
     *
     * Returns IAKERB_DONE, or fails with whatever code fits, and a sentence in
     * *error, which is never NULL and has a general one already.
     */
    enum iakerb_code (*exchange)(void *data, const gss_buffer_desc *out,
                                 gss_buffer_desc *in,
                                 const struct timespec *deadline,
                                 struct iakerb_error *error);
    void *data;
};

/* What the tickets are had with. */
enum iakerb_source {
    IAKERB_FROM_PASSWORD = 0,   /* or what else a person has and knows */
    IAKERB_FROM_KEYTAB,
    IAKERB_FROM_TGT,            /* in the cache that gets the tickets */
    IAKERB_FROM_RENEWAL,        /* of that TGT */
    IAKERB_FROM_VALIDATION      /* of that TGT, which was postdated */
};

/* What the krb5 configuration says, unless the caller does. */
enum iakerb_choice {
    IAKERB_AS_CONFIGURED = 0,
    IAKERB_YES,
    IAKERB_NO
};

struct iakerb_acquire_params {
    enum iakerb_source source;

    /*
     * The client, as in struct iakerb_initiator_params.  Required with
     * IAKERB_FROM_PASSWORD, else it may be NULL: the principal of the cache,
     * or the first one in the keytab.
     */
    const char *user;

    /* The user's name may hold an '@' and is not the principal: the KDC tells
     * which one it is (RFC 6806, section 5). */
    bool enterprise;

    /* The KDC may answer with another name of the client (RFC 6806). */
    bool canonicalize;

    /* The client is anybody (RFC 8062); user must then be
     * "WELLKNOWN/ANONYMOUS", with or without a realm. */
    bool anonymous;

    /* The cache to be filled; required.  Except with IAKERB_FROM_TGT it is
     * replaced as a whole, when all tickets are there and not before. */
    const char *ccache;

    /* Services to get tickets for, as "service/host" or "service/host@REALM",
     * ending in NULL; may be NULL.  A ticket is asked for by the host's one
     * spelling, see iakerb_host_canonical(), and stored under the given one
     * too: programs that know nothing of IAKERB may look for that. */
    const char *const *services;

    const char *keytab;         /* with IAKERB_FROM_KEYTAB */

    /* With IAKERB_FROM_PASSWORD.  Where it is NULL, the prompter is asked. */
    const char *password;

    /* Called when a secret is needed; each may be NULL.  See
     * krb5_init_creds_init() and krb5_get_init_creds_opt_set_responder(). */
    krb5_prompter_fct prompter;
    void *prompter_data;
    krb5_responder_fn responder;
    void *responder_data;

    /* Preauthentication attributes, "NAME=VALUE" or "NAME", ending in NULL;
     * may be NULL.  As kinit's option -X. */
    const char *const *preauth;

    /* A cache with a TGT of the client's realm that FAST is armored with (RFC
     * 6113); may be NULL.  If there is one, a KDC without FAST is refused. */
    const char *armor_ccache;

    /*
     * Never answer with an encrypted timestamp, from which the peer could
     * guess the password offline.  SPAKE, PKINIT and whatever is inside FAST
     * are better.
     */
    bool no_timestamp;

    krb5_deltat lifetime;       /* to ask for, or 0 */
    krb5_deltat renew_lifetime; /* to ask for, or 0 */

    /*
     * limits.seconds is time spent waiting for the transport: a person who
     * types is not hurried.  legs is by default 20, and 2 more for each
     * service; all tokens together may have token_bytes more for each.
     */
    struct iakerb_limits limits;

    /*
     * With IAKERB_FROM_TGT: another cache, best in memory, that is filled with
     * all tickets, those of ccache and new ones.  ccache gets the new ones too
     * if it can be written; without this, it must.
     */
    const char *copy;

    /* With IAKERB_FROM_PASSWORD and IAKERB_FROM_KEYTAB: what to ask for, as
     * with kinit's options -f, -p and --request-pac. */
    enum iakerb_choice forwardable;
    enum iakerb_choice proxiable;
    enum iakerb_choice pac;

    /* When the TGT is to become valid, in seconds from now, or 0.  Until then,
     * and until it is validated, there is no service ticket for it. */
    krb5_deltat start_time;

    /* A cache that says how the user was authenticated before, which is tried
     * first; may be NULL. */
    const char *hints_ccache;

    /* As in struct iakerb_initiator_params; but an acceptor that does not say
     * which realm it serves is then asked. */
    const char *guess;
};

/*
 * Get tickets from the KDC behind an acceptor, by AS and TGS exchanges (RFC
 * 4120, section 3) in IAKERB_PROXY tokens, into a credential cache.  Any kind
 * of preauthentication that MIT krb5 has works.  Who knows nothing of IAKERB
 * can use the tickets afterwards.
 *
 * The realm, where the name has none, is asked for first (draft, section
 * 3.1).  The user's krb5 configuration is obeyed, but no KDC, kpasswd server
 * or name server is ever asked.  The acceptor sees all messages and may be
 * anyone: what it can do is what somebody between client and KDC can do.
 *
 * Fails with any code but IAKERB_CONTINUE.
 */
enum iakerb_code
iakerb_acquire(const struct iakerb_acquire_params *params,
               const struct iakerb_transport *transport,
               struct iakerb_error *error);

/* ---- SMB -------------------------------------------------------------- */

struct iakerb_smb;

struct iakerb_smb_params {
    /* The server's names or addresses, tried in this order, ending in NULL;
     * required, at least one. */
    const char *const *servers;

    uint16_t port;              /* TCP port, or 0 for 445 */
};

/*
 * A transport over the session setup of SMB 2 and 3 ([MS-SMB2], section
 * 3.2.4.2), in SPNEGO (RFC 4178) that offers IAKERB and nothing else.  No
 * session comes to exist, so nobody is logged on: an answer that ends the AP
 * exchange is an error.  Of one with GSS_C_DCE_STYLE, which has three legs, it
 * can carry the first two; they tell whether the server takes a ticket.
 *
 * It connects with the first exchange, over IPv6 or IPv4, and connects again
 * when a conversation has become so old or long that the server may have given
 * it up.  Names are looked up by the system's resolver, which knows no
 * deadline; everything else keeps to the deadline of the exchange.
 *
 * An exchange fails with IAKERB_NOT_OFFERED (the server speaks no SMB 2, or
 * does not offer IAKERB; the sentence says what it offers instead),
 * IAKERB_UNREACHABLE, IAKERB_MALFORMED, IAKERB_NOT_AUTHENTICATED (it ended
 * the conversation), IAKERB_LIMIT, IAKERB_NO_MEMORY or IAKERB_SYSTEM.
 *
 * On success *smb is the caller's, to be freed with iakerb_smb_free(); on
 * failure it is NULL.  Fails with IAKERB_INVALID or IAKERB_NO_MEMORY.
 */
enum iakerb_code
iakerb_smb_create(const struct iakerb_smb_params *params,
                  struct iakerb_smb **smb,
                  struct iakerb_error *error);

/* What to give to iakerb_acquire(); it lives as long as smb does. */
const struct iakerb_transport *
iakerb_smb_transport(struct iakerb_smb *smb);

/* Close the connection; NULL is allowed. */
void
iakerb_smb_free(struct iakerb_smb *smb);

/* ---- Realm ------------------------------------------------------------ */

#define IAKERB_HOST_BYTES 256

struct iakerb_realm {
    const char *name;           /* "NAS"; required */

    /* The KDC's UNIX socket, an absolute path of at most 107 bytes without
     * white space; required. */
    const char *kdc_socket;

    /* How long to wait for its answer, or 0 for 5 seconds; below the
     * limits.seconds of the acceptors. */
    unsigned int kdc_timeout;
};

/*
 * Make the realm known to the krb5 library in this process: write a small
 * krb5 configuration to the file config (as one, with mode 0644, unless it has
 * that text already), and put it in front of the list in KRB5_CONFIG, or of
 * the files that krb5 reads where that is not set.  The realm becomes the
 * default realm, which is what an acceptor tells to clients that ask for its
 * realm.
 *
 * MIT's GSS-API reads its KDCs from the process's configuration and from
 * nowhere else; that is the reason for this call.  It is the only one that
 * changes the environment: call it before there are threads.  Calling it
 * again with the same file adds nothing to KRB5_CONFIG.
 *
 * Fails with IAKERB_INVALID, IAKERB_NO_MEMORY or IAKERB_SYSTEM; KRB5_CONFIG is
 * then as it was.  In a program with file capabilities or set-id it always
 * fails: MIT does not read the variable there.
 */
enum iakerb_code
iakerb_realm_use(const struct iakerb_realm *realm,
                 const char *config,
                 struct iakerb_error *error);

/*
 * Say in *known whether the process's krb5 configuration names a KDC for the
 * realm.  DNS is not asked.
 *
 * Fails with IAKERB_INVALID, IAKERB_NO_MEMORY or IAKERB_SYSTEM.
 */
enum iakerb_code
iakerb_realm_known(const char *realm, bool *known,
                   struct iakerb_error *error);

/*
 * Say in *local whether the realm is that of one machine's own users, so that
 * its KDC can only be reached through that machine: its name has one label, is
 * one that Apple's machines give themselves ("LKDC:SHA1...."), or ends in
 * ".LOCALKDC.SITE", as those of Samba's developers do; and the process's krb5
 * configuration names no KDC for it.  DNS, which has no such
 * realm but may take half a minute to say so, is not asked.
 *
 * A machine in a domain may know short names of domains in other ways, as by
 * winbind; that is for the caller to see.
 *
 * Fails with IAKERB_INVALID, IAKERB_NO_MEMORY or IAKERB_SYSTEM.
 */
enum iakerb_code
iakerb_realm_is_local(const char *realm, bool *local,
                      struct iakerb_error *error);

/*
 * Whether the realm is named as this host is: as the first label of its name,
 * in whatever case.  A hint which realm to try first, no proof of anything.
 * Never true for a host that is called by an address or "localhost"; either
 * may be NULL.
 */
bool
iakerb_realm_is_of_host(const char *realm, const char *host);

/*
 * Write the realm that a host has by nature: the first label of its name, in
 * upper case (of ASCII).  False, with realm empty, for a host that is called by
 * an address or "localhost", and where it cannot be the name of one.
 */
bool
iakerb_realm_guess(const char *host, char realm[IAKERB_HOST_BYTES]);

/* ---- Hosts ------------------------------------------------------------ */

/*
 * Write a host's name or address in the one spelling that it has in the names
 * of services: a name in lower case (of ASCII) and without its last dot; an
 * address as inet_ntop() writes it, IPv4 as such where it is mapped to IPv6,
 * without brackets, and without the scope of a link-local one, which belongs
 * to the machine that uses it.  No name server is asked.
 *
 * Fails with IAKERB_INVALID, where it cannot be the name of a host; name is
 * then empty.
 */
enum iakerb_code
iakerb_host_canonical(const char *host, char name[IAKERB_HOST_BYTES],
                      struct iakerb_error *error);

/* Whether both have the same spelling then.  False for what is none; either
 * may be NULL. */
bool
iakerb_host_same(const char *one, const char *other);

/* ---- Credential caches ------------------------------------------------ */

struct iakerb_ccache_wanted {
    /*
     * Whose tickets: "user" or "user@REALM", as in struct
     * iakerb_initiator_params, or "@REALM" for any user of the realm.  May be
     * NULL or empty: anybody's.
     */
    const char *user;

    /* The server, as it is called; may be NULL. */
    const char *host;

    /*
     * Take only what may be used without having been named: tickets of the
     * realm that user has; else those of the realm that is the host's, see
     * iakerb_realm_is_of_host(); and where the host is called by an address,
     * the default cache, if its realm is named as local ones are.
     * With others the login fails where a password would do.
     */
    bool local;
};

/* What a cache that was found has; each outweighs all that follow. */
#define IAKERB_CCACHE_HAS_TICKET 4      /* for cifs/host or host/host */
#define IAKERB_CCACHE_OF_HOST 2         /* its realm is the host's */
#define IAKERB_CCACHE_IS_DEFAULT 1

/*
 * Find the cache in the collection of whoever runs this that suits a server
 * best: one that has a TGT of its client's realm, or a ticket for the server,
 * which is valid now.  Caches in memory are passed over, as they belong to
 * another login of the process.
 *
 * On success *ccache is its name, to be freed with free(), and *merits, unless
 * merits is NULL, what speaks for it.  Fails with IAKERB_NO_CREDENTIALS (the
 * error's krb5 is KRB5KRB_AP_ERR_TKT_EXPIRED where there is one that was valid
 * once), IAKERB_INVALID, IAKERB_NO_MEMORY or IAKERB_SYSTEM.
 */
enum iakerb_code
iakerb_ccache_find(const struct iakerb_ccache_wanted *wanted,
                   char **ccache,
                   unsigned int *merits,
                   struct iakerb_error *error);

/* What may happen to the cache that all programs of a person use. */
enum iakerb_place {
    /*
     * As kinit: the tickets are from now on what all programs use.  In a
     * collection they go to the client's own cache or a new one, else to the
     * default cache, whatever was in it.
     */
    IAKERB_PLACE_STANDARD = 0,

    /* It becomes the client's if it is nobody's; else as the next one. */
    IAKERB_PLACE_UNUSED,

    /* It stays as it is: the tickets go to the client's own cache or a new
     * one, in a collection, and to no other place. */
    IAKERB_PLACE_ASIDE
};

/*
 * Move tickets from the cache where they were had, which is best in memory, to
 * the one in which their client's tickets belong.  It changes as one, where
 * its type can.
 *
 * On success *stored is its name, to be freed with free(), or NULL where there
 * is no place for them: then they have stayed where they were.  After a
 * failure they have too.  Fails with IAKERB_INVALID (among others where a
 * FILE: is something else than a regular file), IAKERB_NO_MEMORY or
 * IAKERB_SYSTEM.
 */
enum iakerb_code
iakerb_ccache_store(const char *ccache, enum iakerb_place place,
                    char **stored, struct iakerb_error *error);

/* ---- Parameters that grow ---------------------------------------------- */

/*
 * The calls of the other names are made by these, with the size that a
 * structure has here, whatever it has in the library.  With IAKERB_VERSION_0
 * defined they are not: the structure ends where it did in version 0.
 */
enum iakerb_code
iakerb_initiator_create_sized(const struct iakerb_initiator_params *params,
                              size_t size,
                              struct iakerb_initiator **initiator,
                              struct iakerb_error *error);

enum iakerb_code
iakerb_acceptor_create_sized(const struct iakerb_acceptor_params *params,
                             size_t size,
                             struct iakerb_acceptor **acceptor,
                             struct iakerb_error *error);

enum iakerb_code
iakerb_acquire_sized(const struct iakerb_acquire_params *params,
                     size_t size,
                     const struct iakerb_transport *transport,
                     struct iakerb_error *error);

enum iakerb_code
iakerb_smb_create_sized(const struct iakerb_smb_params *params,
                        size_t size,
                        struct iakerb_smb **smb,
                        struct iakerb_error *error);

enum iakerb_code
iakerb_realm_use_sized(const struct iakerb_realm *realm,
                       size_t size,
                       const char *config,
                       struct iakerb_error *error);

enum iakerb_code
iakerb_ccache_find_sized(const struct iakerb_ccache_wanted *wanted,
                         size_t size,
                         char **ccache,
                         unsigned int *merits,
                         struct iakerb_error *error);

#ifndef IAKERB_VERSION_0
static inline enum iakerb_code iakerb_initiator_create_here(
    const struct iakerb_initiator_params *params,
    struct iakerb_initiator **initiator, struct iakerb_error *error)
{
    return iakerb_initiator_create_sized(params, sizeof(*params),
        initiator, error);
}

static inline enum iakerb_code iakerb_acceptor_create_here(
    const struct iakerb_acceptor_params *params,
    struct iakerb_acceptor **acceptor, struct iakerb_error *error)
{
    return iakerb_acceptor_create_sized(params, sizeof(*params),
        acceptor, error);
}

static inline enum iakerb_code iakerb_acquire_here(
    const struct iakerb_acquire_params *params,
    const struct iakerb_transport *transport, struct iakerb_error *error)
{
    return iakerb_acquire_sized(params, sizeof(*params),
        transport, error);
}

static inline enum iakerb_code iakerb_smb_create_here(
    const struct iakerb_smb_params *params,
    struct iakerb_smb **smb, struct iakerb_error *error)
{
    return iakerb_smb_create_sized(params, sizeof(*params),
        smb, error);
}

static inline enum iakerb_code iakerb_realm_use_here(
    const struct iakerb_realm *realm,
    const char *config, struct iakerb_error *error)
{
    return iakerb_realm_use_sized(realm, sizeof(*realm),
        config, error);
}

static inline enum iakerb_code iakerb_ccache_find_here(
    const struct iakerb_ccache_wanted *wanted,
    char **ccache, unsigned int *merits, struct iakerb_error *error)
{
    return iakerb_ccache_find_sized(wanted, sizeof(*wanted),
        ccache, merits, error);
}

#define iakerb_initiator_create iakerb_initiator_create_here
#define iakerb_acceptor_create iakerb_acceptor_create_here
#define iakerb_acquire iakerb_acquire_here
#define iakerb_smb_create iakerb_smb_create_here
#define iakerb_realm_use iakerb_realm_use_here
#define iakerb_ccache_find iakerb_ccache_find_here
#endif

#ifdef __cplusplus
}
#endif

#endif /* IAKERB_H */
