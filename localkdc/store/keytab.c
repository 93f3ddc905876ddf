/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keytab.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "layout.h"

/* Calls back for each entry of the keytab; a missing file has none. */
typedef int each_entry(krb5_keytab_entry *entry, void *data,
                       struct error *error);

static int
for_each(krb5_context context, const char *path, each_entry *call, void *data,
         struct error *error)
{
    AUTO_FREE char *name = text("FILE:%s", path);
    krb5_keytab keytab = NULL;
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    krb5_error_code code;
    int ret = 0;

    if (access(path, F_OK) != 0)
        return 0;
    code = krb5_kt_resolve(context, name, &keytab);
    if (code == 0)
        code = krb5_kt_start_seq_get(context, keytab, &cursor);
    if (code == KRB5_KEYTAB_BADVNO)
        ret = error_say(error, "%s: this is no keytab; move it away, and run "
                        "the command again", path);
    else if (code != 0)
        ret = db_fail(context, code, path, error);
    if (code != 0)
        goto out;
    while (ret == 0 && (code = krb5_kt_next_entry(context, keytab, &entry,
                                                  &cursor)) == 0) {
        ret = call(&entry, data, error);
        krb5_free_keytab_entry_contents(context, &entry);
    }
    krb5_kt_end_seq_get(context, keytab, &cursor);
    if (ret == 0 && code != KRB5_KT_END)
        ret = db_fail(context, code, path, error);
out:
    if (keytab != NULL)
        krb5_kt_close(context, keytab);
    return ret;
}

static bool
is_data(const krb5_data *data, const char *string)
{
    return data->length == strlen(string) &&
           memcmp(data->data, string, data->length) == 0;
}

static bool
is_ours(const char *realm, const krb5_keytab_entry *entry)
{
    const krb5_principal_data *principal = entry->principal;

    return principal->length == 2 && is_data(&principal->realm, realm) &&
           (is_data(&principal->data[0], service_names[0]) ||
            is_data(&principal->data[0], service_names[1]));
}

static bool
same_entry(krb5_context context, const krb5_keytab_entry *a,
           const krb5_keytab_entry *b)
{
    /* The file format may have kept only eight bits of a version. */
    return (a->vno & 0xff) == (b->vno & 0xff) &&
           a->key.enctype == b->key.enctype &&
           a->key.length == b->key.length &&
           memcmp(a->key.contents, b->key.contents, a->key.length) == 0 &&
           krb5_principal_compare(context, a->principal, b->principal);
}

/* ---- Comparing -------------------------------------------------------- */

struct comparison {
    const char *realm;
    const struct keys *keys;
    bool *found;                /* one for each of the keys */
    struct list *stale;
};

static void
add_to(krb5_context context, struct list *list,
       const krb5_keytab_entry *entry)
{
    char *name = NULL;

    if (krb5_unparse_name(context, entry->principal, &name) == 0) {
        AUTO_FREE char *item = text("%s, version %u", name,
                                    (unsigned int)entry->vno);

        list_add(list, item);
    }
    krb5_free_unparsed_name(context, name);
}

static int
compare_entry(krb5_keytab_entry *entry, void *data, struct error *error)
{
    struct comparison *comparison = data;
    const struct keys *keys = comparison->keys;

    (void)error;
    if (!is_ours(comparison->realm, entry))
        return 0;
    for (size_t i = 0; i < keys->count; i++) {
        if (same_entry(keys->context, entry, &keys->entries[i])) {
            comparison->found[i] = true;
            return 0;
        }
    }
    add_to(keys->context, comparison->stale, entry);
    return 0;
}

int
keytab_compare(const struct conf *conf, const struct keys *keys,
               struct list *missing, struct list *stale, struct error *error)
{
    AUTO_FREE bool *found = calloc(keys->count + 1, sizeof(*found));
    struct comparison comparison = {
        .realm = conf->realm, .keys = keys, .found = found, .stale = stale
    };

    if (found == NULL)
        return error_say(error, "out of memory");
    if (for_each(keys->context, conf->keytab, compare_entry,
                 &comparison, error) != 0)
        return -1;
    for (size_t i = 0; i < keys->count; i++) {
        if (!found[i])
            add_to(keys->context, missing, &keys->entries[i]);
    }
    return 0;
}

/* ---- Writing ---------------------------------------------------------- */

struct copy {
    const char *realm;
    krb5_context context;
    krb5_keytab keytab;
    const char *path;
    size_t count;
};

static int
add_entry(struct copy *copy, krb5_keytab_entry *entry, struct error *error)
{
    krb5_error_code code;

    code = krb5_kt_add_entry(copy->context, copy->keytab, entry);
    copy->count++;
    return code == 0 ? 0 : db_fail(copy->context, code, copy->path, error);
}

static int
copy_entry(krb5_keytab_entry *entry, void *data, struct error *error)
{
    struct copy *copy = data;

    return is_ours(copy->realm, entry) ? 0 : add_entry(copy, entry, error);
}

int
keytab_stage(const struct conf *conf, const struct keys *keys, bool *empty,
             struct error *error)
{
    AUTO_FREE char *staged = file_staged(conf->keytab);
    AUTO_FREE char *name = text("FILE:%s", staged);
    struct copy copy = {
        .realm = conf->realm, .context = keys->context, .path = staged
    };
    krb5_error_code code;
    int ret;

    code = krb5_kt_resolve(copy.context, name, &copy.keytab);
    if (code != 0)
        return db_fail(copy.context, code, staged, error);
    ret = for_each(copy.context, conf->keytab, copy_entry, &copy, error);
    for (size_t i = 0; i < keys->count && ret == 0; i++)
        ret = add_entry(&copy, &keys->entries[i], error);
    krb5_kt_close(copy.context, copy.keytab);

    *empty = copy.count == 0;
    if (ret == 0 && !*empty)
        ret = file_stage_finish(conf->keytab,
                                layout_mode(conf, conf->keytab), error);
    return ret;
}
