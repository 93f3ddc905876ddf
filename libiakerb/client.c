/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "client.h"

#include <errno.h>
#include <string.h>

#include "common/escaped.h"

enum iakerb_code
client_parse(krb5_context context, const char *user, int flags,
             krb5_principal *client, struct iakerb_error *error)
{
    krb5_error_code ret;

    *client = NULL;
    if (user == NULL)
        return IAKERB_DONE;
    ret = is_escaped_well(user) ?
        krb5_parse_name_flags(context, user, flags |
                              KRB5_PRINCIPAL_PARSE_NO_DEF_REALM, client) :
        KRB5_PARSE_MALFORMED;
    if (ret == 0 && krb5_princ_component(context, *client, 0) != NULL &&
            krb5_princ_component(context, *client, 0)->length > 0)
        return IAKERB_DONE;
    krb5_free_principal(context, *client);
    *client = NULL;
    if (ret == ENOMEM)
        return error_no_memory(error);
    return error_set(error, IAKERB_INVALID,
                     "\"%.64s\" is not a user's name: it must be user or "
                     "user@REALM", user);
}

/* Without a realm the whole name is written too, as an '@' is not escaped where
 * krb5 is told that there is none. */
enum iakerb_code
client_name(krb5_context context, krb5_const_principal client, char **name,
            struct iakerb_error *error)
{
    krb5_error_code ret;
    char *whole;

    *name = NULL;
    ret = krb5_unparse_name(context, client, &whole);
    if (ret != 0)
        return error_krb5(error, context, ret, IAKERB_INVALID,
                          "cannot use the user's name");
    if (client->realm.length == 0)
        whole[strlen(whole) - 1] = '\0';
    *name = strdup(whole);
    krb5_free_unparsed_name(context, whole);
    return *name == NULL ? error_no_memory(error) : IAKERB_DONE;
}

bool
client_is(krb5_context context, krb5_const_principal found,
          krb5_const_principal wanted)
{
    if (wanted == NULL)
        return true;
    if (wanted->realm.length == 0)
        return krb5_principal_compare_any_realm(context, found, wanted);
    return krb5_principal_compare(context, found, wanted);
}

enum iakerb_code
client_of_ccache(krb5_context context, const char *ccache,
                 krb5_const_principal wanted, krb5_principal *client,
                 struct iakerb_error *error)
{
    krb5_principal found = NULL;
    krb5_ccache cache = NULL;
    enum iakerb_code code = IAKERB_DONE;
    krb5_error_code ret;

    *client = NULL;
    ret = krb5_cc_resolve(context, ccache, &cache);
    if (ret == 0)
        ret = krb5_cc_get_principal(context, cache, &found);
    if (ret != 0) {
        code = error_krb5(error, context, ret, IAKERB_NO_CREDENTIALS,
                          "cannot use the credential cache");
    } else if (client_is(context, found, wanted)) {
        *client = found;
        found = NULL;
    } else {
        code = error_set(error, IAKERB_NO_CREDENTIALS,
                         "the credential cache %.128s is another user's",
                         ccache);
    }
    krb5_free_principal(context, found);
    if (cache != NULL)
        krb5_cc_close(context, cache);
    return code;
}

static krb5_error_code
find_in_keytab(krb5_context context, krb5_keytab keytab,
               krb5_const_principal wanted, krb5_principal *found)
{
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    krb5_error_code ret;

    ret = krb5_kt_start_seq_get(context, keytab, &cursor);
    if (ret != 0)
        return ret;
    while (ret == 0 && *found == NULL) {
        ret = krb5_kt_next_entry(context, keytab, &entry, &cursor);
        if (ret != 0)
            break;
        if (client_is(context, entry.principal, wanted))
            ret = krb5_copy_principal(context, entry.principal, found);
        krb5_free_keytab_entry_contents(context, &entry);
    }
    krb5_kt_end_seq_get(context, keytab, &cursor);
    return ret == KRB5_KT_END ? KRB5_KT_NOTFOUND : ret;
}

enum iakerb_code
client_of_keytab(krb5_context context, const char *keytab,
                 krb5_const_principal wanted, krb5_principal *client,
                 struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    krb5_keytab kt = NULL;
    krb5_error_code ret;

    *client = NULL;
    ret = krb5_kt_resolve(context, keytab, &kt);
    if (ret == 0)
        ret = find_in_keytab(context, kt, wanted, client);
    if (ret == KRB5_KT_NOTFOUND)
        code = error_set(error, IAKERB_NO_CREDENTIALS,
                         "the keytab %.128s has no key for this user", keytab);
    else if (ret != 0)
        code = error_krb5(error, context, ret, IAKERB_NO_CREDENTIALS,
                          "cannot use the keytab");
    if (kt != NULL)
        krb5_kt_close(context, kt);
    return code;
}
