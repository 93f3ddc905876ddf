/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc setup and localkdc refresh: the commands; setup.c does the work. */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "config/machine.h"
#include "config/setup.h"
#include "config/systemd.h"
#include "options.h"
#include "outcome.h"
#include "store/db.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/names.h"

static void
print_list(const char *title, const struct list *list)
{
    printf("%s\n", title);
    for (size_t i = 0; i < list->count; i++)
        printf("    %s\n", list->items[i]);
}

/* The realm of a machine that has none yet. */
static int
choose_realm(struct conf *conf, const char *wanted, struct error *error)
{
    AUTO_FREE char *host = machine_name();

    if (conf->realm == NULL && wanted == NULL &&
            strcmp(host, "localhost") == 0)
        return error_say(error, "this machine is called localhost, as any can "
                         "be; give it a name, or the realm one with --realm");
    if (conf->realm != NULL && wanted != NULL &&
            strcmp(conf->realm, wanted) != 0)
        return error_say(error, "this machine is the realm %s already; "
                         "nothing has changed. To make it another one, begin "
                         "with 'localkdc remove'", conf->realm);
    if (conf->realm != NULL)
        return 0;
    conf->realm = wanted != NULL ? text("%s", wanted) : upper(host);
    return realm_check(conf->realm, error);
}

static int
make_realm(const struct conf *conf, struct error *error)
{
    AUTO_FREE char *folder = file_staged(conf->database);
    AUTO_FREE char *kdc_conf = file_staged(conf->kdc_conf);

    if (folder_room(conf->state, error) != 0 ||
            setup_stage_kdc_conf(conf, error) != 0)
        return -1;
    return db_create(conf, folder, kdc_conf, error);
}

static void
tell(const struct conf *conf, const struct setup *setup)
{
    if (setup->done.count == 0)
        outcome_done("Realm %s: all is as it should be; nothing has "
                     "changed.\n", conf->realm);
    else
        outcome_done("Realm %s: done; written or changed:\n", conf->realm);
    for (size_t i = 0; i < setup->done.count; i++)
        outcome_done("    %s\n", setup->done.items[i]);
    if (setup->gone.count > 0)
        outcome_done("No longer names of this machine:\n");
    for (size_t i = 0; i < setup->gone.count; i++)
        outcome_done("    %s\n", setup->gone.items[i]);
    if (setup->other != NULL)
        outcome_done("%s keeps its default realm %s: for this one write "
                     "'kinit NAME@%s'.\n", conf->krb5_conf, setup->other,
                     conf->realm);
    if (setup->new_realm)
        outcome_done("Next: 'localkdc user add NAME' for each user, and "
                     "'localkdc samba'.\n");
}

static void
tell_preview(const struct conf *conf, const struct setup *setup)
{
    printf("Realm %s; nothing is done with --dry-run.\n", conf->realm);
    print_list("Would write or change:", &setup->done);
    print_list("For these names:", &setup->names);
}

static int
setup_or_refresh(struct conf *conf, const char *realm, const struct list *more,
                 bool dry_run, struct setup *setup, struct error *error)
{
    bool new_realm = conf->realm == NULL;
    int ret;

    if (choose_realm(conf, realm, error) != 0 ||
            setup_names(conf, more, setup, error) != 0)
        return -1;
    setup->new_realm = new_realm;
    if (dry_run)
        return setup_preview(conf, setup, error);
    if ((new_realm && make_realm(conf, error) != 0) ||
            setup_apply(conf, setup, error) != 0)
        return -1;
    setup->applied = true;
    ret = setup->done.count > 0 ? service_reload(conf, error) : 0;
    return ret == 0 ? service_start(conf, error) : ret;
}

int
command_setup(struct conf *conf, int argc, char **argv, struct error *error)
{
    const char *realm = NULL;
    struct setup setup = { 0 };
    struct list more = { 0 };
    bool dry_run = false;
    const struct option_spec specs[] = {
        { .name = "realm", .word = &realm, .takes = "NAME",
          .help = "its name; else the machine's, in upper case" },
        { .name = "name", .words = &more, .takes = "HOST",
          .help = "one more name that peers call this machine by" },
        { .name = "dry-run", .flag = &dry_run,
          .help = "write nothing, only say what would be" },
        { 0 }
    };
    int ret = command_begin(conf, "setup", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        goto out;
    ret = EXIT_FAILED;
    if ((realm != NULL && realm_check(realm, error) != 0) ||
            setup_machine(&setup, error) != 0)
        goto out;
    if (hold_realm(conf, dry_run ? HOLD_ANY : HOLD_NEW, error) != 0)
        goto out;
    if (setup_or_refresh(conf, realm, &more, dry_run, &setup, error) == 0)
        ret = EXIT_DONE;
    release_realm(conf, error);
    if (setup.applied)
        tell(conf, &setup);
    else if (ret == EXIT_DONE)
        tell_preview(conf, &setup);
out:
    setup_free(&setup);
    list_free(&more);
    return ret;
}

int
command_refresh(struct conf *conf, int argc, char **argv, struct error *error)
{
    struct setup setup = { 0 };
    struct list more = { 0 };
    const struct option_spec specs[] = {
        { .name = "name", .words = &more, .takes = "HOST",
          .help = "one more name that peers call this machine by" },
        { 0 }
    };
    int ret = command_begin(conf, "refresh", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        goto out;
    ret = EXIT_FAILED;
    if (setup_machine(&setup, error) != 0 ||
            hold_realm(conf, HOLD_EXISTING, error) != 0)
        goto out;
    if (setup_or_refresh(conf, NULL, &more, false, &setup, error) == 0)
        ret = EXIT_DONE;
    release_realm(conf, error);
    if (setup.applied)
        tell(conf, &setup);
out:
    setup_free(&setup);
    list_free(&more);
    return ret;
}
