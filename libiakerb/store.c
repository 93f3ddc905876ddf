/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/replaceable.h"

/* ---- Into a cache ----------------------------------------------------- */

enum iakerb_code
store_failed(krb5_context context, krb5_ccache to, krb5_error_code ret,
             struct iakerb_error *error)
{
    const char *text = krb5_get_error_message(context, ret);
    enum iakerb_code code = IAKERB_SYSTEM;
    char *name = NULL;

    if (ret == ENOMEM)
        code = error_no_memory(error);
    else if (to == NULL || krb5_cc_get_full_name(context, to, &name) != 0)
        error_set(error, code, "cannot store the tickets: %s", text);
    else
        error_set(error, code, "cannot store the tickets in %.128s: %s", name,
                  text);
    if (error != NULL)
        error->krb5 = ret;
    krb5_free_string(context, name);
    krb5_free_error_message(context, text);
    return code;
}

krb5_error_code
store_copy(krb5_context context, krb5_ccache from, krb5_ccache *memory,
           char **name)
{
    krb5_principal client = NULL;
    krb5_error_code ret;

    *memory = NULL;
    *name = NULL;
    ret = krb5_cc_get_principal(context, from, &client);
    if (ret == 0)
        ret = krb5_cc_new_unique(context, "MEMORY", NULL, memory);
    if (ret == 0)
        ret = krb5_cc_initialize(context, *memory, client);
    if (ret == 0)
        ret = krb5_cc_copy_creds(context, from, *memory);
    if (ret == 0)
        ret = krb5_cc_get_full_name(context, *memory, name);
    if (ret != 0 && *memory != NULL) {
        krb5_cc_destroy(context, *memory);
        *memory = NULL;
    }
    krb5_free_principal(context, client);
    return ret;
}

/* krb5 puts a new file in the place of whatever has the name. */
static enum iakerb_code
check_replaceable(krb5_context context, krb5_ccache cache,
                  struct iakerb_error *error)
{
    const char *path = krb5_cc_get_name(context, cache);

    if (strcmp(krb5_cc_get_type(context, cache), "FILE") != 0 ||
            replaceable(path))
        return IAKERB_DONE;
    return error_set(error, IAKERB_INVALID, "cannot store the tickets in "
                     "%.128s: it is no regular file", path);
}

enum iakerb_code
store_replace(krb5_context context, krb5_ccache *from, krb5_ccache to,
              struct iakerb_error *error)
{
    enum iakerb_code code;
    krb5_error_code ret;

    code = check_replaceable(context, to, error);
    if (code != IAKERB_DONE)
        return code;
    ret = krb5_cc_move(context, *from, to);
    if (ret != 0)
        return store_failed(context, to, ret, error);
    *from = NULL;
    return IAKERB_DONE;
}

static bool
is_of(krb5_context context, krb5_ccache cache, krb5_const_principal client)
{
    krb5_principal owner;
    bool same;

    if (krb5_cc_get_principal(context, cache, &owner) != 0)
        return false;
    same = krb5_principal_compare(context, owner, client);
    krb5_free_principal(context, owner);
    return same;
}

/* Meanwhile it can have become somebody else's. */
static enum iakerb_code
check_owner(krb5_context context, krb5_ccache from, krb5_ccache to,
            struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    krb5_principal client = NULL;
    krb5_error_code ret;

    ret = krb5_cc_get_principal(context, from, &client);
    if (ret != 0)
        code = store_failed(context, to, ret, error);
    else if (!is_of(context, to, client))
        code = error_set(error, IAKERB_SYSTEM, "the credential cache %.128s "
                         "is another user's", krb5_cc_get_name(context, to));
    krb5_free_principal(context, client);
    return code;
}

enum iakerb_code
store_add(krb5_context context, krb5_ccache from, krb5_ccache to,
          struct iakerb_error *error)
{
    krb5_flags same = KRB5_TC_MATCH_TIMES_EXACT | KRB5_TC_MATCH_2ND_TKT |
        KRB5_TC_MATCH_FLAGS_EXACT | KRB5_TC_MATCH_IS_SKEY;
    krb5_creds creds, have;
    krb5_cc_cursor cursor;
    enum iakerb_code code;
    krb5_error_code ret;

    code = check_owner(context, from, to, error);
    if (code != IAKERB_DONE)
        return code;
    ret = krb5_cc_start_seq_get(context, from, &cursor);
    if (ret != 0)
        return store_failed(context, to, ret, error);
    while (ret == 0 &&
            krb5_cc_next_cred(context, from, &cursor, &creds) == 0) {
        if (krb5_cc_retrieve_cred(context, to, same, &creds, &have) == 0)
            krb5_free_cred_contents(context, &have);
        else if (!krb5_is_config_principal(context, creds.server))
            ret = krb5_cc_store_cred(context, to, &creds);
        krb5_free_cred_contents(context, &creds);
    }
    krb5_cc_end_seq_get(context, from, &cursor);
    return ret == 0 ? IAKERB_DONE : store_failed(context, to, ret, error);
}

/* ---- Where tickets belong --------------------------------------------- */

static bool
is_empty(krb5_context context, krb5_ccache cache)
{
    krb5_principal owner;

    if (krb5_cc_get_principal(context, cache, &owner) != 0)
        return true;
    krb5_free_principal(context, owner);
    return false;
}

/*
 * The client's own cache in the collection, or NULL.  krb5_cc_cache_match()
 * looks at those of other types too, such as the one in memory that the
 * tickets are in.
 */
static krb5_ccache
find_own(krb5_context context, const char *type, krb5_const_principal client)
{
    krb5_cccol_cursor cursor;
    krb5_ccache cache, own = NULL;

    if (krb5_cccol_cursor_new(context, &cursor) != 0)
        return NULL;
    while (own == NULL &&
            krb5_cccol_cursor_next(context, cursor, &cache) == 0 &&
            cache != NULL) {
        if (strcmp(krb5_cc_get_type(context, cache), type) == 0 &&
                is_of(context, cache, client))
            own = cache;
        else
            krb5_cc_close(context, cache);
    }
    krb5_cccol_cursor_free(context, &cursor);
    return own;
}

static krb5_error_code
place_in_collection(krb5_context context, krb5_const_principal client,
                    enum iakerb_place place, krb5_ccache *standard,
                    krb5_ccache *to)
{
    const char *type = krb5_cc_get_type(context, *standard);

    if (!is_of(context, *standard, client))
        *to = find_own(context, type, client);
    if (*to != NULL)
        return 0;
    if (!is_of(context, *standard, client) &&
            (place == IAKERB_PLACE_ASIDE || !is_empty(context, *standard)))
        return krb5_cc_new_unique(context, type, NULL, to);
    *to = *standard;
    *standard = NULL;
    return 0;
}

/* Find the cache that the client's tickets belong in; *to is NULL, where there
 * is none. */
static enum iakerb_code
find_place(krb5_context context, krb5_const_principal client,
           enum iakerb_place place, krb5_ccache *to,
           struct iakerb_error *error)
{
    krb5_ccache standard = NULL;
    enum iakerb_code code;
    krb5_error_code ret;

    ret = krb5_cc_default(context, &standard);
    if (ret != 0)
        return store_failed(context, NULL, ret, error);
    /* Before it is opened: a pipe would be waited for. */
    code = check_replaceable(context, standard, error);
    if (code == IAKERB_DONE &&
            krb5_cc_support_switch(context,
                                   krb5_cc_get_type(context, standard))) {
        ret = place_in_collection(context, client, place, &standard, to);
        if (ret != 0)
            code = store_failed(context, NULL, ret, error);
    } else if (code == IAKERB_DONE &&
               (place == IAKERB_PLACE_STANDARD ||
                is_of(context, standard, client) ||
                (place == IAKERB_PLACE_UNUSED &&
                 is_empty(context, standard)))) {
        *to = standard;
        standard = NULL;
    }
    if (standard != NULL)
        krb5_cc_close(context, standard);
    return code;
}

/* Move to where the tickets belong; *stored is the name of that. */
static enum iakerb_code
move(krb5_context context, krb5_ccache *from, krb5_ccache to,
     enum iakerb_place place, char **stored, struct iakerb_error *error)
{
    const char *type = krb5_cc_get_type(context, to);
    enum iakerb_code code;
    krb5_error_code ret;
    char *name;

    ret = krb5_cc_get_full_name(context, to, &name);
    if (ret != 0)
        return store_failed(context, NULL, ret, error);
    *stored = strdup(name);
    krb5_free_string(context, name);
    if (*stored == NULL)
        return error_no_memory(error);
    code = store_replace(context, from, to, error);
    if (code == IAKERB_DONE && place == IAKERB_PLACE_STANDARD &&
            krb5_cc_support_switch(context, type))
        ret = krb5_cc_switch(context, to);
    if (ret != 0)
        code = store_failed(context, to, ret, error);
    return code;
}

enum iakerb_code
iakerb_ccache_store(const char *ccache, enum iakerb_place place, char **stored,
                    struct iakerb_error *error)
{
    krb5_ccache from = NULL, to = NULL;
    enum iakerb_code code = IAKERB_DONE;
    krb5_principal client = NULL;
    krb5_context context = NULL;
    krb5_error_code ret;

    *stored = NULL;
    if (ccache == NULL)
        return error_set(error, IAKERB_INVALID,
                         "no credential cache was named");
    ret = krb5_init_context(&context);
    if (ret != 0)
        return error_krb5(error, NULL, ret, IAKERB_SYSTEM,
                          "cannot read the krb5 configuration");
    ret = krb5_cc_resolve(context, ccache, &from);
    if (ret == 0)
        ret = krb5_cc_get_principal(context, from, &client);
    if (ret != 0)
        code = store_failed(context, NULL, ret, error);
    else
        code = find_place(context, client, place, &to, error);
    if (to != NULL)
        code = move(context, &from, to, place, stored, error);
    if (code != IAKERB_DONE) {
        free(*stored);
        *stored = NULL;
    }
    if (from != NULL)
        krb5_cc_close(context, from);
    if (to != NULL)
        krb5_cc_close(context, to);
    krb5_free_principal(context, client);
    krb5_free_context(context);
    return code;
}
