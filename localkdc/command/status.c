/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc status: the command. */

#include <stdio.h>

#include <jansson.h>

#include "commands.h"
#include "config/health.h"
#include "options.h"
#include "store/hold.h"

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
        report_add(report, "realm", REPORT_PROBLEM, "this machine has no "
                   "local realm; make one with 'localkdc setup'");
        return;
    }
    report_add(report, "realm", REPORT_OK, "%s", conf->realm);
    json_object_set_new(report->all, "realm", json_string(conf->realm));
    json_object_set_new(report->all, "socket", json_string(conf->socket));
    health_database(conf, setup, report, error);
    health_modes(conf, report);
    health_krb5_conf(conf, report);
    health_kdc(conf, report, error);
    health_samba(conf, smb_conf, report, error);
}

int
command_status(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *smb_conf = conf->smb_conf;
    struct report report;
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
    report_begin(&report);
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
    ret = report.problem ? EXIT_UNHEALTHY : EXIT_DONE;
    report_free(&report);
    return ret;
}
