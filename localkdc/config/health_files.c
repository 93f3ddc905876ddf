/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether files keep secrets, and krb5.conf leads to the realm. */

#include "health.h"

#include <string.h>
#include <sys/stat.h>

#include <profile.h>

#include "others.h"
#include "store/layout.h"

static void
check_mode(const char *path, mode_t forbidden, struct report *report)
{
    struct stat status;

    if (stat(path, &status) != 0)
        report_add(report, "modes", REPORT_PROBLEM, "%s is not there", path);
    else if ((status.st_mode & forbidden) != 0)
        report_add(report, "modes", REPORT_PROBLEM, "%s has mode %04o: others "
                   "can read keys; run 'chmod go= %s'", path,
                   (unsigned int)status.st_mode & 07777, path);
}

void
health_modes(const struct conf *conf, struct report *report)
{
    size_t before = json_array_size(report->checks);

    for (size_t i = 0; i < layout_count; i++) {
        if (layout[i].secret != 0)
            check_mode(layout_path(conf, &layout[i]), layout[i].secret,
                       report);
    }
    if (json_array_size(report->checks) == before)
        report_add(report, "modes", REPORT_OK, "nobody else can read keys");
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
    return disputed.count > 0 ? list_some(&disputed) : NULL;
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
        report_add(report, "krb5.conf", REPORT_PROBLEM, "%s does not lead to "
                   "%s; run 'localkdc refresh'", conf->krb5_conf,
                   conf->socket);
    else if (other != NULL && strcmp(realm, conf->realm) == 0)
        report_add(report, "krb5.conf", REPORT_PROBLEM, "%s names the default "
                   "realm %s, and what localkdc wrote takes its place; run "
                   "'localkdc refresh'", conf->krb5_conf, other);
    else if (disputed != NULL)
        report_add(report, "krb5.conf", REPORT_PROBLEM, "%s has these names "
                   "in another realm, and what localkdc wrote takes them "
                   "away: %s; run 'localkdc refresh'", conf->krb5_conf,
                   disputed);
    else if (other != NULL)
        report_add(report, "krb5.conf", REPORT_NOTE, "%s has the default "
                   "realm %s: write 'kinit NAME@%s'", conf->krb5_conf, other,
                   conf->realm);
    else if (realm == NULL)
        report_add(report, "krb5.conf", REPORT_PROBLEM, "%s has no default "
                   "realm; run 'localkdc refresh'", conf->krb5_conf);
    else
        report_add(report, "krb5.conf", REPORT_OK, "%s leads to this realm",
                   conf->krb5_conf);
    profile_release_string(kdc);
    profile_release_string(realm);
}

void
health_krb5_conf(const struct conf *conf, struct report *report)
{
    profile_t profile = NULL;

    if (profile_init_path(conf->krb5_conf, &profile) != 0) {
        report_add(report, "krb5.conf", REPORT_PROBLEM, "%s, or a file that "
                   "it includes, cannot be read", conf->krb5_conf);
        return;
    }
    check_profile(conf, profile, report);
    profile_release(profile);
}
