/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What modules of krb5's kdcpolicy interface have in common. */
#ifndef KDCPOLICY_H
#define KDCPOLICY_H

#include <krb5/krb5.h>
#include <krb5/plugin.h>
#include <krb5/kdcpolicy_plugin.h>

#define UNUSED __attribute__((unused))

/* The functions that krb5kdc calls for an AS and for a TGS request.  Not every
 * module looks at all that they are given. */
#define KDCPOLICY_CHECK_AS(name) \
    static krb5_error_code \
    name(krb5_context context UNUSED, krb5_kdcpolicy_moddata data UNUSED, \
         const krb5_kdc_req *kdc_request UNUSED, \
         const struct _krb5_db_entry_new *client UNUSED, \
         const struct _krb5_db_entry_new *server UNUSED, \
         const char *const *indicators UNUSED, const char **status UNUSED, \
         krb5_deltat *lifetime UNUSED, krb5_deltat *renew_lifetime UNUSED)

#define KDCPOLICY_CHECK_TGS(name) \
    static krb5_error_code \
    name(krb5_context context UNUSED, krb5_kdcpolicy_moddata data UNUSED, \
         const krb5_kdc_req *kdc_request UNUSED, \
         const struct _krb5_db_entry_new *server UNUSED, \
         const krb5_ticket *ticket UNUSED, \
         const char *const *indicators UNUSED, const char **status UNUSED, \
         krb5_deltat *lifetime UNUSED, krb5_deltat *renew_lifetime UNUSED)

/* What a module's initvt has to do; init and fini may be missing. */
static inline krb5_error_code
kdcpolicy_fill(int major, krb5_plugin_vtable vtable,
               const struct krb5_kdcpolicy_vtable_st *methods)
{
    if (major != 1)
        return KRB5_PLUGIN_VER_NOTSUPP;
    *(krb5_kdcpolicy_vtable)vtable = *methods;
    return 0;
}

#endif /* KDCPOLICY_H */
