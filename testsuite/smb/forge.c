/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forge KEYTAB SERVICE CLIENT CCACHE REALM [SECONDS [INDICATOR GROUP]]: make a
 * ticket for the service, of any client that one likes, as the KDC that shares
 * the service's key can.  It ends after an hour, or after SECONDS, and can be
 * renewed until then.  It is also stored as if it were for the service in
 * REALM, where a client of that realm looks for it.  With INDICATOR and GROUP it
 * says that too, in all ways that a KDC has, each signed with the service's
 * key.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <krb5.h>

#include "common/identity.h"

/* What a KDC needs; libkrb5 exports it, but no header declares it. */
krb5_error_code
krb5_encrypt_tkt_part(krb5_context context, const krb5_keyblock *key,
                      krb5_ticket *ticket);
krb5_error_code
encode_krb5_ticket(const krb5_ticket *ticket, krb5_data **encoded);

krb5_error_code
encode_krb5_enc_tkt_part(const krb5_enc_tkt_part *part, krb5_data **encoded);
krb5_error_code
encode_krb5_authdata(krb5_authdata *const *list, krb5_data **encoded);
krb5_error_code
encode_utf8_strings(krb5_data *const *strings, krb5_data **encoded);

/* RFC 7751, as libkrb5 has it. */
struct verifier {
    krb5_principal principal;
    krb5_kvno kvno;
    krb5_enctype enctype;
    krb5_checksum checksum;
};

struct cammac {
    krb5_authdata **elements;
    struct verifier *kdc, *service, **others;
};

krb5_error_code
encode_krb5_cammac(const struct cammac *cammac, krb5_data **encoded);

#define AUTH_INDICATOR 97       /* RFC 8129 */

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

/* ---- What it says ----------------------------------------------------- */

static void
sign(const krb5_keyblock *key, const krb5_data *data,
     struct verifier *verifier)
{
    check(krb5_c_make_checksum(context, 0, key, KRB5_KEYUSAGE_CAMMAC, data,
                               &verifier->checksum), "a checksum");
}

static void
say_indicator(const krb5_keytab_entry *entry, char *indicator,
              krb5_enc_tkt_part *part)
{
    krb5_data text = { .data = indicator,
                       .length = (unsigned int)strlen(indicator) };
    krb5_data *const strings[] = { &text, NULL };
    krb5_authdata element = { .ad_type = AUTH_INDICATOR };
    krb5_authdata whole = { .ad_type = KRB5_AUTHDATA_CAMMAC };
    krb5_authdata *elements[] = { &element, NULL };
    krb5_authdata *const all[] = { &whole, NULL };
    struct verifier kdc = { .kvno = entry->vno }, service = { .kvno = 0 };
    struct cammac cammac = { elements, &kdc, &service, NULL };
    krb5_data *encoded;

    check(encode_utf8_strings(strings, &encoded), indicator);
    element.contents = (krb5_octet *)encoded->data;
    element.length = encoded->length;
    part->authorization_data = elements;
    check(encode_krb5_enc_tkt_part(part, &encoded), "a ticket");
    sign(&entry->key, encoded, &kdc);
    check(encode_krb5_authdata(elements, &encoded), indicator);
    sign(&entry->key, encoded, &service);
    check(encode_krb5_cammac(&cammac, &encoded), indicator);
    whole.contents = (krb5_octet *)encoded->data;
    whole.length = encoded->length;
    check(krb5_encode_authdata_container(context, KRB5_AUTHDATA_IF_RELEVANT,
                                         all, &part->authorization_data),
          indicator);
}

static void
say_group(const krb5_keytab_entry *entry, const krb5_creds *creds,
          const char *group, krb5_enc_tkt_part *part)
{
    struct identity identity = {
        .authenticated = (uint64_t)creds->times.authtime,
        .has_groups = true, .total = 1, .count = 1,
        .groups = { { 10, { group, strlen(group) } } }
    };
    krb5_data data = { .magic = 0 };
    size_t length;
    void *bytes;
    krb5_pac pac;
    char *name;

    check(krb5_unparse_name(context, creds->client, &name), "the client");
    identity.principal = (struct identity_text){ name, strlen(name) };
    if (!identity_make(&identity, &bytes, &length))
        exit(1);
    data.data = bytes;
    data.length = (unsigned int)length;
    check(krb5_pac_init(context, &pac), "a PAC");
    check(krb5_pac_add_buffer(context, pac, IDENTITY_PAC_TYPE, &data), group);
    check(krb5_kdc_sign_ticket(context, part, pac, creds->server,
                               creds->client, &entry->key, &entry->key, FALSE),
          "a PAC");
}

/* ---- The ticket ------------------------------------------------------- */

/* The ticket, and the session key that is in it. */
static void
make_ticket(const char *keytab, krb5_creds *creds, char *indicator,
            const char *group)
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
    if (indicator != NULL) {
        say_indicator(&entry, indicator, &part);
        say_group(&entry, creds, group, &part);
    }
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
                        TKT_FLG_FORWARDABLE | TKT_FLG_PRE_AUTH
    };
    long seconds;
    krb5_ccache ccache;

    if (argc != 6 && argc != 7 && argc != 9)
        return 2;
    check(krb5_init_context(&context), "krb5");
    creds.server = parse(argv[2]);
    creds.client = parse(argv[3]);
    creds.times.authtime = creds.times.starttime = time(NULL) - 5;
    seconds = argc > 6 ? atol(argv[6]) : 3600;
    creds.times.endtime = creds.times.renew_till = time(NULL) + seconds;
    make_ticket(argv[1], &creds, argc == 9 ? argv[7] : NULL, argv[argc - 1]);

    check(krb5_cc_resolve(context, argv[4], &ccache), argv[4]);
    check(krb5_cc_initialize(context, ccache, creds.client), argv[4]);
    check(krb5_cc_store_cred(context, ccache, &creds), argv[4]);
    check(krb5_set_principal_realm(context, creds.server, argv[5]), argv[5]);
    check(krb5_cc_store_cred(context, ccache, &creds), argv[4]);
    return 0;
}
