/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What KDCs and servers say of tickets. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>

#include <krb5.h>

/*
 * Whether this refuses a ticket as such: it was made with another key than the
 * one that is there, or its time is over.
 */
static inline bool
refusal_is_about_ticket(krb5_error_code krb5)
{
    switch (krb5) {
    case KRB5KRB_AP_ERR_BAD_INTEGRITY:
    case KRB5KRB_AP_ERR_MODIFIED:
    case KRB5KRB_AP_ERR_NOKEY:
    case KRB5KRB_AP_ERR_BADKEYVER:
    case KRB5KRB_AP_ERR_NOT_US:
    case KRB5KRB_AP_WRONG_PRINC:
    case KRB5KRB_AP_ERR_TKT_EXPIRED:
        return true;
    default:
        return false;
    }
}

#endif /* REFUSAL_H */
