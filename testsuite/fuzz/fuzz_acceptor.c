/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A whole acceptor.  The input is a conversation: tokens of the initiator, and
 * behind each one that is passed on, the KDC's answer.  Whatever comes, only a
 * KDC of the listed realm is asked, and the limits hold.
 */

#include <stdlib.h>
#include <string.h>

#include "conversation.h"
#include "fixed.h"
#include "target.h"
#include "libiakerb/iakerb.h"

#define MAX_TOKEN 4096
#define MAX_LEGS 6

/* The one conversation that is being played. */
static struct conversation conversation;

/* libkrb5's call to a KDC, private but exported, as MIT's acceptor makes it. */
krb5_error_code
krb5_sendto_kdc(krb5_context context, const krb5_data *message,
                const krb5_data *realm, krb5_data *reply, int *use_primary,
                int no_udp);

krb5_error_code
krb5_sendto_kdc(krb5_context context, const krb5_data *message,
                const krb5_data *realm, krb5_data *reply, int *use_primary,
                int no_udp)
{
    gss_buffer_desc answer;

    (void)context;
    (void)use_primary;
    (void)no_udp;
    must(message->length > 0 && message->length <= MAX_TOKEN);
    must(message->data[0] == 0x6A || message->data[0] == 0x6C);
    must(realm->length == strlen(REALM) &&
         memcmp(realm->data, REALM, realm->length) == 0);
    if (!conversation_next(&conversation, &answer))
        return KRB5_KDC_UNREACH;
    *reply = (krb5_data){ .data = answer.value, .length = answer.length };
    return 0;
}

/* A keytab in memory with the key that the recorded tickets are for. */
static void
make_keytab(void)
{
    krb5_keytab_entry entry = { .vno = 1 };
    static krb5_keytab keytab;          /* held open, or it is gone */
    krb5_data password, salt;
    krb5_context context;

    must(krb5_init_context(&context) == 0);
    must(krb5_kt_resolve(context, "MEMORY:service", &keytab) == 0);
    must(krb5_parse_name(context, SERVICE "@" REALM, &entry.principal) == 0);
    must(krb5_principal2salt(context, entry.principal, &salt) == 0);
    password = (krb5_data){ .data = SERVICE_PASSWORD,
                            .length = strlen(SERVICE_PASSWORD) };
    must(krb5_c_string_to_key(context, ENCTYPE_AES256_CTS_HMAC_SHA1_96,
                              &password, &salt, &entry.key) == 0);
    must(krb5_kt_add_entry(context, keytab, &entry) == 0);
    krb5_free_data_contents(context, &salt);
    krb5_free_keytab_entry_contents(context, &entry);
    krb5_free_context(context);
}

static struct iakerb_acceptor *
make_acceptor(bool require_finished)
{
    static const char *const realms[] = { REALM, NULL };
    struct iakerb_acceptor_params params = {
        .keytab = "MEMORY:service",
        .realms = realms,
        .require_finished = require_finished,
        .limits = { .token_bytes = MAX_TOKEN, .legs = MAX_LEGS }
    };
    struct iakerb_acceptor *acceptor;

    must(iakerb_acceptor_create(&params, &acceptor, NULL) == IAKERB_DONE);
    return acceptor;
}

static void
check_step(const struct iakerb_acceptor *acceptor, const gss_buffer_desc *in,
           enum iakerb_code code, const struct iakerb_error *error)
{
    struct iakerb_error refusal;

    must(iakerb_acceptor_legs(acceptor) <= MAX_LEGS);
    must(in->length <= MAX_TOKEN || code == IAKERB_LIMIT);
    if (code == IAKERB_DONE)
        must(iakerb_acceptor_context(acceptor) != GSS_C_NO_CONTEXT);
    else if (code != IAKERB_CONTINUE)
        must(error->code == code && error->message[0] != '\0' &&
             strchr(error->message, '\n') == NULL);
    if (iakerb_acceptor_refusal(acceptor, &refusal))
        must(refusal.message[0] != '\0' &&
             strchr(refusal.message, '\n') == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum iakerb_code code = IAKERB_CONTINUE;
    struct iakerb_acceptor *acceptor;
    struct iakerb_error error;
    gss_buffer_desc in, out;
    static bool configured;
    OM_uint32 tmp;

    if (!configured) {
        configure_krb5();
        make_keytab();
        configured = true;
    }
    if (size == 0)
        return 0;
    fixed_restart();
    fixed_use(FIXED_ACCEPTOR);
    /* The first byte is the policy. */
    acceptor = make_acceptor(data[0] & 1);
    conversation = (struct conversation){ data + 1, size - 1 };
    while (code == IAKERB_CONTINUE && conversation_next(&conversation, &in)) {
        code = iakerb_acceptor_step(acceptor, &in, &out, &error);
        check_step(acceptor, &in, code, &error);
        gss_release_buffer(&tmp, &out);
        free(in.value);
    }
    iakerb_acceptor_free(acceptor);
    return 0;
}
