/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>
#include <profile.h>

#include "commands.h"
#include "config/others.h"
#include "config/realm.h"
#include "config/setup.h"
#include "options.h"
#include "samba.h"
#include "store/check.h"
#include "store/db.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/keytab.h"
#include "store/layout.h"
#include "store/names.h"
#include "store/run.h"
#include "store/services.h"
#include "store/users.h"
#include "store/work.h"

enum verdict { OK, NOTE, PROBLEM };

static const char *const verdicts[] = { "ok", "note", "problem" };

struct report {
    json_t *all;            /* what --json prints */
    json_t *checks;         /* in it */
    bool problem;
    struct list users;
};

static void __attribute__((format(printf, 4, 5)))
add(struct report *report, const char *check, enum verdict verdict,
    const char *format, ...)
{
    char *message = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&message, format, args) < 0)
        message = NULL;
    va_end(args);
    AUTO_FREE char *owned = message;

    json_array_append_new(report->checks, json_pack(
        "{s:s, s:s, s:s}", "check", check, "verdict", verdicts[verdict],
        "message", owned != NULL ? owned : ""));
    report->problem |= verdict == PROBLEM;
}

/* "a, b, c and 4 more" */
static char *
some_of(const struct list *list)
{
    char *all = text("%s", "");

    for (size_t i = 0; i < list->count && i < 3; i++)
        text_append(&all, "%s%s", i > 0 ? ", " : "", list->items[i]);
    if (list->count > 3)
        text_append(&all, " and %zu more", list->count - 3);
    return all;
}

/* ---- The KDC ---------------------------------------------------------- */

/* The machine logs in with its own key, through the socket. */
static krb5_error_code
log_in(const struct conf *conf, krb5_context context)
{
    AUTO_FREE char *own = lower(conf->realm);
    AUTO_FREE char *file = text("FILE:%s", conf->keytab);
    krb5_principal principal = NULL;
    krb5_keytab keytab = NULL;
    krb5_creds creds = { 0 };
    krb5_error_code code;

    code = krb5_build_principal(context, &principal,
                                (unsigned int)strlen(conf->realm),
                                conf->realm, "host", own, NULL);
    if (code == 0)
        code = krb5_kt_resolve(context, file, &keytab);
    if (code == 0)
        code = krb5_get_init_creds_keytab(context, &creds, principal, keytab,
                                          0, NULL, NULL);
    krb5_free_cred_contents(context, &creds);
    krb5_free_principal(context, principal);
    if (keytab != NULL)
        krb5_kt_close(context, keytab);
    return code;
}

/* The kinit that users find first may be the distribution's, whose krb5 does
 * not know UNIX sockets: the KDC is well, and they cannot reach it. */
static void
check_kinit(const struct conf *conf, struct report *report,
            struct error *error)
{
    AUTO_FREE char *kinit = text("%s/usr/bin/kinit", conf->root);
    AUTO_FREE char *config = text("KRB5_CONFIG=%s", conf->krb5_conf);
    AUTO_FREE char *own = lower(conf->realm);
    AUTO_FREE char *host = text("host/%s@%s", own, conf->realm);
    const char *const argv[] = {
        "timeout", "10", "env", "-u", "LD_LIBRARY_PATH", "-u", "LD_PRELOAD",
        "KRB5CCNAME=MEMORY:status", config, kinit, "-k", "-t", conf->keytab,
        host, NULL
    };
    const struct run login = { .argv = argv, .quiet = true };

    if (access(kinit, X_OK) == 0 && run_found("timeout") &&
            run(&login, NULL, NULL, error) != 0)
        add(report, "kdc", NOTE, "%s does not reach it: that is of a krb5 "
            "before 1.22, or was sent elsewhere; use the kinit of the "
            "krb5kdc that runs here, or iakerb-kinit", kinit);
}

/* What else the machine's configuration has can keep its clients from a KDC
 * that is well: encryption types that it lacks, for example. */
static void
check_clients(const struct conf *conf, struct report *report)
{
    profile_t profile = NULL;
    krb5_context context = NULL;
    const char *message;
    krb5_error_code code;

    /* One that cannot be read is told of elsewhere. */
    if (profile_init_path(conf->krb5_conf, &profile) != 0 ||
            krb5_init_context_profile(profile, 0, &context) != 0)
        goto out;
    code = log_in(conf, context);
    message = krb5_get_error_message(context, code);
    if (code != 0 && code != KRB5_REALM_UNKNOWN)
        add(report, "krb5.conf", PROBLEM, "with what %s says, nobody on this "
            "machine can log in: %s", conf->krb5_conf, message);
    krb5_free_error_message(context, message);
out:
    krb5_free_context(context);
    if (profile != NULL)
        profile_release(profile);
}

/* SSSD's locator plugin comes before /etc/krb5.conf. */
static void
check_locator(const struct conf *conf, struct report *report)
{
    AUTO_FREE char *file = text("%s/var/lib/sss/pubconf/kdcinfo.%s",
                                conf->root, conf->realm);

    if (access(file, F_OK) == 0)
        add(report, "kdc", PROBLEM, "%s makes SSSD send those who ask for "
            "this realm elsewhere; take this realm out of sssd.conf, and "
            "remove the file", file);
}

static void
check_kdc(const struct conf *conf, struct report *report, struct error *error)
{
    krb5_context context = NULL;
    krb5_error_code code;
    const char *message;

    if (db_context(conf->kdc_conf, &context, error) != 0) {
        add(report, "kdc", PROBLEM, "%s cannot be read", conf->kdc_conf);
        return;
    }
    code = log_in(conf, context);
    message = krb5_get_error_message(context, code);
    check_locator(conf, report);
    if (code == 0) {
        add(report, "kdc", OK, "answers on %s", conf->socket);
        check_clients(conf, report);
        check_kinit(conf, report, error);
    }
    else if (code == KRB5_KDC_UNREACH || code == KRB5_REALM_CANT_RESOLVE)
        add(report, "kdc", PROBLEM, "no answer on %s; see 'systemctl status "
            "localkdc.socket localkdc.service'", conf->socket);
    else
        add(report, "kdc", PROBLEM, "on %s: %s", conf->socket, message);
    krb5_free_error_message(context, message);
    krb5_free_context(context);
}

/* ---- Database and keytab ---------------------------------------------- */

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
    less = some_of(&hosts);
    more = some_of(&addresses);
    if (hosts.count > 0)
        add(report, "names", PROBLEM, "peers cannot use: %s; run 'localkdc "
            "refresh'", less);
    if (addresses.count > 0)
        add(report, "names", NOTE, "peers cannot use the address: %s; run "
            "'localkdc refresh'", more);
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
        add(report, "names", PROBLEM, "the database cannot be read");
        return;
    }
    add_missing(&missing, report);
    more = some_of(&extra);
    if (extra.count > 0)
        add(report, "names", NOTE, "no longer this machine's: %s; run "
            "'localkdc refresh'", more);
    for (size_t i = 0; i < extra.count; i++)
        list_add(names, strchr(extra.items[i], '/') + 1);
    if (missing.count == 0 && extra.count == 0)
        add(report, "names", OK, "%zu names and addresses", names->count);
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
        add(report, "keytab", PROBLEM, "%s cannot be read", conf->keytab);
        return;
    }
    less = some_of(&missing);
    more = some_of(&stale);
    if (missing.count > 0)
        add(report, "keytab", PROBLEM, "%s lacks %s; run 'localkdc refresh'",
            conf->keytab, less);
    if (stale.count > 0)
        add(report, "keytab", PROBLEM, "%s has keys that are not the "
            "database's: %s; run 'localkdc refresh'", conf->keytab, more);
    if (missing.count == 0 && stale.count == 0)
        add(report, "keytab", OK, "%s has the database's %zu keys",
            conf->keytab, keys->count);
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
            add(report, "clock", PROBLEM, "the password of %s was set in "
                "the future: correct the clock", users[i].name);
            return;
        }
    }
    if (state == TIME_ERROR || (timex.status & STA_UNSYNC) != 0)
        add(report, "clock", NOTE, "nothing keeps it right; peers whose "
            "clock is five minutes off cannot log in");
    else
        add(report, "clock", OK, "it is kept right");
}

static void
check_users(const json_t *answer, struct report *report, struct error *error)
{
    struct user *users;
    size_t count, locked = 0, disabled = 0;

    if (users_get(answer, &users, &count, error) != 0) {
        add(report, "users", PROBLEM, "the database cannot be read");
    } else {
        for (size_t i = 0; i < count; i++) {
            locked += users[i].locked;
            disabled += users[i].disabled;
            list_add(&report->users, users[i].name);
        }
        add(report, "users", OK, "%zu, of which %zu locked and %zu disabled",
            count, locked, disabled);
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
    names = some_of(&without);
    if (without.count > 0)
        add(report, "users", NOTE, "no account on this machine: %s; see "
            "'localkdc user remove'", names);
}

static int
read_users(const struct db *db, const void *data, json_t *answer,
           struct error *error)
{
    (void)data;
    return users_answer(db, answer, error);
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
        work(conf, NULL, NULL, read_users, NULL, &users, error) == 0 &&
        work(conf, NULL, NULL, compare_names, names, &compared, error) == 0) {
        check_users(users, report, error);
        check_names(compared, names, report, error);
        ret = work(conf, NULL, NULL, read_keys, names, &found, error);
    }
    if (ret == 0)
        ret = services_get_keys(found, conf->realm, names, context, keys,
                                error);
    check_accounts(conf, report);
    json_decref(users);
    json_decref(compared);
    json_decref(found);
    return ret;
}

static void
examine_database(const struct conf *conf, struct setup *setup,
               struct report *report, struct error *error)
{
    AUTO_LIST struct list none = { 0 };
    krb5_context context = NULL;
    struct keys keys = { 0 };

    if (setup->machine.count == 0 ||
            setup_names(conf, &none, setup, error) != 0)
        add(report, "names", PROBLEM, "the machine's names are not known");
    else if (db_context(conf->kdc_conf, &context, error) != 0)
        add(report, "database", PROBLEM, "%s cannot be read; run 'localkdc "
            "refresh'", conf->kdc_conf);
    else if (read_database(conf, &setup->names, context, &keys, report,
                           error) != 0)
        add(report, "database", PROBLEM,
            "%s cannot be read; restore a "
            "backup",
            conf->database);
    else
        check_keytab(conf, &keys, report, error);
    keys_free(&keys);
    if (context != NULL)
        krb5_free_context(context);
}

/* ---- Files ------------------------------------------------------------ */

static void
check_mode(const char *path, mode_t forbidden, struct report *report)
{
    struct stat status;

    if (stat(path, &status) != 0)
        add(report, "modes", PROBLEM, "%s is not there", path);
    else if ((status.st_mode & forbidden) != 0)
        add(report, "modes", PROBLEM, "%s has mode %04o: others can read "
            "keys; run 'chmod go= %s'", path,
            (unsigned int)status.st_mode & 07777, path);
}

static void
check_modes(const struct conf *conf, struct report *report)
{
    size_t before = json_array_size(report->checks);

    for (size_t i = 0; i < layout_count; i++) {
        if (layout[i].secret != 0)
            check_mode(layout_path(conf, &layout[i]), layout[i].secret,
                       report);
    }
    if (json_array_size(report->checks) == before)
        add(report, "modes", OK, "nobody else can read keys");
}

/* Names of this realm's that another one maps, or has come to since. */
static char *
disputed_names(const struct conf *conf, profile_t profile)
{
    const char *section[] = { "domain_realm", NULL };
    AUTO_LIST struct list disputed = { 0 };
    char **names = NULL;

    if (profile_get_relation_names(profile, section, &names) == 0) {
        for (char **name = names; *name != NULL; name++) {
            AUTO_FREE char *other = others_host(conf, profile, *name);
            char *realm = NULL;

            profile_get_string(profile, "domain_realm", *name, NULL, NULL,
                               &realm);
            if (other != NULL && realm != NULL &&
                    strcmp(realm, conf->realm) == 0)
                list_add(&disputed, *name);
            profile_release_string(realm);
        }
        profile_free_list(names);
    }
    return disputed.count > 0 ? some_of(&disputed) : NULL;
}

/* What the configuration comes to for the clients on this machine. */
static void
check_profile(const struct conf *conf, profile_t profile,
              struct report *report)
{
    AUTO_FREE char *other = others_default(conf, profile);
    AUTO_FREE char *disputed = disputed_names(conf, profile);
    char *kdc = NULL, *realm = NULL;

    profile_get_string(profile, "realms", conf->realm, "kdc", NULL, &kdc);
    profile_get_string(profile, "libdefaults", "default_realm", NULL, NULL,
                       &realm);
    if (kdc == NULL || strcmp(kdc, conf->socket) != 0)
        add(report, "krb5.conf", PROBLEM, "%s does not lead to %s; run "
            "'localkdc refresh'", conf->krb5_conf, conf->socket);
    else if (other != NULL && strcmp(realm, conf->realm) == 0)
        add(report, "krb5.conf", PROBLEM, "%s names the default realm %s, "
            "and what localkdc wrote takes its place; run 'localkdc "
            "refresh'", conf->krb5_conf, other);
    else if (disputed != NULL)
        add(report, "krb5.conf", PROBLEM, "%s has these names in another "
            "realm, and what localkdc wrote takes them away: %s; run "
            "'localkdc refresh'", conf->krb5_conf, disputed);
    else if (other != NULL)
        add(report, "krb5.conf", NOTE, "%s has the default realm %s: write "
            "'kinit NAME@%s'", conf->krb5_conf, other, conf->realm);
    else if (realm == NULL)
        add(report, "krb5.conf", PROBLEM, "%s has no default realm; run "
            "'localkdc refresh'", conf->krb5_conf);
    else
        add(report, "krb5.conf", OK, "%s leads to this realm",
            conf->krb5_conf);
    profile_release_string(kdc);
    profile_release_string(realm);
}

static void
check_krb5_conf(const struct conf *conf, struct report *report)
{
    profile_t profile = NULL;

    if (profile_init_path(conf->krb5_conf, &profile) != 0) {
        add(report, "krb5.conf", PROBLEM, "%s, or a file that it includes, "
            "cannot be read", conf->krb5_conf);
        return;
    }
    check_profile(conf, profile, report);
    profile_release(profile);
}

static void
check_samba(const struct conf *conf, const char *smb_conf,
            struct report *report, struct error *error)
{
    struct samba samba;

    if (samba_examine(conf, smb_conf, &samba, error) != 0)
        add(report, "samba", PROBLEM, "%s cannot be read by testparm",
            smb_conf);
    else if (!samba.installed)
        add(report, "samba", NOTE, "Samba is not installed");
    else if (!samba.found)
        add(report, "samba", PROBLEM, "%s is not there; with --smb-conf say "
            "where Samba's is", smb_conf);
    else if (!samba.standalone)
        add(report, "samba", PROBLEM, "%s makes this machine part of a "
            "domain", smb_conf);
    else if (samba.lacking.count > 0)
        add(report, "samba", PROBLEM, "%s lacks '%s = %s'%s; see 'localkdc "
            "samba'", smb_conf, samba.lacking.items[0].name,
            samba.lacking.items[0].value,
            samba.lacking.count > 1 ? " and more" : "");
    else if (samba.modules.count > 0)
        add(report, "samba", PROBLEM, "%s has '%s', and this smbd has no such "
            "module%s; see 'localkdc samba'", smb_conf,
            samba.modules.items[0], samba.modules.count > 1 ? ", and more"
                                                            : "");
    else if (!samba.iakerb)
        add(report, "samba", NOTE, "this Samba does not know IAKERB");
    else
        add(report, "samba", OK, "%s has all it needs", smb_conf);
    samba_free(&samba);
}

/* ---- The command ------------------------------------------------------ */

static void
print(const struct report *report)
{
    const char *check, *verdict, *message;
    json_t *item;
    size_t i;

    json_array_foreach(report->checks, i, item) {
        json_unpack(item, "{s:s, s:s, s:s}", "check", &check,
                    "verdict", &verdict, "message", &message);
        printf("%-8s %-10s %s\n", verdict, check, message);
    }
}

static void
examine(struct conf *conf, const char *smb_conf, struct setup *setup,
        struct report *report, struct error *error)
{
    if (conf->realm == NULL) {
        add(report, "realm", PROBLEM, "this machine has no local realm; "
            "make one with 'localkdc setup'");
        return;
    }
    add(report, "realm", OK, "%s", conf->realm);
    json_object_set_new(report->all, "realm", json_string(conf->realm));
    json_object_set_new(report->all, "socket", json_string(conf->socket));
    examine_database(conf, setup, report, error);
    check_modes(conf, report);
    check_krb5_conf(conf, report);
    check_kdc(conf, report, error);
    check_samba(conf, smb_conf, report, error);
}

int
command_status(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *smb_conf = conf->smb_conf;
    struct report report = { 0 };
    struct setup setup;
    bool json = false;
    const struct option_spec specs[] = {
        { .name = "json", .flag = &json, .help = "for other programs" },
        { .name = "smb-conf", .word = &smb_conf, .takes = "FILE",
          .help = "Samba's configuration, where it is elsewhere" },
        { 0 }
    };
    int ret = command_begin(conf, "status", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        return ret;
    setup_machine(&setup, error);
    if (hold_realm(conf, HOLD_ANY, error) != 0) {
        setup_free(&setup);
        return EXIT_FAILED;
    }
    report.checks = json_array();
    report.all = json_pack("{s:O}", "checks", report.checks);
    examine(conf, smb_conf, &setup, &report, error);
    release_realm(conf, error);
    setup_free(&setup);

    json_object_set_new(report.all, "healthy", json_boolean(!report.problem));
    if (json) {
        json_dumpf(report.all, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        print(&report);
    }
    list_free(&report.users);
    json_decref(report.checks);
    json_decref(report.all);
    return report.problem ? EXIT_UNHEALTHY : EXIT_DONE;
}
