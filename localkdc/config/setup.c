/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kdc_conf.h"
#include "machine.h"
#include "render.h"
#include "snippet.h"
#include "store/db.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/journal.h"
#include "store/keytab.h"
#include "store/layout.h"
#include "store/names.h"
#include "store/policy.h"
#include "store/services.h"
#include "store/work.h"

int
setup_machine(struct setup *setup, struct error *error)
{
    *setup = (struct setup){ 0 };
    return machine_names(&setup->machine, &setup->sure, error);
}

/* While no name server answers, the full name is still what it was. */
static void
keep_full_name(const struct conf *conf, struct setup *setup,
               struct error *error)
{
    AUTO_FREE char *host = machine_name();
    AUTO_FREE char *small = lower(host);
    AUTO_FREE char *start = text("%s.", small);

    snippet_hosts(conf, start, &setup->machine, error);
}

int
setup_names(const struct conf *conf, const struct list *more,
            struct setup *setup, struct error *error)
{
    for (size_t i = 0; i < more->count; i++) {
        if (host_check("host", more->items[i], error) != 0)
            return -1;
        list_add(&setup->more, more->items[i]);
    }
    if (names_read(conf->names, &setup->more, error) != 0)
        return -1;
    if (!setup->sure)
        keep_full_name(conf, setup, error);
    services_list(conf, &setup->machine, &setup->more, &setup->names);
    return 0;
}

void
setup_free(struct setup *setup)
{
    list_free(&setup->machine);
    list_free(&setup->more);
    list_free(&setup->names);
    list_free(&setup->done);
    list_free(&setup->gone);
    free(setup->other);
}

/* ---- Configuration files ---------------------------------------------- */

/* What a file is to have in it, and whether it has. */
struct wanted {
    const char *path;
    char *content;
    bool differs;
};

/* One for each row of the layout. */
static void
wanted_free(struct wanted *wanted)
{
    for (size_t i = 0; i < layout_count; i++)
        free(wanted[i].content);
    free(wanted);
}

static int
want_one(const struct conf *conf, struct setup *setup,
         const struct place *place, struct wanted *wanted,
         struct error *error)
{
    AUTO_FREE char *now = NULL;
    size_t length;

    wanted->path = layout_path(conf, place);
    if (file_read(wanted->path, &now, &length, error) != 0)
        return -1;
    if (place->text == TEXT_PART && now != NULL && strlen(now) != length)
        return error_say(error, "%s: there is a zero byte in it; correct the "
                         "file", wanted->path);
    if (render(conf, place, setup, now, &wanted->content, error) != 0)
        return -1;
    wanted->differs = now == NULL || strcmp(now, wanted->content) != 0;
    return 0;
}

/* The caller frees them, also after a failure. */
static int
want(const struct conf *conf, struct setup *setup, struct wanted **wanted,
     struct error *error)
{
    *wanted = grow(NULL, layout_count, sizeof(**wanted));
    memset(*wanted, 0, layout_count * sizeof(**wanted));
    for (size_t i = 0; i < layout_count; i++) {
        if (layout[i].text != TEXT_OTHERS &&
                want_one(conf, setup, &layout[i], &(*wanted)[i], error) != 0)
            return -1;
    }
    return 0;
}

int
setup_stage_kdc_conf(const struct conf *conf, struct error *error)
{
    AUTO_FREE char *content = kdc_conf_text(conf);

    if (hold_folder(conf, conf->etc, error) != 0)
        return -1;
    return file_stage(conf->kdc_conf, content, strlen(content),
                      layout_mode(conf, conf->kdc_conf), error);
}

static int
stage_files(const struct conf *conf, struct setup *setup,
            struct journal *journal, struct error *error)
{
    struct wanted *wanted = NULL;
    int ret = -1;

    if (want(conf, setup, &wanted, error) != 0 ||
            hold_folders(conf, error) != 0)
        goto out;
    for (size_t i = 0; i < layout_count; i++) {
        if (!wanted[i].differs)
            continue;
        /* For a new realm this is there already. */
        if ((wanted[i].path != conf->kdc_conf || !setup->new_realm) &&
                file_stage(wanted[i].path, wanted[i].content,
                           strlen(wanted[i].content),
                           layout_mode(conf, wanted[i].path), error) != 0)
            goto out;
        list_add(&journal->replace, wanted[i].path);
        list_add(&setup->done, wanted[i].path);
    }
    ret = 0;
out:
    wanted_free(wanted);
    return ret;
}

/* ---- Database and keytab ---------------------------------------------- */

static int
fill_database(const struct db *db, const void *data, json_t *answer,
              struct error *error)
{
    const struct setup *setup = data;
    AUTO_LIST struct list gone = { 0 };
    bool changed = false;

    if (policy_ensure(db, error) != 0 ||
            services_update(db, &setup->names, &gone, &changed, error) != 0 ||
            services_not_postdated(db, true, &changed, error) != 0 ||
            services_keys(db, &setup->names, answer, error) != 0)
        return changed ? error_say(error, "the database has changed already; "
                                   "run the command again when the reason "
                                   "above is gone")
                       : -1;
    json_object_set_new(answer, "gone", answer_list(&gone));
    json_object_set_new(answer, "changed", json_boolean(changed));
    return 0;
}

static int
preview_database(const struct db *db, const void *data, json_t *answer,
                 struct error *error)
{
    const struct setup *setup = data;
    AUTO_LIST struct list missing = { 0 };
    AUTO_LIST struct list extra = { 0 };
    bool changed = false;

    if (services_compare(db, &setup->names, &missing, &extra, error) != 0 ||
            services_not_postdated(db, false, &changed, error) != 0)
        return -1;
    changed |= missing.count > 0 || extra.count > 0;
    json_object_set_new(answer, "changed", json_boolean(changed));
    return services_keys(db, &setup->names, answer, error);
}

/* The keys, and whether the database is another one now, or would be. */
static int
take_answer(const struct conf *conf, struct setup *setup, const json_t *answer,
            krb5_context context, struct keys *keys, struct error *error)
{
    if (json_is_true(json_object_get(answer, "changed")))
        list_add(&setup->done, conf->database);
    return services_get_keys(answer, conf->realm, &setup->names, context,
                             keys, error);
}

/* As with users, what was written is read from the file again. */
static int
write_database(const struct conf *conf, struct setup *setup,
               const char *folder, const char *kdc_conf,
               krb5_context context, struct keys *keys, struct error *error)
{
    json_t *wrote = NULL, *found = NULL;
    int ret;

    ret = work_write(conf, folder, kdc_conf, fill_database, setup, &wrote,
                     error);
    if (ret == 0)
        ret = answer_get_list(wrote, "gone", &setup->gone, error);
    if (ret == 0)
        ret = work(conf, folder, kdc_conf, preview_database, setup, &found,
                   error);
    if (ret == 0 && (json_is_true(json_object_get(found, "changed")) ||
                     !json_equal(json_object_get(wrote, "keys"),
                                 json_object_get(found, "keys"))))
        ret = error_say(error, "%s: the change is not in the database as it "
                        "is on the disk; see whether the disk is full",
                        folder);
    if (ret == 0)
        ret = take_answer(conf, setup, wrote, context, keys, error);
    json_decref(wrote);
    json_decref(found);
    return ret;
}

static int
stage_keytab(const struct conf *conf, struct setup *setup,
             const struct keys *keys, struct journal *journal,
             struct error *error)
{
    AUTO_LIST struct list missing = { 0 };
    AUTO_LIST struct list stale = { 0 };
    bool empty;

    if (keytab_compare(conf, keys, &missing, &stale, error) != 0)
        return -1;
    if (missing.count == 0 && stale.count == 0)
        return 0;
    if (keytab_stage(conf, keys, &empty, error) != 0)
        return -1;
    list_add(&journal->replace, conf->keytab);
    list_add(&setup->done, conf->keytab);
    return 0;
}

int
setup_apply(const struct conf *conf, struct setup *setup, struct error *error)
{
    AUTO_FREE char *staged_folder = file_staged(conf->database);
    AUTO_FREE char *staged_conf = file_staged(conf->kdc_conf);
    const char *folder = setup->new_realm ? staged_folder : conf->database;
    struct journal journal = { 0 };
    struct keys keys = { 0 };
    krb5_context context = NULL;
    const char *kdc_conf;
    int ret = -1;

    if (folder_room(conf->state, error) != 0 ||
            stage_files(conf, setup, &journal, error) != 0)
        goto out;
    kdc_conf = access(staged_conf, F_OK) == 0 ? staged_conf : conf->kdc_conf;
    if (db_context(kdc_conf, &context, error) != 0 ||
            write_database(conf, setup, folder, kdc_conf, context,
                           &keys, error) != 0 ||
            stage_keytab(conf, setup, &keys, &journal, error) != 0)
        goto out;
    if (setup->new_realm) {
        if (folder_sync(folder, error) != 0)
            goto out;
        list_add(&journal.replace, conf->database);
    }
    ret = journal.replace.count > 0 ? journal_commit(conf, &journal, error)
                                    : 0;
out:
    if (ret != 0 && !setup->new_realm &&
            list_has(&setup->done, conf->database))
        error_say(error, "%s: this has changed already; run the command again "
                  "when the reason above is gone", conf->database);
    keys_free(&keys);
    if (context != NULL)
        krb5_free_context(context);
    list_free(&journal.replace);
    return ret;
}

/* ---- Preview ---------------------------------------------------------- */

static int
preview_keys(const struct conf *conf, struct setup *setup, struct error *error)
{
    AUTO_LIST struct list missing = { 0 };
    AUTO_LIST struct list stale = { 0 };
    krb5_context context = NULL;
    struct keys keys = { 0 };
    json_t *answer = NULL;
    int ret = -1;

    if (setup->new_realm) {
        list_add(&setup->done, conf->database);
        list_add(&setup->done, conf->keytab);
        return 0;
    }
    if (db_context("/dev/null", &context, error) == 0 &&
        work(conf, NULL, NULL, preview_database, setup, &answer, error) == 0 &&
        take_answer(conf, setup, answer, context, &keys, error) == 0)
        ret = keytab_compare(conf, &keys, &missing, &stale, error);
    /* A name that is still to be added has no keys yet. */
    if (missing.count > 0 || stale.count > 0 ||
            list_has(&setup->done, conf->database))
        list_add(&setup->done, conf->keytab);
    keys_free(&keys);
    json_decref(answer);
    if (context != NULL)
        krb5_free_context(context);
    return ret;
}

int
setup_preview(const struct conf *conf, struct setup *setup,
              struct error *error)
{
    struct wanted *wanted = NULL;
    int ret = -1;

    if (want(conf, setup, &wanted, error) != 0 ||
            preview_keys(conf, setup, error) != 0)
        goto out;
    for (size_t i = 0; i < layout_count; i++) {
        if (wanted[i].differs)
            list_add(&setup->done, wanted[i].path);
    }
    ret = 0;
out:
    wanted_free(wanted);
    return ret;
}
