/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "required.h"

#include <string.h>

#include "names.h"
#include "services.h"
#include "work.h"

static char attribute[] = KRB5_KDB_SK_REQUIRE_AUTH;

static int
service_principal(const struct db *db, const char *service,
                  krb5_principal *principal, struct error *error)
{
    const char *slash = strchr(service, '/');
    AUTO_FREE char *first = text("%.*s", slash != NULL
                                 ? (int)(slash - service)
                                 : (int)strlen(service), service);
    AUTO_FREE char *own = lower(db->realm);

    return db_principal(db, first, slash != NULL ? slash + 1 : own,
                        principal, error);
}

/* The attribute's words. */
static int
read_words(const struct db *db, const char *service, struct list *words,
           struct error *error)
{
    krb5_principal principal = NULL;
    krb5_string_attr *strings = NULL;
    int count = 0, ret;
    kadm5_ret_t code;
    char *rest, *word;

    if (service_principal(db, service, &principal, error) != 0)
        return -1;
    code = kadm5_get_strings(db->handle, principal, &strings, &count);
    ret = code == 0 ? 0 : db_fail(db->context, code, service, error);
    for (int i = 0; i < count; i++) {
        if (strcmp(strings[i].key, attribute) != 0)
            continue;
        for (rest = strings[i].value;
             (word = strtok_r(rest, " ", &rest)) != NULL; )
            list_add(words, word);
    }
    kadm5_free_strings(db->handle, strings, count);
    krb5_free_principal(db->context, principal);
    return ret;
}

int
required_get(const struct db *db, const char *service, json_t *answer,
             struct error *error)
{
    AUTO_LIST struct list words = { 0 };

    if (read_words(db, service, &words, error) != 0)
        return -1;
    json_object_set_new(answer, "required", answer_list(&words));
    return 0;
}

static char *
joined(const struct list *words)
{
    char *all = text("%s", "");

    for (size_t i = 0; i < words->count; i++)
        text_append(&all, "%s%s", i > 0 ? " " : "", words->items[i]);
    return all;
}

int
required_set(const struct db *db, const char *service,
             const struct list *indicators, struct error *error)
{
    AUTO_FREE char *value = joined(indicators);
    krb5_principal principal = NULL;
    kadm5_ret_t code;

    if (service_principal(db, service, &principal, error) != 0)
        return -1;
    code = kadm5_set_string(db->handle, principal, attribute,
                            indicators->count > 0 ? value : NULL);
    krb5_free_principal(db->context, principal);
    return code == 0 ? 0 : db_fail(db->context, code, service, error);
}

static bool
by_cifs_alone(const struct list *cifs, const struct list *host)
{
    if (cifs->count == 0)
        return false;
    for (size_t i = 0; i < host->count; i++) {
        if (!list_has(cifs, host->items[i]))
            return true;
    }
    return host->count == 0;
}

static void
add_sentence(struct list *all, const char *service, const struct list *words)
{
    AUTO_FREE char *value = joined(words);
    AUTO_FREE char *sentence = text("%s wants any of: %s", service, value);

    if (words->count > 0)
        list_add(all, sentence);
}

int
required_answer(const struct db *db, const void *data, json_t *answer,
                struct error *error)
{
    AUTO_LIST struct list cifs = { 0 };
    AUTO_LIST struct list host = { 0 };
    AUTO_LIST struct list all = { 0 };

    (void)data;
    if (read_words(db, "cifs", &cifs, error) != 0 ||
            read_words(db, "host", &host, error) != 0)
        return -1;
    add_sentence(&all, "cifs", &cifs);
    add_sentence(&all, "host", &host);
    json_object_set_new(answer, "required", answer_list(&all));
    json_object_set_new(answer, "cifs_alone",
                        json_boolean(by_cifs_alone(&cifs, &host)));
    return 0;
}
