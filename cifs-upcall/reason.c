/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "reason.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

bool
reason_set(struct reason *reason, int code, const char *format, ...)
{
    va_list arguments;

    reason->code = code;
    va_start(arguments, format);
    vsnprintf(reason->text, sizeof(reason->text), format, arguments);
    va_end(arguments);
    return false;
}

bool
reason_no_memory(struct reason *reason)
{
    return reason_set(reason, ENOMEM, "out of memory");
}

bool
reason_errno(struct reason *reason, const char *what)
{
    return reason_set(reason, errno, "%s: %s", what, strerror(errno));
}

/*
 * What mount(8) says of these is what its user can do something about.  Not
 * EHOSTUNREACH and its like: mount.cifs takes the address for a dead one then.
 */
static int
errno_of_krb5(krb5_error_code krb5)
{
    switch (krb5) {
    case KRB5_CC_NOTFOUND:
    case KRB5_FCC_NOFILE:
    case KRB5_KT_NOTFOUND:
    case ENOENT:
        return ENOKEY;
    case KRB5KRB_AP_ERR_TKT_EXPIRED:
    case KRB5KDC_ERR_KEY_EXP:
        return EKEYEXPIRED;
    case KRB5_KDC_UNREACH:
    case KRB5_REALM_UNKNOWN:
    case KRB5_REALM_CANT_RESOLVE:
        return ENETUNREACH;
    case KRB5_FCC_PERM:
    case EACCES:
        return EACCES;
    case ENOMEM:
        return ENOMEM;
    default:
        return EKEYREJECTED;
    }
}

bool
reason_krb5(struct reason *reason, krb5_context context, krb5_error_code krb5,
            const char *what)
{
    const char *text = krb5_get_error_message(context, krb5);

    reason_set(reason, errno_of_krb5(krb5), "%s: %s", what, text);
    krb5_free_error_message(context, text);
    return false;
}

bool
reason_gss(struct reason *reason, OM_uint32 minor, const char *what)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 more = 0, tmp;

    gss_display_status(&tmp, minor, GSS_C_MECH_CODE,
                       (gss_OID)gss_mech_krb5, &more, &text);
    reason_set(reason, errno_of_krb5((krb5_error_code)minor), "%s: %.*s", what,
               (int)text.length, (const char *)text.value);
    gss_release_buffer(&tmp, &text);
    return false;
}

bool
reason_iakerb(struct reason *reason, const struct iakerb_error *error)
{
    static const int codes[] = {
        [IAKERB_WRONG_PASSWORD] = EKEYREJECTED,
        [IAKERB_UNKNOWN_USER] = EKEYREJECTED,
        [IAKERB_PASSWORD_EXPIRED] = EKEYEXPIRED,
        [IAKERB_ACCOUNT_LOCKED] = EACCES,
        [IAKERB_NO_CREDENTIALS] = ENOKEY,
        [IAKERB_CLOCK_SKEW] = EKEYREJECTED,
        [IAKERB_KDC_UNREACHABLE] = ENETUNREACH,
        [IAKERB_REALM_REFUSED] = EACCES,
        [IAKERB_REALM_UNKNOWN] = EACCES,
        [IAKERB_SERVICE_UNKNOWN] = EKEYREJECTED,
        [IAKERB_PREAUTH] = EACCES,
        [IAKERB_NOT_OFFERED] = EPROTONOSUPPORT,
        [IAKERB_MALFORMED] = EPROTO,
        [IAKERB_NOT_AUTHENTICATED] = EKEYREJECTED,
        [IAKERB_LIMIT] = ETIMEDOUT,
        [IAKERB_UNREACHABLE] = ENETUNREACH,
        [IAKERB_NO_MEMORY] = ENOMEM
    };
    int code = 0;

    if (error->code < sizeof(codes) / sizeof(codes[0]))
        code = codes[error->code];
    return reason_set(reason, code != 0 ? code : EIO, "%s", error->message);
}
