/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forge KEYTAB SERVICE CLIENT CCACHE REALM [SECONDS]: make a ticket for the
 * service, of any client that one likes, as the KDC that shares the service's
 * key can.  It ends after an hour, or after SECONDS, and can be renewed until
 * then.  It is also stored as if it were for the service in REALM, where a
 * client of that realm looks for it.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <krb5.h>

/* What a KDC needs; libkrb5 exports it, but no header declares it. */
krb5_error_code
krb5_encrypt_tkt_part(krb5_context context, const krb5_keyblock *key,
                      krb5_ticket *ticket);
krb5_error_code
encode_krb5_ticket(const krb5_ticket *ticket, krb5_data **encoded);

static krb5_context context;

static void
check(krb5_error_code ret, const char *what)
{
    if (ret != 0) {
        fprintf(stderr, "forge: %s: %s\n", what,
                krb5_get_error_message(context, ret));
        exit(1);
    }
}

static krb5_principal
parse(const char *name)
{
    krb5_principal principal;

    check(krb5_parse_name(context, name, &principal), name);
    return principal;
}

/* The ticket, and the session key that is in it. */
static void
make_ticket(const char *keytab, krb5_creds *creds)
{
    krb5_enc_tkt_part part = {
        .flags = creds->ticket_flags,
        .session = &creds->keyblock, .client = creds->client,
        .times = creds->times, .transited = { .tr_type = 1 }
    };
    krb5_ticket ticket = { .server = creds->server, .enc_part2 = &part };
    krb5_keytab_entry entry;
    krb5_data *encoded;
    krb5_keytab kt;

    check(krb5_kt_resolve(context, keytab, &kt), keytab);
    check(krb5_kt_get_entry(context, kt, creds->server, 0, 0, &entry), keytab);
    check(krb5_c_make_random_key(context, entry.key.enctype,
                                 &creds->keyblock), "a key");
    check(krb5_encrypt_tkt_part(context, &entry.key, &ticket), "a ticket");
    ticket.enc_part.kvno = entry.vno;
    check(encode_krb5_ticket(&ticket, &encoded), "a ticket");
    creds->ticket = *encoded;
}

int
main(int argc, char **argv)
{
    krb5_creds creds = {
        .ticket_flags = TKT_FLG_TRANSIT_POLICY_CHECKED | TKT_FLG_RENEWABLE |
                        TKT_FLG_FORWARDABLE
    };
    long seconds;
    krb5_ccache ccache;

    if (argc != 6 && argc != 7)
        return 2;
    check(krb5_init_context(&context), "krb5");
    creds.server = parse(argv[2]);
    creds.client = parse(argv[3]);
    creds.times.authtime = creds.times.starttime = time(NULL) - 5;
    seconds = argc == 7 ? atol(argv[6]) : 3600;
    creds.times.endtime = creds.times.renew_till = time(NULL) + seconds;
    make_ticket(argv[1], &creds);

    check(krb5_cc_resolve(context, argv[4], &ccache), argv[4]);
    check(krb5_cc_initialize(context, ccache, creds.client), argv[4]);
    check(krb5_cc_store_cred(context, ccache, &creds), argv[4]);
    check(krb5_set_principal_realm(context, creds.server, argv[5]), argv[5]);
    check(krb5_cc_store_cred(context, ccache, &creds), argv[4]);
    return 0;
}
