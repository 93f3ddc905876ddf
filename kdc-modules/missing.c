/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "missing.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/der.h"

/* RFC 8129, section 5. */
#define AUTH_INDICATOR 97

/* Whether one of these is among the words. */
static bool
has_word(const char *words, struct der indicators)
{
    struct der in = der_only(&indicators, DER_SEQUENCE), one;
    size_t length;

    while (in.length > 0) {
        one = der_get(&in, DER_UTF8_STRING);
        for (const char *word = words; *word != '\0'; word += length) {
            word += strspn(word, " ");
            length = strcspn(word, " ");
            if (length > 0 && der_equal(&one, word, length))
                return true;
        }
    }
    return false;
}

/*
 * The elements of an AD-CAMMAC (RFC 7751, section 3) come first in it:
 * AuthorizationData (RFC 4120, section 5.2.6) in [0].
 */
static bool
cammac_has(const krb5_authdata *cammac, const char *words)
{
    struct der all = der_from(cammac->contents, cammac->length);
    struct der in = der_only(&all, DER_SEQUENCE);
    struct der elements = der_get(&in, DER_CONTEXT(0));
    struct der list = der_only(&elements, DER_SEQUENCE);
    struct der element, type, data;

    while (list.length > 0) {
        element = der_get(&list, DER_SEQUENCE);
        type = der_get(&element, DER_CONTEXT(0));
        data = der_get(&element, DER_CONTEXT(1));
        type = der_only(&type, DER_INTEGER);
        if (der_equal(&type, (uint8_t[]){ AUTH_INDICATOR }, 1) &&
                has_word(words, der_only(&data, DER_OCTET_STRING)))
            return true;
    }
    return false;
}

static krb5_error_code
ticket_has(krb5_context context, const krb5_ticket *ticket,
           const char *words, bool *has)
{
    krb5_authdata **found = NULL;
    krb5_error_code error;

    *has = false;
    error = krb5_find_authdata(context, ticket->enc_part2->authorization_data,
                               NULL, KRB5_AUTHDATA_CAMMAC, &found);
    for (size_t i = 0; error == 0 && found != NULL && found[i] != NULL; i++)
        *has |= cammac_has(found[i], words);
    krb5_free_authdata(context, found);
    return error;
}

krb5_error_code
missing_indicators(krb5_context context, krb5_db_entry *server,
                   const krb5_ticket *ticket, char *wanted, size_t size)
{
    krb5_error_code error;
    char *words = NULL;
    bool has = false;

    wanted[0] = '\0';
    error = krb5_dbe_get_string(context, server, KRB5_KDB_SK_REQUIRE_AUTH,
                                &words);
    if (error != 0 || words == NULL)
        return error;
    error = ticket_has(context, ticket, words, &has);
    if (error == 0 && !has)
        snprintf(wanted, size, "%s", words);
    krb5_dbe_free_string(context, words);
    return error;
}
