/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "spnego.h"

#include <stdio.h>

#include "writer.h"

#define MAX_MECHANISMS 32

/* Add a name to the list, once. */
static void
add_name(struct spnego_offer *offer, const char *name)
{
    size_t used = strlen(offer->names);

    if (strstr(offer->names, name) == NULL)
        snprintf(offer->names + used, sizeof(offer->names) - used, "%s%s",
                 used > 0 ? ", " : "", name);
}

bool
spnego_parse_offer(const struct der *bytes, struct spnego_offer *offer)
{
    struct der in = *bytes, oid, token, fields, list;
    size_t count = 0;

    *offer = (struct spnego_offer){ .iakerb = false };
    in = der_only(&in, DER_INITIAL_TOKEN);
    oid = der_get(&in, DER_OID);
    if (!oid_is(&oid, &oid_spnego))
        der_fail(&in);
    token = der_only(&in, DER_CONTEXT(0));
    fields = der_only(&token, DER_SEQUENCE);
    token = der_get(&fields, DER_CONTEXT(0));
    list = der_only(&token, DER_SEQUENCE);
    while (list.length > 0 && count++ < MAX_MECHANISMS) {
        oid = der_get(&list, DER_OID);
        if (list.failed)
            break;
        offer->iakerb |= oid_is(&oid, &oid_iakerb);
        add_name(offer, oid_name(&oid));
    }
    return !list.failed && list.length == 0 && count > 0;
}

bool
spnego_make(bool first, const struct oid *mechanism, const struct der *token,
            void **out, size_t *length)
{
    struct writer w;
    size_t mark;

    writer_start(&w, token->length);
    put_bytes(&w, token->data, token->length);
    put_tag(&w, DER_OCTET_STRING, 0);
    put_tag(&w, DER_CONTEXT(2), 0);             /* mechToken, responseToken */
    if (first) {
        mark = w.used;
        put_oid(&w, mechanism);
        put_tag(&w, DER_SEQUENCE, mark);
        put_tag(&w, DER_CONTEXT(0), mark);      /* mechTypes */
    }
    put_tag(&w, DER_SEQUENCE, 0);
    put_tag(&w, first ? DER_CONTEXT(0) : DER_CONTEXT(1), 0);
    if (first)
        put_framing(&w, &oid_spnego);
    return writer_take(&w, out, length);
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

bool
spnego_parse_answer(const struct der *bytes, struct spnego_answer *answer)
{
    struct der in = *bytes, fields, state;

    in = der_only(&in, DER_CONTEXT(1));
    fields = der_only(&in, DER_SEQUENCE);
    state = optional(&fields, 0, DER_ENUMERATED);
    answer->mechanism = optional(&fields, 1, DER_OID);
    answer->token = optional(&fields, 2, DER_OCTET_STRING);
    optional(&fields, 3, DER_OCTET_STRING);
    answer->state = state.length > 0 ? state.data[0] : SPNEGO_NOT_SAID;
    return !fields.failed && fields.length == 0 && state.length <= 1;
}
