/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <krb5.h>
#include <linux/capability.h>

void
break_tickets(const char *from, const char *to, const char *service)
{
    krb5_context context;
    krb5_ccache old, new;
    krb5_principal client;
    krb5_cc_cursor cursor;
    krb5_creds creds;
    unsigned int broken_tickets = 0;

    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_cc_resolve(context, from, &old), 0);
    assert_int_equal(krb5_cc_resolve(context, to, &new), 0);
    assert_int_equal(krb5_cc_get_principal(context, old, &client), 0);
    assert_int_equal(krb5_cc_initialize(context, new, client), 0);
    assert_int_equal(krb5_cc_start_seq_get(context, old, &cursor), 0);
    while (krb5_cc_next_cred(context, old, &cursor, &creds) == 0) {
        if (creds.server->length == 2 &&
                creds.server->data[0].length == strlen(service) &&
                memcmp(creds.server->data[0].data, service,
                       strlen(service)) == 0) {
            creds.ticket.data[creds.ticket.length - 1] ^= 1;
            broken_tickets++;
            assert_int_equal(krb5_cc_store_cred(context, new, &creds), 0);
        }
        krb5_free_cred_contents(context, &creds);
    }
    krb5_cc_end_seq_get(context, old, &cursor);
    assert_true(broken_tickets > 0);
    krb5_free_principal(context, client);
    krb5_cc_close(context, old);
    krb5_cc_close(context, new);
    krb5_free_context(context);
}

void
override_modes(bool may)
{
    struct __user_cap_header_struct header = {
        .version = _LINUX_CAPABILITY_VERSION_3
    };
    struct __user_cap_data_struct data[2];

    assert_int_equal(syscall(SYS_capget, &header, data), 0);
    if (may)
        data[0].effective = data[0].permitted;
    else
        data[0].effective &= ~(1 << CAP_DAC_OVERRIDE);
    assert_int_equal(syscall(SYS_capset, &header, data), 0);
}

unsigned int
count_tickets(const char *name)
{
    unsigned int count = 0;
    krb5_context context;
    krb5_cc_cursor cursor;
    krb5_ccache cache;
    krb5_creds creds;

    assert_int_equal(krb5_init_context(&context), 0);
    assert_int_equal(krb5_cc_resolve(context, name, &cache), 0);
    assert_int_equal(krb5_cc_start_seq_get(context, cache, &cursor), 0);
    while (krb5_cc_next_cred(context, cache, &cursor, &creds) == 0) {
        count++;
        krb5_free_cred_contents(context, &creds);
    }
    krb5_cc_end_seq_get(context, cache, &cursor);
    krb5_cc_close(context, cache);
    krb5_free_context(context);
    return count;
}

void
configure(const char *line)
{
    static char *before;
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/own.conf", getenv("TEST_FILES"));
    if (line == NULL) {
        assert_int_equal(setenv("KRB5_CONFIG", before, 1), 0);
        assert_int_equal(unlink(path), 0);
        return;
    }
    if (before == NULL)
        before = strdup(getenv("KRB5_CONFIG"));
    file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "[libdefaults]\n dns_lookup_kdc = false\n %s\n", line);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(setenv("KRB5_CONFIG", path, 1), 0);
}

const char *const libdefaults[] = {
    "allow_des3 = true", "allow_rc4 = true", "allow_weak_crypto = true",
    "canonicalize = true", "ccache_type = 1", "clockskew = 30",
    "default_ccache_name = FILE:/nonexistent/cc",
    "default_client_keytab_name = FILE:/nonexistent/keytab",
    "default_keytab_name = FILE:/nonexistent/keytab",
    "default_rcache_name = none:", "default_realm = EXAMPLE.COM",
    "default_tgs_enctypes = aes256-cts-hmac-sha1-96",
    "default_tkt_enctypes = aes256-cts-hmac-sha1-96",
    "permitted_enctypes = aes256-cts-hmac-sha1-96",
    "dns_canonicalize_hostname = true",
    "dns_canonicalize_hostname = fallback", "dns_lookup_realm = true",
    "dns_uri_lookup = true", "enforce_ok_as_delegate = true",
    "err_fmt = %C: %M", "extra_addresses = 192.0.2.7",
    "forwardable = true", "ignore_acceptor_hostname = true",
    "k5login_authoritative = false", "kcm_socket = /nonexistent",
    "kdc_default_options = 0x40000010", "kdc_timesync = 0",
    "noaddresses = true", "preferred_preauth_types = 2",
    "proxiable = true", "qualify_shortname = example.com", "rdns = true",
    "realm_try_domains = 2", "renew_lifetime = 7d", "request_timeout = 1",
    "spake_preauth_groups = P-521", "ticket_lifetime = 1h",
    "udp_preference_limit = 0", "verify_ap_req_nofail = true",
    "client_aware_channel_bindings = true", NULL
};
