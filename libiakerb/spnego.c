/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "spnego.h"

#include <stdio.h>

#include "writer.h"

#define MAX_MECHANISMS 32

/* NegState (RFC 4178, section 4.2.2). */
enum {
    ACCEPT_COMPLETED,
    ACCEPT_INCOMPLETE
};

/* The contents of OIDs. */
static const uint8_t spnego_oid[] = { 0x2B, 0x06, 0x01, 0x05, 0x05, 0x02 };
static const uint8_t iakerb_oid[] = { 0x2B, 0x06, 0x01, 0x05, 0x02, 0x05 };

static const struct {
    const char *name;
    uint8_t length;
    uint8_t oid[12];
} known[] = {
    { "IAKERB", 6, { 0x2B, 0x06, 0x01, 0x05, 0x02, 0x05 } },
    { "Kerberos", 9,
      { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02 } },
    { "Kerberos", 9,        /* a Windows of long ago wrote it this way */
      { 0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 0x01, 0x02, 0x02 } },
    { "NTLM", 10,
      { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A } },
    { "NEGOEX", 10,
      { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1E } }
};

static const char *
mechanism_name(const struct der *oid)
{
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (der_equal(oid, known[i].oid, known[i].length))
            return known[i].name;
    }
    return "another mechanism";
}

/* Add a name to the list, once. */
static void
add_name(struct spnego_offer *offer, const char *name)
{
    size_t used = strlen(offer->names);

    if (strstr(offer->names, name) == NULL)
        snprintf(offer->names + used, sizeof(offer->names) - used, "%s%s",
                 used > 0 ? ", " : "", name);
}

enum iakerb_code
spnego_parse_offer(const struct der *bytes, struct spnego_offer *offer,
                   struct iakerb_error *error)
{
    struct der in = *bytes, oid, token, fields, list;
    size_t count = 0;

    *offer = (struct spnego_offer){ .iakerb = false };
    in = der_only(&in, DER_INITIAL_TOKEN);
    oid = der_get(&in, DER_OID);
    if (!der_equal(&oid, spnego_oid, sizeof(spnego_oid)))
        der_fail(&in);
    token = der_only(&in, DER_CONTEXT(0));
    fields = der_only(&token, DER_SEQUENCE);
    token = der_get(&fields, DER_CONTEXT(0));
    list = der_only(&token, DER_SEQUENCE);
    while (list.length > 0 && count++ < MAX_MECHANISMS) {
        oid = der_get(&list, DER_OID);
        if (list.failed)
            break;
        offer->iakerb |= der_equal(&oid, iakerb_oid, sizeof(iakerb_oid));
        add_name(offer, mechanism_name(&oid));
    }
    if (list.failed || list.length > 0 || count == 0)
        return error_set(error, IAKERB_MALFORMED,
                         "the server's offer of mechanisms is malformed");
    return IAKERB_DONE;
}

enum iakerb_code
spnego_make(bool first, const gss_buffer_desc *token, gss_buffer_desc *out,
            struct iakerb_error *error)
{
    struct writer w;
    enum iakerb_code code;
    size_t mark;

    code = writer_start(&w, token->length, error);
    if (code != IAKERB_DONE)
        return code;
    put_bytes(&w, token->value, token->length);
    put_tag(&w, DER_OCTET_STRING, 0);
    put_tag(&w, DER_CONTEXT(2), 0);
    if (first) {
        mark = w.used;
        put_bytes(&w, iakerb_oid, sizeof(iakerb_oid));
        put_tag(&w, DER_OID, mark);
        put_tag(&w, DER_SEQUENCE, mark);
        put_tag(&w, DER_CONTEXT(0), mark);
    }
    put_tag(&w, DER_SEQUENCE, 0);
    put_tag(&w, first ? DER_CONTEXT(0) : DER_CONTEXT(1), 0);
    if (first)
        writer_frame(&w, spnego_oid, sizeof(spnego_oid));
    writer_take(&w, out);
    return IAKERB_DONE;
}

/* The contents of a NegTokenResp's field n, or nothing where it is absent. */
static struct der
optional(struct der *fields, unsigned int n, uint8_t tag)
{
    struct der field, value = der_from(NULL, 0);

    if (!der_is(fields, DER_CONTEXT(n)))
        return value;
    field = der_get(fields, DER_CONTEXT(n));
    value = der_only(&field, tag);
    if (value.failed)
        der_fail(fields);
    return value;
}

enum iakerb_code
spnego_parse_answer(const struct der *bytes, struct der *token,
                    struct iakerb_error *error)
{
    struct der in = *bytes, fields, state, mechanism;

    in = der_only(&in, DER_CONTEXT(1));
    fields = der_only(&in, DER_SEQUENCE);
    state = optional(&fields, 0, DER_ENUMERATED);
    mechanism = optional(&fields, 1, DER_OID);
    *token = optional(&fields, 2, DER_OCTET_STRING);
    optional(&fields, 3, DER_OCTET_STRING);
    if (fields.failed || fields.length > 0 || state.length > 1)
        return error_set(error, IAKERB_MALFORMED,
                         "the server's SPNEGO token is malformed");

    if (mechanism.length > 0 &&
            !der_equal(&mechanism, iakerb_oid, sizeof(iakerb_oid)))
        return error_set(error, IAKERB_NOT_OFFERED, "the server does not take "
                         "IAKERB but wants %s", mechanism_name(&mechanism));
    if (state.length > 0 && state.data[0] > ACCEPT_INCOMPLETE)
        return error_set(error, IAKERB_NOT_OFFERED,
                         "the server does not take IAKERB");
    if (token->length == 0 ||
            (state.length > 0 && state.data[0] == ACCEPT_COMPLETED))
        return error_set(error, IAKERB_MALFORMED, "the server ends the "
                         "conversation before anybody has logged on");
    return IAKERB_DONE;
}
