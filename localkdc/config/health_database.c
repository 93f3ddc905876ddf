/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the database can be read, and goes with the machine. */

#include "health.h"

#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include <jansson.h>

#include "store/check.h"
#include "store/db.h"
#include "store/keytab.h"
#include "store/names.h"
#include "store/required.h"
#include "store/services.h"
#include "store/users.h"
#include "store/work.h"

/* Addresses come and go by themselves. */
static void
add_missing(const struct list *missing, struct report *report)
{
    AUTO_LIST struct list hosts = { 0 };
    AUTO_LIST struct list addresses = { 0 };
    AUTO_FREE char *less = NULL;
    AUTO_FREE char *more = NULL;

    for (size_t i = 0; i < missing->count; i++) {
        const char *name = strchr(missing->items[i], '/') + 1;

        list_add(is_address(name) ? &addresses : &hosts, missing->items[i]);
    }
    less = list_some(&hosts);
    more = list_some(&addresses);
    if (hosts.count > 0)
        report_add(report, "names", REPORT_PROBLEM, "peers cannot use: %s; "
                   "run 'localkdc refresh'", less);
    if (addresses.count > 0)
        report_add(report, "names", REPORT_NOTE, "peers cannot use the "
                   "address: %s; run 'localkdc refresh'", more);
}

/* "service/name" each, whatever the database has. */
static bool
are_services(const struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strchr(list->items[i], '/') == NULL)
            return false;
    }
    return true;
}

/* Names that are no longer the machine's are added: until the next refresh
 * the keytab, too, has keys under them. */
static void
check_names(const json_t *compared, struct list *names,
            struct report *report, struct error *error)
{
    AUTO_LIST struct list missing = { 0 };
    AUTO_LIST struct list extra = { 0 };
    AUTO_FREE char *more = NULL;

    if (answer_get_list(compared, "missing", &missing, error) != 0 ||
            answer_get_list(compared, "extra", &extra, error) != 0 ||
            !are_services(&missing) || !are_services(&extra)) {
        report_add(report, "names", REPORT_PROBLEM, "the database cannot be "
                   "read");
        return;
    }
    add_missing(&missing, report);
    more = list_some(&extra);
    if (extra.count > 0)
        report_add(report, "names", REPORT_NOTE, "no longer this machine's: "
                   "%s; run 'localkdc refresh'", more);
    for (size_t i = 0; i < extra.count; i++)
        list_add(names, strchr(extra.items[i], '/') + 1);
    if (missing.count == 0 && extra.count == 0)
        report_add(report, "names", REPORT_OK, "%zu names and addresses",
                   names->count);
}

static void
check_keytab(const struct conf *conf, const struct keys *keys,
             struct report *report, struct error *error)
{
    AUTO_LIST struct list missing = { 0 };
    AUTO_LIST struct list stale = { 0 };
    AUTO_FREE char *less = NULL;
    AUTO_FREE char *more = NULL;

    if (keytab_compare(conf, keys, &missing, &stale, error) != 0) {
        report_add(report, "keytab", REPORT_PROBLEM, "%s cannot be read",
                   conf->keytab);
        return;
    }
    less = list_some(&missing);
    more = list_some(&stale);
    if (missing.count > 0)
        report_add(report, "keytab", REPORT_PROBLEM, "%s lacks %s; run "
                   "'localkdc refresh'", conf->keytab, less);
    if (stale.count > 0)
        report_add(report, "keytab", REPORT_PROBLEM, "%s has keys that are "
                   "not the database's: %s; run 'localkdc refresh'",
                   conf->keytab, more);
    if (missing.count == 0 && stale.count == 0)
        report_add(report, "keytab", REPORT_OK, "%s has the database's %zu "
                   "keys", conf->keytab, keys->count);
}

/* The realm's clock is the machine's; peers allow it five minutes. */
static void
check_clock(const struct user *users, size_t count, struct report *report)
{
    struct timex timex = { 0 };
    time_t now = time(NULL);
    int state = adjtimex(&timex);

    for (size_t i = 0; i < count; i++) {
        if (users[i].changed > now + 300) {
            report_add(report, "clock", REPORT_PROBLEM, "the password of %s "
                       "was set in the future: correct the clock",
                       users[i].name);
            return;
        }
    }
    if (state == TIME_ERROR || (timex.status & STA_UNSYNC) != 0)
        report_add(report, "clock", REPORT_NOTE, "nothing keeps it right; "
                   "peers whose clock is five minutes off cannot log in");
    else
        report_add(report, "clock", REPORT_OK, "it is kept right");
}

static void
check_users(const json_t *answer, struct report *report, struct error *error)
{
    struct user *users;
    size_t count, locked = 0, disabled = 0;

    if (users_get(answer, &users, &count, error) != 0) {
        report_add(report, "users", REPORT_PROBLEM, "the database cannot be "
                   "read");
    } else {
        for (size_t i = 0; i < count; i++) {
            locked += users[i].locked;
            disabled += users[i].disabled;
            list_add(&report->users, users[i].name);
        }
        report_add(report, "users", REPORT_OK, "%zu, of which %zu locked and "
                   "%zu disabled", count, locked, disabled);
        json_object_set_new(report->all, "users",
                            json_integer((json_int_t)count));
        check_clock(users, count, report);
    }
    users_free(users, count);
}

/* Whoever gets a name that was somebody else's has that one's password. */
static void
check_accounts(const struct conf *conf, struct report *report)
{
    AUTO_LIST struct list without = { 0 };
    AUTO_FREE char *names = NULL;
    uid_t uid;
    gid_t gid;

    for (size_t i = 0; i < report->users.count; i++) {
        if (!conf_account(conf, report->users.items[i], &uid, &gid))
            list_add(&without, report->users.items[i]);
    }
    names = list_some(&without);
    if (without.count > 0)
        report_add(report, "users", REPORT_NOTE, "no account on this machine: "
                   "%s; see 'localkdc user remove'", names);
}

static int
compare_names(const struct db *db, const void *data, json_t *answer,
              struct error *error)
{
    const struct list *names = data;
    AUTO_LIST struct list missing = { 0 };
    AUTO_LIST struct list extra = { 0 };

    if (services_compare(db, names, &missing, &extra, error) != 0)
        return -1;
    json_object_set_new(answer, "missing", answer_list(&missing));
    json_object_set_new(answer, "extra", answer_list(&extra));
    return 0;
}

/* Services that take every ticket are not worth a line. */
static int
check_required(const struct conf *conf, struct report *report,
               struct error *error)
{
    AUTO_LIST struct list required = { 0 };
    json_t *answer = NULL;
    int ret = work(conf, NULL, NULL, required_answer, NULL, &answer, error);

    if (ret == 0)
        ret = answer_get_list(answer, "required", &required, error);
    for (size_t i = 0; ret == 0 && i < required.count; i++)
        report_add(report, "require", REPORT_OK, "%s", required.items[i]);
    if (ret == 0 && json_is_true(json_object_get(answer, "cifs_alone")))
        report_add(report, "require", REPORT_NOTE, "smbd takes tickets for "
                   "host too, which may prove less; see 'localkdc require "
                   "host'");
    json_decref(answer);
    return ret;
}

static int
read_keys(const struct db *db, const void *data, json_t *answer,
          struct error *error)
{
    return services_keys(db, data, answer, error);
}

/* What is in the database, and its keys, as far as names have any. */
static int
read_database(const struct conf *conf, struct list *names,
              krb5_context context, struct keys *keys,
              struct report *report, struct error *error)
{
    json_t *users = NULL, *compared = NULL, *found = NULL;
    int ret = -1;

    if (check_database(conf, NULL, NULL, error) == 0 &&
        work(conf, NULL, NULL, users_answer, NULL, &users, error) == 0 &&
        work(conf, NULL, NULL, compare_names, names, &compared, error) == 0) {
        check_users(users, report, error);
        check_names(compared, names, report, error);
        ret = check_required(conf, report, error);
    }
    if (ret == 0)
        ret = work(conf, NULL, NULL, read_keys, names, &found, error);
    if (ret == 0)
        ret = services_get_keys(found, conf->realm, names, context, keys,
                                error);
    check_accounts(conf, report);
    json_decref(users);
    json_decref(compared);
    json_decref(found);
    return ret;
}

void
health_database(const struct conf *conf, struct setup *setup,
                struct report *report, struct error *error)
{
    AUTO_LIST struct list none = { 0 };
    krb5_context context = NULL;
    struct keys keys = { 0 };

    if (setup->machine.count == 0 ||
            setup_names(conf, &none, setup, error) != 0)
        report_add(report, "names", REPORT_PROBLEM, "the machine's names are "
                   "not known");
    else if (db_context(conf->kdc_conf, &context, error) != 0)
        report_add(report, "database", REPORT_PROBLEM, "%s cannot be read; "
                   "run 'localkdc refresh'", conf->kdc_conf);
    else if (read_database(conf, &setup->names, context, &keys, report,
                           error) != 0)
        report_add(report, "database", REPORT_PROBLEM, "%s cannot be read; "
                   "restore a backup", conf->database);
    else
        check_keytab(conf, &keys, report, error);
    keys_free(&keys);
    if (context != NULL)
        krb5_free_context(context);
}
