/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the KDC answers, and the machine's own clients reach it. */

#include "health.h"

#include <string.h>
#include <unistd.h>

#include <profile.h>

#include "store/db.h"
#include "store/names.h"
#include "store/run.h"

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
        report_add(report, "kdc", REPORT_NOTE, "%s does not reach it: that is "
                   "of a krb5 before 1.22, or was sent elsewhere; use the "
                   "kinit of the krb5kdc that runs here, or iakerb-kinit",
                   kinit);
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
        report_add(report, "krb5.conf", REPORT_PROBLEM, "with what %s says, "
                   "nobody on this machine can log in: %s", conf->krb5_conf,
                   message);
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
        report_add(report, "kdc", REPORT_PROBLEM, "%s makes SSSD send those "
                   "who ask for this realm elsewhere; take this realm out of "
                   "sssd.conf, and remove the file", file);
}

void
health_kdc(const struct conf *conf, struct report *report, struct error *error)
{
    krb5_context context = NULL;
    krb5_error_code code;
    const char *message;

    if (db_context(conf->kdc_conf, &context, error) != 0) {
        report_add(report, "kdc", REPORT_PROBLEM, "%s cannot be read",
                   conf->kdc_conf);
        return;
    }
    code = log_in(conf, context);
    message = krb5_get_error_message(context, code);
    check_locator(conf, report);
    if (code == 0) {
        report_add(report, "kdc", REPORT_OK, "answers on %s", conf->socket);
        check_clients(conf, report);
        check_kinit(conf, report, error);
    }
    else if (code == KRB5_KDC_UNREACH || code == KRB5_REALM_CANT_RESOLVE)
        report_add(report, "kdc", REPORT_PROBLEM, "no answer on %s; see "
                   "'systemctl status localkdc.socket localkdc.service'",
                   conf->socket);
    else
        report_add(report, "kdc", REPORT_PROBLEM, "on %s: %s", conf->socket,
                   message);
    krb5_free_error_message(context, message);
    krb5_free_context(context);
}
