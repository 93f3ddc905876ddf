/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "oid.h"

const struct oid oid_spnego = {
    "SPNEGO", 6, { 0x2B, 0x06, 0x01, 0x05, 0x05, 0x02 }
};
const struct oid oid_iakerb = {
    "IAKERB", 6, { 0x2B, 0x06, 0x01, 0x05, 0x02, 0x05 }
};
const struct oid oid_krb5 = {
    "Kerberos", 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02 }
};
const struct oid oid_ms_krb5 = {
    "Kerberos", 9, { 0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 0x01, 0x02, 0x02 }
};
const struct oid oid_ntlm = {
    "NTLM", 10,
    { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A }
};
const struct oid oid_negoex = {
    "NEGOEX", 10,
    { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1E }
};

bool
oid_is(const struct der *bytes, const struct oid *oid)
{
    return der_equal(bytes, oid->bytes, oid->length);
}

const struct oid *
oid_find(const struct der *bytes)
{
    static const struct oid *const all[] = {
        &oid_spnego, &oid_iakerb, &oid_krb5, &oid_ms_krb5, &oid_ntlm,
        &oid_negoex
    };
    size_t i;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (oid_is(bytes, all[i]))
            return all[i];
    }
    return NULL;
}

const char *
oid_name(const struct der *bytes)
{
    const struct oid *oid = oid_find(bytes);

    return oid != NULL ? oid->name : "another mechanism";
}
