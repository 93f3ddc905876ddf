/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keep.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "store/files.h"
#include "store/journal.h"
#include "store/layout.h"
#include "store/names.h"
#include "store/work.h"

#define LIST_MAX 1000

const krb5_enctype keep_etypes[KEEP_KEYS] = {
    ENCTYPE_AES256_CTS_HMAC_SHA384_192, ENCTYPE_AES256_CTS_HMAC_SHA1_96
};

/* ---- Principals -------------------------------------------------------- */

static int
delete_principal(const struct db *db, krb5_principal principal,
                 const char *about, struct error *error)
{
    kadm5_ret_t code = kadm5_delete_principal(db->handle, principal);

    return code == 0 || code == KADM5_UNK_PRINC
        ? 0 : db_fail(db->context, code, about, error);
}

static int
set_keys(const struct db *db, krb5_principal principal, unsigned int kvno,
         const unsigned char (*bytes)[KEY_BYTES], int count,
         struct error *error)
{
    kadm5_key_data keys[KEEP_KEYS] = { 0 };
    krb5_error_code code = 0;

    for (int i = 0; i < count && code == 0; i++) {
        keys[i].kvno = kvno;
        code = key_make(db->context, keep_etypes[i], bytes[i], &keys[i].key);
    }
    if (code == 0)
        code = (krb5_error_code)kadm5_setkey_principal_4(
            db->handle, principal, 0, keys, count);
    for (int i = 0; i < count; i++)
        krb5_free_keyblock_contents(db->context, &keys[i].key);
    return code == 0 ? 0 : db_fail(db->context, code, "the trust's key",
                                   error);
}

/* ---- An offer ---------------------------------------------------------- */

struct offer {
    const char *code;
    unsigned char key[1][KEY_BYTES];
};

static char offer_policy[] = "trust";

/* Three tries, and no more until the next offer. */
static int
ensure_policy(const struct db *db, struct error *error)
{
    kadm5_policy_ent_rec policy = {
        .policy = offer_policy, .pw_min_length = 1, .pw_min_classes = 1,
        .pw_history_num = 1, .pw_max_fail = 3
    };
    const long mask = KADM5_PW_MIN_LENGTH | KADM5_PW_MIN_CLASSES |
                      KADM5_PW_HISTORY_NUM | KADM5_PW_MAX_FAILURE |
                      KADM5_PW_FAILURE_COUNT_INTERVAL |
                      KADM5_PW_LOCKOUT_DURATION;
    kadm5_ret_t code;

    code = kadm5_create_policy(db->handle, &policy, KADM5_POLICY | mask);
    if (code == KADM5_DUP)
        code = kadm5_modify_policy(db->handle, &policy, mask);
    return code == 0 ? 0
                     : db_fail(db->context, code, "policy trust", error);
}

static int
two_components(const struct db *db, const char *name,
               krb5_principal *principal, struct error *error)
{
    AUTO_FREE char *first = text("%.*s", (int)strcspn(name, "/"), name);

    return db_principal(db, first, strchr(name, '/') + 1, principal, error);
}

static int
make_for_offer(const struct db *db, const char *name, const char *code_word,
               krb5_flags attributes, krb5_principal *principal,
               struct error *error)
{
    time_t end = time(NULL) + KEEP_OFFER_SECONDS;
    kadm5_principal_ent_rec entry = {
        .attributes = attributes | KRB5_KDB_REQUIRES_PRE_AUTH |
                      KRB5_KDB_DISALLOW_FORWARDABLE |
                      KRB5_KDB_DISALLOW_PROXIABLE |
                      KRB5_KDB_DISALLOW_RENEWABLE |
                      KRB5_KDB_DISALLOW_POSTDATED,
        .princ_expire_time = (krb5_timestamp)end,
        .max_life = KEEP_OFFER_SECONDS,
        .policy = code_word != NULL ? offer_policy : NULL
    };
    AUTO_FREE char *word = text("%s", code_word != NULL ? code_word : "");
    kadm5_ret_t code;

    *principal = NULL;
    if (two_components(db, name, principal, error) != 0 ||
            delete_principal(db, *principal, name, error) != 0)
        return -1;
    entry.principal = *principal;
    code = kadm5_create_principal(db->handle, &entry, KADM5_PRINCIPAL |
                                  KADM5_ATTRIBUTES | KADM5_MAX_LIFE |
                                  KADM5_PRINC_EXPIRE_TIME |
                                  (code_word != NULL ? KADM5_POLICY : 0),
                                  code_word != NULL ? word : NULL);
    explicit_bzero(word, strlen(word));
    return code == 0 ? 0 : db_fail(db->context, code, name, error);
}

static int
offer_begin(const struct db *db, const void *data, json_t *answer,
            struct error *error)
{
    const struct offer *offer = data;
    krb5_principal client = NULL, service = NULL;
    int ret = -1;

    (void)answer;
    if (ensure_policy(db, error) == 0 &&
            make_for_offer(db, CHANNEL_CLIENT, offer->code,
                           KRB5_KDB_DISALLOW_SVR, &client, error) == 0 &&
            make_for_offer(db, CHANNEL_SERVICE, NULL, 0, &service,
                           error) == 0)
        ret = set_keys(db, service, KEY_VNO, offer->key, 1, error);
    krb5_free_principal(db->context, client);
    krb5_free_principal(db->context, service);
    return ret;
}

static int
offer_end(const struct db *db, const void *data, json_t *answer,
          struct error *error)
{
    const char *const names[] = { CHANNEL_CLIENT, CHANNEL_SERVICE };
    int ret = 0;

    (void)data;
    (void)answer;
    for (size_t i = 0; i < 2; i++) {
        krb5_principal principal = NULL;

        if (two_components(db, names[i], &principal, error) != 0 ||
                delete_principal(db, principal, names[i], error) != 0)
            ret = -1;
        krb5_free_principal(db->context, principal);
    }
    return ret;
}

int
keep_offer(const struct conf *conf, const char *code,
           const unsigned char key[KEY_BYTES], struct error *error)
{
    struct offer offer = { .code = code };
    int ret;

    memcpy(offer.key[0], key, KEY_BYTES);
    ret = folder_room(conf->state, error);
    if (ret == 0)
        ret = work_write(conf, NULL, NULL, offer_begin, &offer, NULL, error);
    explicit_bzero(&offer, sizeof(offer));
    return ret;
}

int
keep_offer_end(const struct conf *conf, struct error *error)
{
    return work_write(conf, NULL, NULL, offer_end, NULL, NULL, error);
}

/* ---- A trust's key ----------------------------------------------------- */

struct change {
    const struct terms *terms;
    const unsigned char (*bytes)[KEY_BYTES];
    unsigned int kvno;
    time_t until;
};

static int
trust_principal(const struct db *db, const struct terms *terms,
                krb5_principal *principal, struct error *error)
{
    krb5_error_code code;

    code = krb5_build_principal(db->context, principal,
                                (unsigned int)strlen(terms->of), terms->of,
                                KRB5_TGS_NAME, terms->by, (char *)NULL);
    return code == 0 ? 0 : db_fail(db->context, code, terms->by, error);
}

static int
set_until(const struct db *db, krb5_principal principal, time_t until,
          struct error *error)
{
    AUTO_FREE char *value = text("%lld", (long long)until);
    kadm5_ret_t code = kadm5_set_string(db->handle, principal, "trust_until",
                                        value);

    return code == 0 ? 0 : db_fail(db->context, code, "the trust's end",
                                   error);
}

/* The key that is in the database for a change's trust. */
struct present {
    krb5_principal principal;
    unsigned int kvno;          /* 0: none is there */
    bool lasts;                 /* its trust has not ended */
};

/* To be freed with krb5_free_principal(), also after a failure. */
static int
find_present(const struct db *db, const struct change *change,
             struct present *present, struct error *error)
{
    kadm5_principal_ent_rec entry = { 0 };
    krb5_string_attr *attributes = NULL;
    int count = 0;
    kadm5_ret_t code;

    *present = (struct present){ 0 };
    if (trust_principal(db, change->terms, &present->principal, error) != 0)
        return -1;
    code = kadm5_get_principal(db->handle, present->principal, &entry,
                               KADM5_KVNO);
    if (code == KADM5_UNK_PRINC)
        return 0;
    if (code == 0)
        code = kadm5_get_strings(db->handle, present->principal, &attributes,
                                 &count);
    if (code != 0)
        return db_fail(db->context, code, "the trust's key", error);
    present->kvno = (unsigned int)entry.kvno;
    for (int i = 0; i < count; i++)
        present->lasts |= strcmp(attributes[i].key, "trust_until") == 0 &&
                          strtoll(attributes[i].value, NULL, 10) > time(NULL);
    kadm5_free_strings(db->handle, attributes, count);
    kadm5_free_principal_ent(db->handle, &entry);
    return 0;
}

static int
make(const struct db *db, const struct change *change,
     krb5_principal principal, struct error *error)
{
    kadm5_principal_ent_rec entry = {
        .principal = principal,
        .attributes = KRB5_KDB_REQUIRES_PRE_AUTH |
                      KRB5_KDB_DISALLOW_POSTDATED
    };
    kadm5_ret_t code;

    if (delete_principal(db, principal, change->terms->of, error) != 0)
        return -1;
    code = kadm5_create_principal(db->handle, &entry,
                                  KADM5_PRINCIPAL | KADM5_ATTRIBUTES, NULL);
    if (code != 0)
        return db_fail(db->context, code, change->terms->of, error);
    /* Without an end it is no trust, so that comes last. */
    return set_keys(db, principal, change->kvno, change->bytes, KEEP_KEYS,
                    error) == 0
        ? set_until(db, principal, change->until, error) : -1;
}

static int
put(const struct db *db, const void *data, json_t *answer,
    struct error *error)
{
    const struct change *change = data;
    struct present present;
    int ret = find_present(db, change, &present, error);

    (void)answer;
    if (ret == 0)
        ret = !present.lasts ? make(db, change, present.principal, error) :
            error_say(error, "%s has a key for %s that is still good; "
                      "'localkdc trust remove %s' ends that",
                      change->terms->by, change->terms->of,
                      change->terms->of);
    krb5_free_principal(db->context, present.principal);
    return ret;
}

static int
put_until(const struct db *db, const void *data, json_t *answer,
          struct error *error)
{
    const struct change *change = data;
    struct present present;
    int ret = find_present(db, change, &present, error);

    (void)answer;
    if (ret == 0)
        ret = present.kvno == change->kvno
            ? set_until(db, present.principal, change->until, error)
            : error_say(error, "the trust's key was replaced meanwhile");
    krb5_free_principal(db->context, present.principal);
    return ret;
}

static int
drop(const struct db *db, const void *data, json_t *answer,
     struct error *error)
{
    const struct change *change = data;
    struct present present;
    int ret = find_present(db, change, &present, error);
    bool meant = present.kvno != 0 && (change->kvno == KEEP_ANY_KEY ||
                                       present.kvno == change->kvno);

    json_object_set_new(answer, "there_was", json_boolean(meant));
    if (ret == 0 && meant)
        ret = delete_principal(db, present.principal, change->terms->of,
                               error);
    krb5_free_principal(db->context, present.principal);
    return ret;
}

int
keep_put(const struct conf *conf, const struct keep_key *key,
         struct error *error)
{
    const struct change change = {
        .terms = key->terms, .bytes = key->bytes, .kvno = key->kvno,
        .until = key->until
    };

    return folder_room(conf->state, error) == 0
        ? work_write(conf, NULL, NULL, put, &change, NULL, error) : -1;
}

int
keep_until(const struct conf *conf, const struct keep_key *key, time_t until,
           struct error *error)
{
    const struct change change = {
        .terms = key->terms, .kvno = key->kvno, .until = until
    };

    return work_write(conf, NULL, NULL, put_until, &change, NULL, error);
}

int
keep_drop(const struct conf *conf, const struct terms *terms,
          unsigned int kvno, bool *there_was, struct error *error)
{
    const struct change change = { .terms = terms, .kvno = kvno };
    json_t *answer = NULL;
    int ret = work_write(conf, NULL, NULL, drop, &change, &answer, error);

    *there_was = json_is_true(json_object_get(answer, "there_was"));
    json_decref(answer);
    return ret;
}

/* ---- A database from a backup ------------------------------------------ */

/* The other realm, where this is the key of a trust; or NULL. */
static char *
other_realm(const struct db *db, krb5_const_principal principal)
{
    AUTO_FREE char *by = db_component(principal, 1);
    AUTO_FREE char *of = text("%.*s", (int)principal->realm.length,
                              principal->realm.data);

    if (strcmp(by, db->realm) != 0)
        return text("%s", by);
    return strcmp(of, db->realm) != 0 ? text("%s", of) : NULL;
}

static int
forget_one(const struct db *db, const char *name, struct list *gone,
           struct error *error)
{
    krb5_principal principal = NULL;
    krb5_error_code code = krb5_parse_name(db->context, name, &principal);
    int ret = 0;

    if (code != 0)
        return db_fail(db->context, code, name, error);
    if (principal->length == 2) {
        AUTO_FREE char *realm = other_realm(db, principal);

        if (realm != NULL) {
            ret = delete_principal(db, principal, name, error);
            list_add(gone, realm);
        }
    }
    krb5_free_principal(db->context, principal);
    return ret;
}

static int
forget(const struct db *db, const void *data, json_t *answer,
       struct error *error)
{
    static char pattern[] = KRB5_TGS_NAME "/*@*";
    AUTO_LIST struct list gone = { 0 };
    char **found = NULL;
    int count = 0, ret;
    kadm5_ret_t code;

    code = kadm5_get_principals(db->handle, pattern, &found, &count);
    if (code != 0)
        return db_fail(db->context, code, pattern, error);
    ret = offer_end(db, data, answer, error);
    for (int i = 0; i < count && ret == 0; i++)
        ret = forget_one(db, found[i], &gone, error);
    kadm5_free_name_list(db->handle, found, count);
    json_object_set_new(answer, "gone", answer_list(&gone));
    return ret;
}

int
keep_forget(const struct conf *conf, const char *folder, const char *kdc_conf,
            struct list *gone, struct error *error)
{
    json_t *answer = NULL;
    int ret = work_write(conf, folder, kdc_conf, forget, NULL, &answer, error);

    if (ret == 0)
        ret = answer_get_list(answer, "gone", gone, error);
    json_decref(answer);
    return ret;
}

/* ---- Root's list ------------------------------------------------------- */

int
keep_read(const struct conf *conf, json_t **list, struct error *error)
{
    AUTO_FREE char *data = NULL;
    size_t length;

    *list = NULL;
    if (file_read(conf->trusts, &data, &length, error) != 0)
        return -1;
    *list = data == NULL ? json_array()
                         : json_loadb(data, length, JSON_REJECT_DUPLICATES,
                                      NULL);
    if (json_is_array(*list) && json_array_size(*list) <= LIST_MAX)
        return 0;
    json_decref(*list);
    *list = NULL;
    return error_say(error, "%s: this is no list of trusts; move it away, and "
                     "make the trusts again", conf->trusts);
}

static bool
is_between(const json_t *item, const char *by, const char *of)
{
    const char *item_by = json_string_value(json_object_get(item, "by"));
    const char *item_of = json_string_value(json_object_get(item, "of"));

    return item_by != NULL && item_of != NULL && strcmp(item_by, by) == 0 &&
           strcmp(item_of, of) == 0;
}

static bool
has_ended(const json_t *item)
{
    return json_integer_value(json_object_get(item, "until")) <= time(NULL);
}

bool
keep_find(const json_t *list, const char *by, const char *of,
          struct terms *terms)
{
    size_t i;
    json_t *item;

    *terms = (struct terms){ 0 };
    json_array_foreach(list, i, item) {
        if (!is_between(item, by, of) || has_ended(item))
            continue;
        if (terms_from_json(item, terms, NULL) == 0)
            return true;
        terms_free(terms);
    }
    return false;
}

/* Whether a realm is called as the host is that its owner typed. */
static bool
is_host_called(const char *host, const char *small)
{
    size_t length = strlen(small);

    return strncmp(host, small, length) == 0 &&
           (host[length] == '\0' || host[length] == '.');
}

/* How a client finds the other machine's realm, and that the way to it is a
 * direct one.  The host's name is what this machine's owner typed: what the
 * other one calls itself could be any other host's. */
static char *
clients_text(const struct conf *conf, const json_t *list)
{
    char *all = text("# Written by localkdc: the trusts of this machine's "
                     "users.\n");
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item) {
        const char *by = json_string_value(json_object_get(item, "by"));
        const char *host = json_string_value(json_object_get(item, "host"));
        AUTO_FREE char *small = lower(by);

        if (strcmp(by, conf->realm) == 0)
            continue;
        text_append(&all, "[domain_realm]\n");
        if (host != NULL && is_host_called(host, small))
            text_append(&all, "    %s = %s\n    %s.local = %s\n", small, by,
                        small, by);
        if (host != NULL && strcmp(host, small) != 0)
            text_append(&all, "    %s = %s\n", host, by);
        text_append(&all, "[capaths]\n    %s = {\n        %s = .\n    }\n",
                    conf->realm, by);
    }
    return all;
}

static char *
samba_text(const struct conf *conf, const json_t *list)
{
    char *all = text("# Written by localkdc: who the users of other realms "
                     "are here.\n");
    const char *name;
    size_t i;
    json_t *item, *local;

    json_array_foreach(list, i, item) {
        const char *of = json_string_value(json_object_get(item, "of"));

        if (strcmp(of, conf->realm) == 0)
            continue;
        json_object_foreach(json_object_get(item, "map"), name, local)
            text_append(&all, "!%s = %s\\%s\n", json_string_value(local), of,
                        name);
    }
    return all;
}

static int
stage(const struct conf *conf, const char *path, const char *content,
      struct journal *journal, struct error *error)
{
    list_add(&journal->replace, path);
    return file_stage(path, content, strlen(content), layout_mode(conf, path),
                      error);
}

/* All three files become new, or none. */
static int
write_list(const struct conf *conf, const json_t *list, struct error *error)
{
    char *dumped = json_dumps(list, JSON_INDENT(1) | JSON_SORT_KEYS);
    AUTO_FREE char *all = text("%s\n", dumped != NULL ? dumped : "[]");
    AUTO_FREE char *clients = clients_text(conf, list);
    AUTO_FREE char *samba = samba_text(conf, list);
    struct journal journal = { 0 };
    int ret = -1;

    free(dumped);
    if (stage(conf, conf->trusts, all, &journal, error) == 0 &&
            stage(conf, conf->trusts_conf, clients, &journal, error) == 0 &&
            stage(conf, conf->trusts_map, samba, &journal, error) == 0)
        ret = journal_commit(conf, &journal, error);
    list_free(&journal.replace);
    return ret;
}

/* What is on it and is neither between these two nor ended nor damaged. */
static int
read_others(const struct conf *conf, const struct terms *terms, json_t **list,
            struct error *error)
{
    json_t *all;
    size_t i;
    json_t *item;

    if (keep_read(conf, &all, error) != 0)
        return -1;
    *list = json_array();
    json_array_foreach(all, i, item) {
        struct terms found = { 0 };

        if (!has_ended(item) && !is_between(item, terms->by, terms->of) &&
                terms_from_json(item, &found, NULL) == 0)
            json_array_append(*list, item);
        terms_free(&found);
    }
    json_decref(all);
    return 0;
}

int
keep_list(const struct conf *conf, const struct terms *terms,
          const char *host, struct error *error)
{
    json_t *list, *item = terms_to_json(terms);
    int ret;

    if (host != NULL)
        json_object_set_new(item, "host", json_string(host));
    if (read_others(conf, terms, &list, error) != 0) {
        json_decref(item);
        return -1;
    }
    json_array_append_new(list, item);
    ret = json_array_size(list) <= LIST_MAX
        ? write_list(conf, list, error)
        : error_say(error, "there are %d trusts already", LIST_MAX);
    json_decref(list);
    return ret;
}

int
keep_unlist(const struct conf *conf, const struct terms *terms,
            struct error *error)
{
    json_t *list;
    int ret;

    if (read_others(conf, terms, &list, error) != 0)
        return -1;
    ret = write_list(conf, list, error);
    json_decref(list);
    return ret;
}

int
keep_unlist_all(const struct conf *conf, struct error *error)
{
    json_t *list;
    int ret;

    if (access(conf->trusts, F_OK) != 0)
        return 0;
    list = json_array();
    ret = write_list(conf, list, error);
    json_decref(list);
    return ret;
}
