/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * libiakerb: what a ticket says of who has logged in, for those who accept
 * logins.  The rules of iakerb.h hold here too.
 */
#ifndef IAKERB_SESSION_H
#define IAKERB_SESSION_H

#include "iakerb.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What the ticket says of who has logged in: who it is, how that was proved,
 * which groups the user was in when the KDC made the ticket, and until when
 * the session may last.
 *
 * A KDC vouches for its own users only.  Of a user of another realm there is
 * the principal and when the ticket ends; all else that such a ticket says is
 * left out.  Nothing here gives anybody a right: which groups a user of this
 * machine is in is for this machine to look up.
 */
struct iakerb_session;

struct iakerb_session_group {
    uint32_t gid;               /* as the KDC's machine has it */
    const char *name;
};

struct iakerb_session_times {
    time_t authenticated;       /* when the user logged in; 0: unknown */
    time_t account_ends;        /* when the account expires; 0: never, or
                                 * unknown */
    time_t ends;                /* when the session has to: with the ticket, or
                                 * with the account; 0: never */
};

/*
 * Read it from an established context of who has accepted a login with Kerberos
 * or IAKERB; an initiator cannot read its ticket.  realm is the caller's own,
 * whose KDC is believed.  On success *session is the caller's, to be freed with
 * iakerb_session_free(), and does not need the context any more; on failure it
 * is NULL.
 *
 * Each of the calls after it returns something that is the session's, and sets
 * *vouched, which may be NULL, to whether the realm's own KDC vouches for it.
 *
 * Fails with IAKERB_INVALID or IAKERB_NO_MEMORY.
 */
enum iakerb_code
iakerb_session_create(gss_ctx_id_t context, const char *realm,
                      struct iakerb_session **session,
                      struct iakerb_error *error);

/* The client, as krb5_unparse_name() writes it. */
const char *
iakerb_session_principal(const struct iakerb_session *session, bool *vouched);

/*
 * The authentication indicators (RFC 8129), such as "spake" or "pkinit", ending
 * in NULL; never NULL itself.  At most 32, of at most 256 bytes each, and of
 * any bytes: whoever writes them to a log or a terminal sees to what is in
 * them.
 */
const char *const *
iakerb_session_indicators(const struct iakerb_session *session, bool *vouched);

/*
 * The groups, the primary one first; *count is how many there are in the
 * array, and *total, which may be NULL, how many the user is in: where it is
 * larger, the rest had no room in the ticket.  *vouched is false where the KDC
 * could not find out, too.
 */
const struct iakerb_session_group *
iakerb_session_groups(const struct iakerb_session *session, size_t *count,
                      size_t *total, bool *vouched);

/* The times.  The end of the ticket is there in any case. */
const struct iakerb_session_times *
iakerb_session_times(const struct iakerb_session *session, bool *vouched);

/* Free a session; NULL is allowed. */
void
iakerb_session_free(struct iakerb_session *session);

#ifdef __cplusplus
}
#endif

#endif /* IAKERB_SESSION_H */
