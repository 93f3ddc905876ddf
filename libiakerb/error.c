/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <gssapi/gssapi_krb5.h>

#include "common/harmless.h"
#include "common/refusal.h"

/* How many codes krb5's error table has at most. */
#define KRB5_CODES 256

static const char *const code_names[] = {
    [IAKERB_DONE] = "done",
    [IAKERB_CONTINUE] = "continue",
    [IAKERB_WRONG_PASSWORD] = "wrong password",
    [IAKERB_UNKNOWN_USER] = "unknown user",
    [IAKERB_PASSWORD_EXPIRED] = "password expired",
    [IAKERB_ACCOUNT_LOCKED] = "account locked",
    [IAKERB_NO_CREDENTIALS] = "no credentials",
    [IAKERB_CLOCK_SKEW] = "clock skew",
    [IAKERB_KDC_UNREACHABLE] = "KDC unreachable",
    [IAKERB_REALM_REFUSED] = "realm refused",
    [IAKERB_REALM_UNKNOWN] = "realm unknown",
    [IAKERB_SERVICE_UNKNOWN] = "service unknown",
    [IAKERB_PREAUTH] = "no common preauthentication",
    [IAKERB_NOT_OFFERED] = "peer speaks no IAKERB",
    [IAKERB_MALFORMED] = "malformed token",
    [IAKERB_NOT_AUTHENTICATED] = "not authenticated",
    [IAKERB_LIMIT] = "limit reached",
    [IAKERB_UNREACHABLE] = "peer unreachable",
    [IAKERB_INVALID] = "invalid parameter",
    [IAKERB_NO_MEMORY] = "out of memory",
    [IAKERB_SYSTEM] = "system error"
};

const char *
iakerb_code_name(enum iakerb_code code)
{
    size_t count = sizeof(code_names) / sizeof(code_names[0]);

    return (size_t)code < count ? code_names[code] : "unknown code";
}

enum iakerb_code
error_code_of(krb5_error_code krb5)
{
    switch (krb5) {
    case KRB5KDC_ERR_PREAUTH_FAILED:
        return IAKERB_WRONG_PASSWORD;
    case KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN:
        return IAKERB_UNKNOWN_USER;
    case KRB5KDC_ERR_KEY_EXP:
        return IAKERB_PASSWORD_EXPIRED;
    case KRB5KDC_ERR_CLIENT_REVOKED:
    case KRB5KDC_ERR_NAME_EXP:
        return IAKERB_ACCOUNT_LOCKED;
    case KRB5_KT_NOTFOUND:
    case KRB5_KT_END:
    case KRB5_KT_BADNAME:
    case KRB5_KT_UNKNOWN_TYPE:
    case KRB5_CC_NOTFOUND:
    case KRB5_CC_END:
    case KRB5_CC_BADNAME:
    case KRB5_CC_UNKNOWN_TYPE:
    case KRB5_FCC_NOFILE:
    case KRB5KRB_AP_ERR_TKT_EXPIRED:
        return IAKERB_NO_CREDENTIALS;
    case KRB5KRB_AP_ERR_SKEW:
    case KRB5KRB_AP_ERR_TKT_NYV:
    case KRB5_KDCREP_SKEW:
        return IAKERB_CLOCK_SKEW;
    case KRB5_KDC_UNREACH:
    case KRB5KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE:
        return IAKERB_KDC_UNREACHABLE;
    case KRB5_REALM_UNKNOWN:
    case KRB5KDC_ERR_WRONG_REALM:
    case KRB5KRB_AP_ERR_IAKERB_KDC_NOT_FOUND:
        return IAKERB_REALM_REFUSED;
    case KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN:
        return IAKERB_SERVICE_UNKNOWN;
    case KRB5_PREAUTH_FAILED:
        return IAKERB_PREAUTH;
    case KRB5KRB_AP_ERR_BAD_INTEGRITY:
    case KRB5KRB_AP_ERR_MODIFIED:
    case KRB5KRB_AP_ERR_REPEAT:
    case KRB5KRB_AP_ERR_NOKEY:
    case KRB5KRB_AP_ERR_BADKEYVER:
    case KRB5KRB_AP_WRONG_PRINC:
    case KRB5_MUTUAL_FAILED:
    case KRB5_KDCREP_MODIFIED:
        return IAKERB_NOT_AUTHENTICATED;
    case KRB5_BAD_MSIZE:
    case KRB5KRB_AP_ERR_MSG_TYPE:
    case KRB5KRB_AP_ERR_BADVERSION:
        return IAKERB_MALFORMED;
    case KRB5_GET_IN_TKT_LOOP:
        return IAKERB_LIMIT;
    case ENOMEM:
        return IAKERB_NO_MEMORY;
    default:
        return IAKERB_SYSTEM;
    }
}

enum iakerb_code
error_set(struct iakerb_error *error, enum iakerb_code code,
          const char *format, ...)
{
    va_list arguments;

    if (error != NULL) {
        memset(error, 0, sizeof(*error));
        error->code = code;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof(error->message), format, arguments);
        va_end(arguments);
        /* A name in it may be anybody's, and the sentence goes to a log. */
        harmless(error->message, "");
    }
    return code;
}

enum iakerb_code
error_no_memory(struct iakerb_error *error)
{
    return error_set(error, IAKERB_NO_MEMORY, "out of memory");
}

enum iakerb_code
error_krb5(struct iakerb_error *error, krb5_context context,
           krb5_error_code krb5, enum iakerb_code fallback, const char *what)
{
    const char *text;
    enum iakerb_code code = error_code_of(krb5);

    if (code == IAKERB_NO_MEMORY)
        return error_no_memory(error);
    if (code == IAKERB_SYSTEM)
        code = fallback;
    text = krb5_get_error_message(context, krb5);
    error_set(error, code, "%s: %s", what, text);
    krb5_free_error_message(context, text);
    if (error != NULL)
        error->krb5 = krb5;
    return code;
}

/* The GSS-API's text for a status: its own, or IAKERB's for a minor one. */
static void
display_status(OM_uint32 status, int type, char *text, size_t size)
{
    gss_buffer_desc buffer = GSS_C_EMPTY_BUFFER;
    OM_uint32 more = 0, tmp;

    if (gss_display_status(&tmp, status, type, type == GSS_C_MECH_CODE ?
                           gss_mech_iakerb : GSS_C_NO_OID, &more, &buffer) ==
            GSS_S_COMPLETE)
        snprintf(text, size, "%.*s", (int)buffer.length,
                 (const char *)buffer.value);
    else
        snprintf(text, size, "GSS-API status %x", (unsigned int)status);
    gss_release_buffer(&tmp, &buffer);
}

/*
 * The krb5 code behind a minor status, or 0.  It is the status itself, unless
 * another mechanism has come to the same code before: MIT then hands out a
 * number instead, whose text has that of the code in it; krb5.conf's err_fmt
 * can put more around it.
 */
static krb5_error_code
krb5_code_of(OM_uint32 minor, const char *text)
{
    krb5_error_code base = ERROR_TABLE_BASE_krb5, code;
    krb5_error_code best = 0;
    size_t length, most = 0;
    const char *candidate;

    if (minor - (OM_uint32)base < KRB5_CODES || minor == ENOMEM)
        return (krb5_error_code)minor;
    for (code = base; code < base + KRB5_CODES; code++) {
        candidate = krb5_get_error_message(NULL, code);
        length = strlen(candidate);
        if (length > most && strstr(text, candidate) != NULL) {
            best = code;
            most = length;
        }
        krb5_free_error_message(NULL, candidate);
    }
    return best;
}

enum iakerb_code
error_gss(struct iakerb_error *error, OM_uint32 major, OM_uint32 minor,
          enum iakerb_code fallback, const char *what)
{
    enum iakerb_code code;
    krb5_error_code krb5;
    char text[256];

    display_status(minor, GSS_C_MECH_CODE, text, sizeof(text));
    krb5 = krb5_code_of(minor, text);
    /* Where the major status is about one thing, it says it better. */
    if (minor == 0 || (GSS_ROUTINE_ERROR(major) != GSS_S_FAILURE &&
                       GSS_ROUTINE_ERROR(major) != GSS_S_NO_CRED))
        display_status(major, GSS_C_GSS_CODE, text, sizeof(text));
    code = error_code_of(krb5);
    if (code == IAKERB_NO_MEMORY)
        return error_no_memory(error);
    if (code == IAKERB_SYSTEM)
        code = fallback;
    error_set(error, code, "%s: %s", what, text);
    if (error != NULL) {
        error->major = major;
        error->minor = minor;
        error->krb5 = krb5;
    }
    return code;
}

/* Some settings of krb5.conf that other realms need cannot work here. */
static enum iakerb_code
refused_otherwise(struct iakerb_error *error, krb5_error_code krb5,
                  const char *client)
{
    switch (krb5) {
    case KRB5KRB_AP_ERR_BADADDR:
        return error_set(error, IAKERB_SYSTEM, "the server's KDC takes no "
                         "tickets with addresses: in krb5.conf, [libdefaults] "
                         "must not have noaddresses = false for the realm of "
                         "%s", client);
    case KRB5KDC_ERR_ETYPE_NOSUPP:
        return error_set(error, IAKERB_SYSTEM, "the server's KDC has none of "
                         "the encryption types for %s that krb5.conf leaves: "
                         "look at default_tkt_enctypes, default_tgs_enctypes "
                         "and permitted_enctypes", client);
    default:
        return error_krb5(error, NULL, krb5, IAKERB_SYSTEM,
                          "the server's KDC refused");
    }
}

enum iakerb_code
error_refused(struct iakerb_error *error, krb5_error_code krb5,
              const char *client, const char *service)
{
    enum iakerb_code code = error_code_of(krb5);

    switch (code) {
    case IAKERB_WRONG_PASSWORD:
        error_set(error, code, "wrong password for %s", client);
        break;
    case IAKERB_UNKNOWN_USER:
        error_set(error, code, "there is no user %s", client);
        break;
    case IAKERB_PASSWORD_EXPIRED:
        error_set(error, code, "the password of %s has expired and must be "
                  "changed", client);
        break;
    case IAKERB_ACCOUNT_LOCKED:
        error_set(error, code, "the account %s is locked, disabled or "
                  "expired", client);
        break;
    case IAKERB_CLOCK_SKEW:
        error_set(error, code, "the clocks of client and server are too far "
                  "apart for %s to log in", client);
        break;
    case IAKERB_KDC_UNREACHABLE:
        error_set(error, code, "the server's KDC did not answer when %s "
                  "logged in", client);
        break;
    case IAKERB_REALM_REFUSED:
        error_set(error, code, "the server does not serve the realm of %s",
                  client);
        break;
    case IAKERB_SERVICE_UNKNOWN:
        error_set(error, code, "the KDC of %s does not know the service %s",
                  client, service);
        break;
    default:
        code = refused_otherwise(error, krb5, client);
    }
    if (error != NULL)
        error->krb5 = krb5;
    return code;
}

enum iakerb_code
error_said(struct iakerb_error *error, const char *said)
{
    error_set(error, IAKERB_PREAUTH, "the server's KDC refused: %s", said);
    if (error != NULL)
        error->krb5 = KRB5KRB_ERR_GENERIC;
    return IAKERB_PREAUTH;
}

enum iakerb_code
error_ticket(struct iakerb_error *error, krb5_error_code krb5, bool had_before,
             const char *client, const char *service)
{
    const char *text = krb5_get_error_message(NULL, krb5);
    enum iakerb_code code = IAKERB_NOT_AUTHENTICATED;

    if (had_before && service == NULL) {
        code = error_set(error, IAKERB_NO_CREDENTIALS, "the server's KDC does "
                         "not take the tickets of %.128s: they are of another "
                         "realm of this name, or from before it was made "
                         "anew; get new ones, or remove them with kdestroy "
                         "(%s)", client, text);
    } else if (had_before) {
        code = error_set(error, IAKERB_NO_CREDENTIALS, "the server does not "
                         "take the ticket of %.128s for %.128s: it is of "
                         "another realm of this name, or from before it was "
                         "made anew; get new ones, or remove them with "
                         "kdestroy (%s)", client, service, text);
    } else if (service == NULL) {
        error_krb5(error, NULL, krb5, code, "the server's KDC refused");
    } else {
        error_set(error, code, "the server does not take the ticket of %.128s "
                  "for %.128s that its KDC has given: its keytab has another "
                  "key (%s)", client, service, text);
    }
    krb5_free_error_message(NULL, text);
    if (error != NULL)
        error->krb5 = krb5;
    return code;
}

enum iakerb_code
error_refused_by_server(struct iakerb_error *error, krb5_error_code krb5,
                        const char *client, const char *service)
{
    if (refusal_is_about_ticket(krb5))
        return error_ticket(error, krb5, false, client, service);
    if (error_code_of(krb5) == IAKERB_CLOCK_SKEW)
        return error_refused(error, krb5, client, service);
    return error_krb5(error, NULL, krb5, IAKERB_NOT_AUTHENTICATED,
                      "the server refused");
}

enum iakerb_code
error_preauth(struct iakerb_error *error, const char *offered,
              const char *client, bool not_allowed, const char *why)
{
    error_set(error, IAKERB_PREAUTH, "the server's KDC offers %s for %s, which "
              "is not possible%s (%s)",
              offered[0] != '\0' ? offered : "nothing", client,
              not_allowed ? " or not allowed" : "", why);
    if (error != NULL)
        error->krb5 = KRB5_PREAUTH_FAILED;
    return IAKERB_PREAUTH;
}
