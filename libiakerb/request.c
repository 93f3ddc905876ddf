/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "request.h"

#include <ctype.h>
#include <time.h>

/*
 * Each check takes the contents of one element, and says whether they are what
 * its type has.
 */
typedef bool (*check_fn)(struct der contents);

/* A field of a SEQUENCE: in [number], an element with this tag. */
struct field {
    uint8_t number;
    uint8_t tag;
    bool optional;
    check_fn check;
};

/* Take fields from the front, in this order; what follows is left. */
static bool
has_fields(struct der *contents, const struct field *fields, size_t count,
           struct der *values)
{
    struct der field, value;
    size_t i;

    for (i = 0; i < count; i++) {
        if (!der_is(contents, DER_CONTEXT(fields[i].number))) {
            if (!fields[i].optional)
                return false;
            continue;
        }
        field = der_get(contents, DER_CONTEXT(fields[i].number));
        value = der_only(&field, fields[i].tag);
        if (field.failed || !fields[i].check(value))
            return false;
        if (values != NULL)
            values[i] = value;
    }
    return !contents->failed;
}

/* What follows them is left to extensions. */
#define HAS_FIELDS(contents, fields) \
    has_fields(&(contents), fields, sizeof(fields) / sizeof(fields[0]), NULL)

/* A SEQUENCE OF what has this tag. */
static bool
all_are(struct der contents, uint8_t tag, check_fn check)
{
    struct der element;

    while (contents.length > 0) {
        element = der_get(&contents, tag);
        if (contents.failed || !check(element))
            return false;
    }
    return !contents.failed;
}

/* ---- Types ------------------------------------------------------------ */

static bool
is_string(struct der contents)
{
    return !contents.failed;
}

/* Of 32 bits, perhaps with bytes in front that add nothing. */
static bool
is_int32(struct der contents)
{
    uint8_t sign;

    if (contents.length == 0 || contents.length > 8)
        return false;
    sign = contents.data[0] & 0x80 ? 0xFF : 0;
    while (contents.length > 4) {
        if (der_byte(&contents) != sign)
            return false;
    }
    return contents.length < 4 || sign == (contents.data[0] & 0x80 ? 0xFF : 0);
}

static bool
is_uint32(struct der contents)
{
    if (contents.length == 0 || contents.length > 9 ||
            contents.data[0] & 0x80)
        return false;
    while (contents.length > 4) {
        if (der_byte(&contents) != 0)
            return false;
    }
    return true;
}

static bool
is_version(struct der contents)
{
    if (contents.length == 0 || contents.length > 8)
        return false;
    while (contents.length > 1) {
        if (der_byte(&contents) != 0)
            return false;
    }
    return contents.data[0] == 5;
}

static bool
is_bits(struct der contents)
{
    return contents.length > 0 && contents.data[0] < 8;
}

/* YYYYMMDDhhmmssZ.  MIT does not mind a 31st of February, only the second that
 * timegm() fails with. */
static bool
is_time(struct der contents)
{
    int numbers[7];
    struct tm time;
    size_t i;

    if (contents.length != 15 || contents.data[14] != 'Z')
        return false;
    for (i = 0; i < 14; i++) {
        if (!isdigit(contents.data[i]))
            return false;
        if (i % 2 == 1)
            numbers[i / 2] = (contents.data[i - 1] - '0') * 10 +
                contents.data[i] - '0';
    }
    time = (struct tm){
        .tm_year = numbers[0] * 100 + numbers[1] - 1900,
        .tm_mon = numbers[2] - 1, .tm_mday = numbers[3],
        .tm_hour = numbers[4], .tm_min = numbers[5], .tm_sec = numbers[6]
    };
    return timegm(&time) != -1;
}

static bool
is_strings(struct der contents)
{
    return all_are(contents, DER_GENERAL_STRING, is_string);
}

static bool
is_numbers(struct der contents)
{
    return all_are(contents, DER_INTEGER, is_int32);
}

static bool
is_principal(struct der contents)
{
    static const struct field fields[] = {
        { 0, DER_INTEGER, false, is_int32 },
        { 1, DER_SEQUENCE, false, is_strings }
    };

    return HAS_FIELDS(contents, fields);
}

static bool
is_address(struct der contents)
{
    static const struct field fields[] = {
        { 0, DER_INTEGER, false, is_int32 },
        { 1, DER_OCTET_STRING, false, is_string }
    };

    return HAS_FIELDS(contents, fields);
}

static bool
is_addresses(struct der contents)
{
    return all_are(contents, DER_SEQUENCE, is_address);
}

static bool
is_padata(struct der contents)
{
    static const struct field fields[] = {
        { 1, DER_INTEGER, false, is_int32 },
        { 2, DER_OCTET_STRING, false, is_string }
    };

    return HAS_FIELDS(contents, fields);
}

static bool
is_padatas(struct der contents)
{
    return all_are(contents, DER_SEQUENCE, is_padata);
}

static bool
is_encrypted(struct der contents)
{
    static const struct field fields[] = {
        { 0, DER_INTEGER, false, is_int32 },
        { 1, DER_INTEGER, true, is_int32 },
        { 2, DER_OCTET_STRING, false, is_string }
    };

    return HAS_FIELDS(contents, fields);
}

static bool
is_ticket(struct der contents)
{
    static const struct field fields[] = {
        { 0, DER_INTEGER, false, is_version },
        { 1, DER_GENERAL_STRING, false, is_string },
        { 2, DER_SEQUENCE, false, is_principal },
        { 3, DER_SEQUENCE, false, is_encrypted }
    };
    struct der ticket = der_only(&contents, DER_SEQUENCE);

    return !ticket.failed && HAS_FIELDS(ticket, fields);
}

static bool
is_tickets(struct der contents)
{
    return all_are(contents, DER_APPLICATION(1), is_ticket);
}

/* ---- The request ------------------------------------------------------ */

/* The KDC answers nothing where no server is named, either. */
static const struct field body_fields[] = {
    { 0, DER_BIT_STRING, false, is_bits },          /* kdc-options */
    { 1, DER_SEQUENCE, true, is_principal },        /* cname */
    { 2, DER_GENERAL_STRING, false, is_string },    /* realm */
    { 3, DER_SEQUENCE, false, is_principal },       /* sname */
    { 4, DER_GENERALIZED_TIME, true, is_time },       /* from */
    { 5, DER_GENERALIZED_TIME, false, is_time },      /* till */
    { 6, DER_GENERALIZED_TIME, true, is_time },       /* rtime */
    { 7, DER_INTEGER, false, is_int32 },            /* nonce */
    { 8, DER_SEQUENCE, false, is_numbers },         /* etype */
    { 9, DER_SEQUENCE, true, is_addresses },
    { 10, DER_SEQUENCE, true, is_encrypted },       /* authorization data */
    { 11, DER_SEQUENCE, true, is_tickets }
};

#define BODY_FIELDS (sizeof(body_fields) / sizeof(body_fields[0]))

static const struct field fields[] = {
    { 1, DER_INTEGER, false, is_version },
    { 2, DER_INTEGER, false, is_uint32 },           /* msg-type */
    { 3, DER_SEQUENCE, true, is_padatas },
    { 4, DER_SEQUENCE, false, is_string }           /* req-body */
};

bool
request_parse(struct der message, struct request *request)
{
    struct der sequence, values[4] = { 0 }, body[BODY_FIELDS] = { 0 };

    sequence = der_only(&message, DER_SEQUENCE);
    if (!has_fields(&sequence, fields, 4, values) || sequence.length > 0 ||
            !has_fields(&values[3], body_fields, BODY_FIELDS, body))
        return false;
    *request = (struct request){ .client = body[1], .realm = body[2] };
    return true;
}
