/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "services.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/host.h"
#include "names.h"
#include "work.h"

const char *const service_names[2] = { "cifs", "host" };

#define SERVICES (sizeof(service_names) / sizeof(service_names[0]))

/* Of a name, what people type for it, since programs that know nothing better
 * ask for what was typed; of an address, the one spelling that clients use. */
static void
add_spellings(struct list *names, const char *name)
{
    size_t dot = strlen(name) > 1 && name[strlen(name) - 1] == '.';
    AUTO_FREE char *typed = text("%.*s", (int)(strlen(name) - dot), name);
    AUTO_FREE char *small = lower(typed);
    AUTO_FREE char *large = upper(typed);
    char canonical[HOST_BYTES];
    bool address = false;

    if (host_canonical(name, canonical, &address) && address) {
        list_add(names, canonical);
        return;
    }
    list_add(names, small);
    list_add(names, large);
    list_add(names, typed);
}

void
services_list(const struct conf *conf, const struct list *machine,
              const struct list *more, struct list *names)
{
    add_spellings(names, conf->realm);
    for (size_t i = 0; i < machine->count; i++)
        add_spellings(names, machine->items[i]);
    for (size_t i = 0; i < more->count; i++)
        add_spellings(names, more->items[i]);
}

/* ---- Principals and aliases ------------------------------------------- */

static int
create_service(const struct db *db, krb5_principal principal,
               const char *about, struct error *error)
{
    kadm5_principal_ent_rec entry = {
        .principal = principal,
        .attributes = KRB5_KDB_REQUIRES_PRE_AUTH
    };
    kadm5_ret_t code;

    /* Without a password the keys are random. */
    code = kadm5_create_principal(db->handle, &entry,
                                  KADM5_PRINCIPAL | KADM5_ATTRIBUTES, NULL);
    return code == 0 ? 0 : db_fail(db->context, code, about, error);
}

static int
add_name(const struct db *db, const char *service, const char *name,
         struct error *error)
{
    AUTO_FREE char *about = text("%s/%s@%s", service, name, db->realm);
    AUTO_FREE char *own = lower(db->realm);
    krb5_principal principal = NULL, target = NULL;
    int ret = -1;
    kadm5_ret_t code;

    if (db_principal(db, service, name, &principal, error) != 0 ||
            db_principal(db, service, own, &target, error) != 0)
        goto out;
    if (strcmp(name, own) == 0) {
        ret = create_service(db, principal, about, error);
    } else {
        code = kadm5_create_alias(db->handle, principal, target);
        ret = code == 0 ? 0 : db_fail(db->context, code, about, error);
    }
out:
    krb5_free_principal(db->context, principal);
    krb5_free_principal(db->context, target);
    return ret;
}

static int
remove_name(const struct db *db, const char *service, const char *name,
            struct error *error)
{
    AUTO_FREE char *about = text("%s/%s@%s", service, name, db->realm);
    krb5_principal principal = NULL;
    kadm5_ret_t code;
    int ret = -1;

    if (db_principal(db, service, name, &principal, error) == 0) {
        code = kadm5_delete_principal(db->handle, principal);
        ret = code == 0 ? 0 : db_fail(db->context, code, about, error);
    }
    krb5_free_principal(db->context, principal);
    return ret;
}

/* 1 if this is an alias, or the principal that they are aliases of, and 0 for
 * a principal that is the administrator's own; *name is the caller's. */
static int
is_ours(const struct db *db, const char *unparsed, const char *own,
        char **name, struct error *error)
{
    krb5_principal principal = NULL;
    kadm5_principal_ent_rec entry = { 0 };
    kadm5_ret_t code;
    int ret = 0;

    *name = NULL;
    code = krb5_parse_name(db->context, unparsed, &principal);
    if (code == 0)
        code = kadm5_get_principal(db->handle, principal, &entry,
                                   KADM5_PRINCIPAL);
    if (code != 0) {
        ret = db_fail(db->context, code, unparsed, error);
    } else if (principal->length == 2 && entry.principal->length == 2) {
        AUTO_FREE char *target = db_component(entry.principal, 1);

        *name = db_component(principal, 1);
        ret = strcmp(target, own) == 0;
    }
    kadm5_free_principal_ent(db->handle, &entry);
    krb5_free_principal(db->context, principal);
    return ret;
}

static int
existing_names(const struct db *db, const char *service, struct list *names,
               struct error *error)
{
    AUTO_FREE char *pattern = text("%s/*@%s", service, db->realm);
    AUTO_FREE char *own = lower(db->realm);
    char **found = NULL;
    int count = 0, ret = 0;
    kadm5_ret_t code;

    code = kadm5_get_principals(db->handle, pattern, &found, &count);
    if (code != 0)
        return db_fail(db->context, code, pattern, error);
    for (int i = 0; i < count && ret >= 0; i++) {
        AUTO_FREE char *name = NULL;

        ret = is_ours(db, found[i], own, &name, error);
        if (ret > 0)
            list_add(names, name);
    }
    kadm5_free_name_list(db->handle, found, count);
    return ret < 0 ? -1 : 0;
}

/* What the list a has and the list b has not. */
static void
difference(const struct list *a, const struct list *b, struct list *out)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!list_has(b, a->items[i]))
            list_add(out, a->items[i]);
    }
}

static int
update_service(const struct db *db, const char *service,
               const struct list *names, struct list *gone, bool *changed,
               struct error *error)
{
    AUTO_LIST struct list existing = { 0 };
    AUTO_LIST struct list missing = { 0 };
    AUTO_LIST struct list extra = { 0 };

    if (existing_names(db, service, &existing, error) != 0)
        return -1;
    difference(names, &existing, &missing);
    difference(&existing, names, &extra);
    *changed |= missing.count > 0 || extra.count > 0;
    for (size_t i = 0; i < missing.count; i++) {
        if (add_name(db, service, missing.items[i], error) != 0)
            return -1;
    }
    for (size_t i = 0; i < extra.count; i++) {
        if (remove_name(db, service, extra.items[i], error) != 0)
            return -1;
        list_add(gone, extra.items[i]);
    }
    return 0;
}

int
services_update(const struct db *db, const struct list *names,
                struct list *gone, bool *changed, struct error *error)
{
    for (size_t i = 0; i < SERVICES; i++) {
        if (update_service(db, service_names[i], names, gone, changed,
                           error) != 0)
            return -1;
    }
    return 0;
}

static void
with_service(const char *service, const struct list *names, struct list *out)
{
    for (size_t i = 0; i < names->count; i++) {
        AUTO_FREE char *whole = text("%s/%s", service, names->items[i]);

        list_add(out, whole);
    }
}

int
services_compare(const struct db *db, const struct list *names,
                 struct list *missing, struct list *extra, struct error *error)
{
    for (size_t i = 0; i < SERVICES; i++) {
        AUTO_LIST struct list existing = { 0 };
        AUTO_LIST struct list less = { 0 };
        AUTO_LIST struct list more = { 0 };

        if (existing_names(db, service_names[i], &existing, error) != 0)
            return -1;
        difference(names, &existing, &less);
        difference(&existing, names, &more);
        with_service(service_names[i], &less, missing);
        with_service(service_names[i], &more, extra);
    }
    return 0;
}

/* ---- Tickets for later ------------------------------------------------ */

static int
forbid_postdated(const struct db *db, const char *first, const char *second,
                 bool apply, bool *changed, struct error *error)
{
    AUTO_FREE char *about = text("%s/%s@%s", first, second, db->realm);
    kadm5_principal_ent_rec entry = { 0 };
    krb5_principal principal = NULL;
    kadm5_ret_t code;

    if (db_principal(db, first, second, &principal, error) != 0)
        return -1;
    code = kadm5_get_principal(db->handle, principal, &entry,
                               KADM5_PRINCIPAL | KADM5_ATTRIBUTES);
    if (code == 0 && !(entry.attributes & KRB5_KDB_DISALLOW_POSTDATED)) {
        *changed = true;
        entry.attributes |= KRB5_KDB_DISALLOW_POSTDATED;
        if (apply)
            code = kadm5_modify_principal(db->handle, &entry,
                                          KADM5_ATTRIBUTES);
    }
    /* A service that is still to be made. */
    if (code == KADM5_UNK_PRINC && !apply)
        code = 0;
    kadm5_free_principal_ent(db->handle, &entry);
    krb5_free_principal(db->context, principal);
    return code == 0 ? 0 : db_fail(db->context, code, about, error);
}

/* The KDC looks at the flags of the user and of what the ticket is for. */
int
services_not_postdated(const struct db *db, bool apply, bool *changed,
                       struct error *error)
{
    AUTO_FREE char *own = lower(db->realm);

    if (forbid_postdated(db, KRB5_TGS_NAME, db->realm, apply, changed,
                         error) != 0)
        return -1;
    for (size_t i = 0; i < SERVICES; i++) {
        if (forbid_postdated(db, service_names[i], own, apply, changed,
                             error) != 0)
            return -1;
    }
    return 0;
}

/* ---- Keys ------------------------------------------------------------- */

#define KEY_BYTES 64

static json_t *
key_to_json(const char *service, const char *name, const kadm5_key_data *key)
{
    char hex[2 * KEY_BYTES + 1] = "";
    json_t *item;

    for (unsigned int i = 0; i < key->key.length && i < KEY_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", key->key.contents[i]);
    item = json_pack("{s:s, s:s, s:i, s:i, s:s}", "service", service,
                     "name", name, "kvno", (int)key->kvno,
                     "enctype", (int)key->key.enctype, "key", hex);
    explicit_bzero(hex, sizeof(hex));
    return item;
}

static int
add_keys(const struct db *db, json_t *array, const char *service,
         const char *name, struct error *error)
{
    AUTO_FREE char *about = text("%s/%s@%s", service, name, db->realm);
    krb5_principal principal = NULL;
    kadm5_key_data *data = NULL;
    int count = 0, ret = 0;
    kadm5_ret_t code;

    if (db_principal(db, service, name, &principal, error) != 0)
        return -1;
    code = kadm5_get_principal_keys(db->handle, principal, 0, &data, &count);
    if (code != 0 && code != KADM5_UNK_PRINC)
        ret = db_fail(db->context, code, about, error);
    for (int i = 0; i < count && ret == 0; i++)
        json_array_append_new(array, key_to_json(service, name, &data[i]));
    kadm5_free_kadm5_key_data(db->context, count, data);
    krb5_free_principal(db->context, principal);
    return ret;
}

int
services_keys(const struct db *db, const struct list *names, json_t *answer,
              struct error *error)
{
    json_t *array = json_array();

    json_object_set_new(answer, "keys", array);
    for (size_t i = 0; i < SERVICES; i++) {
        for (size_t j = 0; j < names->count; j++) {
            if (add_keys(db, array, service_names[i], names->items[j],
                         error) != 0)
                return -1;
        }
    }
    return 0;
}

static bool
is_service(const char *service)
{
    for (size_t i = 0; i < SERVICES; i++) {
        if (strcmp(service, service_names[i]) == 0)
            return true;
    }
    return false;
}

/* The key that is written so, if it is as long as one of its type. */
static bool
key_from_hex(krb5_context context, krb5_enctype enctype, const char *hex,
             krb5_keyblock *key)
{
    size_t bytes, length;
    unsigned int byte;

    if (krb5_c_keylengths(context, enctype, &bytes, &length) != 0 ||
            strlen(hex) != 2 * length ||
            strspn(hex, "0123456789abcdef") != 2 * length ||
            length > KEY_BYTES)
        return false;
    *key = (krb5_keyblock){
        .enctype = enctype, .length = (unsigned int)length,
        .contents = grow(NULL, length, 1)
    };
    for (size_t i = 0; i < length; i++) {
        sscanf(hex + 2 * i, "%2x", &byte);
        key->contents[i] = (krb5_octet)byte;
    }
    return true;
}

static bool
get_key(const json_t *item, const char *realm, const struct list *names,
        krb5_context context, krb5_keytab_entry *entry)
{
    const char *service, *name, *hex;
    int kvno, enctype;

    if (json_unpack((json_t *)item, "{s:s, s:s, s:i, s:i, s:s}",
                    "service", &service, "name", &name, "kvno", &kvno,
                    "enctype", &enctype, "key", &hex) != 0 ||
            !is_service(service) || !list_has(names, name) || kvno < 1)
        return false;
    *entry = (krb5_keytab_entry){ .vno = (krb5_kvno)kvno };
    return key_from_hex(context, enctype, hex, &entry->key) &&
           krb5_build_principal(context, &entry->principal,
                                (unsigned int)strlen(realm), realm, service,
                                name, NULL) == 0;
}

int
services_get_keys(const json_t *answer, const char *realm,
                  const struct list *names, krb5_context context,
                  struct keys *keys, struct error *error)
{
    const json_t *array = answer_array(answer, "keys", error), *item;
    size_t i;

    *keys = (struct keys){ .context = context };
    if (array == NULL)
        return -1;
    keys->entries = grow(NULL, json_array_size(array) + 1,
                         sizeof(*keys->entries));
    json_array_foreach(array, i, item) {
        if (!get_key(item, realm, names, context, &keys->entries[i]))
            return error_say(error, "the database is damaged: a key of the "
                             "machine's makes no sense; restore a backup");
        keys->count = i + 1;
    }
    return 0;
}

void
keys_free(struct keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        krb5_free_keytab_entry_contents(keys->context, &keys->entries[i]);
    free(keys->entries);
    *keys = (struct keys){ 0 };
}
