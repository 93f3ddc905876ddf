/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came of a key, and why: one sentence for the log. */
#ifndef REASON_H
#define REASON_H

#include <stdbool.h>

#include "iakerb.h"

struct reason {
    int code;                   /* errno, or 0 if all is well */
    char text[512];
};

/* These fill *reason and return false, so that a failure is one return
 * statement. */
bool
reason_set(struct reason *reason, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

bool
reason_no_memory(struct reason *reason);

/* "<what>: <strerror(errno)>" */
bool
reason_errno(struct reason *reason, const char *what);

/* "<what>: <krb5's text>" */
bool
reason_krb5(struct reason *reason, krb5_context context, krb5_error_code krb5,
            const char *what);

/* "<what>: <the mechanism's text>" */
bool
reason_gss(struct reason *reason, OM_uint32 minor, const char *what);

bool
reason_iakerb(struct reason *reason, const struct iakerb_error *error);

#endif /* REASON_H */
