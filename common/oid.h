/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The mechanisms that an SMB server can offer: the contents of their OIDs. */
#ifndef OID_H
#define OID_H

#include "der.h"

struct oid {
    const char *name;           /* for people */
    uint8_t length;
    uint8_t bytes[10];
};

extern const struct oid oid_spnego;     /* 1.3.6.1.5.5.2 */
extern const struct oid oid_iakerb;     /* 1.3.6.1.5.2.5 */
extern const struct oid oid_krb5;       /* 1.2.840.113554.1.2.2 */
extern const struct oid oid_ms_krb5;    /* 1.2.840.48018.1.2.2, of long ago */
extern const struct oid oid_ntlm;       /* 1.3.6.1.4.1.311.2.2.10 */
extern const struct oid oid_negoex;     /* 1.3.6.1.4.1.311.2.2.30 */

bool
oid_is(const struct der *bytes, const struct oid *oid);

/* The one with these contents, or NULL. */
const struct oid *
oid_find(const struct der *bytes);

/* Its name for people; "another mechanism" for one that is none of these. */
const char *
oid_name(const struct der *bytes);

#endif /* OID_H */
