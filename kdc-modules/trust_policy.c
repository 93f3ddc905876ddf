/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A module for krb5kdc, by krb5's kdcpolicy interface, that keeps trusts with
 * other realms to what was agreed.  Left to itself krb5kdc takes every ticket
 * that was made with the key of krbtgt/OWN@OTHER, whoever it says its user is
 * and however long it lasts, and issues tickets for every service.
 */

#include <string.h>

#include "kdcpolicy.h"
#include "trust.h"

krb5_error_code
kdcpolicy_localkdc_trust_initvt(krb5_context context, int major, int minor,
                                krb5_plugin_vtable vtable);

/* The attribute of this name, or NULL, to be freed by the caller. */
static krb5_error_code
attribute(krb5_context context, krb5_db_entry *entry, const char *name,
          char **value)
{
    krb5_error_code code = krb5_dbe_get_string(context, entry, name, value);

    if (code == 0 && *value != NULL &&
            strnlen(*value, TRUST_ATTRIBUTE_MAX + 1) > TRUST_ATTRIBUTE_MAX) {
        krb5_dbe_free_string(context, *value);
        *value = NULL;
        code = KRB5_KDB_TRUNCATED_RECORD;
    }
    return code;
}

/* No ticket outlasts the trust, and what is renewed does not either. */
static void
shorten(krb5_deltat *lifetime, krb5_deltat rest)
{
    if (*lifetime == 0 || *lifetime > rest)
        *lifetime = rest;
}

/* Keep to a trust; server is NULL where the trust is the way there, and not
 * what the ticket is for. */
static krb5_error_code
keep_to(krb5_context context, krb5_db_entry *trust,
        krb5_const_principal server, const char **status,
        krb5_deltat *lifetime, krb5_deltat *renew_lifetime)
{
    char *until = NULL, *services = NULL;
    krb5_deltat rest;
    krb5_error_code code;

    code = attribute(context, trust, "trust_until", &until);
    if (code == 0)
        code = attribute(context, trust, "trust_services", &services);
    if (code != 0) {
        *status = "TRUST_UNREADABLE";
        goto out;
    }
    rest = trust_rest(until, time(NULL));
    if (rest == 0) {
        *status = until == NULL ? "TRUST_NONE" : "TRUST_ENDED";
        code = KRB5KDC_ERR_POLICY;
    } else if (server != NULL && !trust_allows(services, server)) {
        *status = "TRUST_NOT_FOR_THIS_SERVICE";
        code = KRB5KDC_ERR_POLICY;
    } else {
        shorten(lifetime, rest);
        shorten(renew_lifetime, rest);
    }
out:
    krb5_dbe_free_string(context, until);
    krb5_dbe_free_string(context, services);
    return code;
}

/* The trust by which the client's realm may send its users here. */
static krb5_error_code
incoming(krb5_context context, const struct trust_request *request,
         const char **status, krb5_deltat *lifetime,
         krb5_deltat *renew_lifetime)
{
    const krb5_data *realm = &request->client->realm;
    krb5_principal name = NULL;
    krb5_db_entry *trust = NULL;
    krb5_error_code code;

    code = krb5_build_principal(context, &name, realm->length, realm->data,
                                KRB5_TGS_NAME, request->own, (char *)NULL);
    if (code == 0)
        code = krb5_db_get_principal(context, name, 0, &trust);
    if (code == 0)
        code = keep_to(context, trust, request->server, status, lifetime,
                       renew_lifetime);
    else
        *status = "TRUST_NONE";
    krb5_db_free_principal(context, trust);
    krb5_free_principal(context, name);
    return code == KRB5_KDB_NOENTRY ? KRB5KDC_ERR_POLICY : code;
}

static krb5_error_code
check(krb5_context context, struct trust_request *request,
      const krb5_db_entry *server, const char **status,
      krb5_deltat *lifetime, krb5_deltat *renew_lifetime)
{
    char *own;
    krb5_error_code code;

    /* krb5kdc has a context for each realm, whose default realm it is. */
    code = krb5_get_default_realm(context, &own);
    if (code != 0) {
        *status = "TRUST_UNREADABLE";
        return code;
    }
    request->own = own;
    switch (trust_needed(request, status)) {
    case TRUST_NOT_NEEDED:
        break;
    case TRUST_OUTGOING:
        code = keep_to(context, (krb5_db_entry *)server, NULL, status,
                       lifetime, renew_lifetime);
        break;
    case TRUST_INCOMING:
        code = incoming(context, request, status, lifetime, renew_lifetime);
        break;
    default:
        code = KRB5KDC_ERR_POLICY;
    }
    krb5_free_default_realm(context, own);
    return code;
}

KDCPOLICY_CHECK_AS(trust_check_as)
{
    struct trust_request request = {
        .client = client->princ, .server = server->princ
    };

    return check(context, &request, server, status, lifetime,
                 renew_lifetime);
}

KDCPOLICY_CHECK_TGS(trust_check_tgs)
{
    struct trust_request request = {
        .client = ticket->enc_part2->client, .header = ticket->server,
        .server = server->princ,
        .delegated = kdc_request->kdc_options &
                     (KDC_OPT_CNAME_IN_ADDL_TKT | KDC_OPT_ENC_TKT_IN_SKEY)
    };

    return check(context, &request, server, status, lifetime,
                 renew_lifetime);
}

krb5_error_code
kdcpolicy_localkdc_trust_initvt(krb5_context context, int major, int minor,
                                krb5_plugin_vtable vtable)
{
    static const struct krb5_kdcpolicy_vtable_st methods = {
        .name = "localkdc_trust", .check_as = trust_check_as,
        .check_tgs = trust_check_tgs
    };

    (void)context;
    (void)minor;
    return kdcpolicy_fill(major, vtable, &methods);
}
