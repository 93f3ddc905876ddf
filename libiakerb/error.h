/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * How the library's own code fails: each of these fills *error, which may be
 * NULL, and returns its code, so that a failure is one return statement.
 */
#ifndef ERROR_H
#define ERROR_H

#include "iakerb.h"

/* The code, and the sentence that the format makes. */
enum iakerb_code
error_set(struct iakerb_error *error, enum iakerb_code code,
          const char *format, ...) __attribute__((format(printf, 3, 4)));

enum iakerb_code
error_no_memory(struct iakerb_error *error);

/*
 * A krb5 call failed: "<what>: <krb5's text>", under the code that stands for
 * the krb5 code, or fallback where none does.  The context may be NULL.
 */
enum iakerb_code
error_krb5(struct iakerb_error *error, krb5_context context,
           krb5_error_code krb5, enum iakerb_code fallback, const char *what);

/*
 * A GSS-API call failed: "<what>: <the mechanism's text>".  The code is that
 * of the minor status where it is a krb5 code, else fallback.
 */
enum iakerb_code
error_gss(struct iakerb_error *error, OM_uint32 major, OM_uint32 minor,
          enum iakerb_code fallback, const char *what);

/*
 * A KDC or acceptor answered with a KRB-ERROR.  The sentence names the client
 * and, where it is the service's fault, the service.
 */
enum iakerb_code
error_refused(struct iakerb_error *error, krb5_error_code krb5,
              const char *client, const char *service);

/*
 * The same with nothing but the KDC's own words, as it says that a stronger
 * proof is wanted than the client gave.
 */
enum iakerb_code
error_said(struct iakerb_error *error, const char *said);

/*
 * The KDC (with service NULL) or the server itself does not take a ticket.  One
 * that was had before is to be passed over, as an expired one is: the code is
 * then IAKERB_NO_CREDENTIALS.
 */
enum iakerb_code
error_ticket(struct iakerb_error *error, krb5_error_code krb5, bool had_before,
             const char *client, const char *service);

/*
 * The server itself, and no KDC, refuses in the AP exchange.
 */
enum iakerb_code
error_refused_by_server(struct iakerb_error *error, krb5_error_code krb5,
                        const char *client, const char *service);

/*
 * No preauthentication of those that the KDC offers, as token_offered() says,
 * is possible here, or allowed, if something is not.
 */
enum iakerb_code
error_preauth(struct iakerb_error *error, const char *offered,
              const char *client, bool not_allowed, const char *why);

/* The code that stands for a krb5 code; IAKERB_SYSTEM for any other. */
enum iakerb_code
error_code_of(krb5_error_code krb5);

#endif /* ERROR_H */
