/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc setup and localkdc refresh: the commands; setup.c does the work. */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "config/realm.h"
#include "config/machine.h"
#include "config/setup.h"
#include "config/systemd.h"
#include "options.h"
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
choose_realm(struct conf *conf, const char *wanted)
{
    AUTO_FREE char *host = machine_name();

    if (conf->realm == NULL && wanted == NULL &&
            strcmp(host, "localhost") == 0)
        return fail("this machine is called localhost, as any can be; give "
                    "it a name, or the realm one with --realm");
    if (conf->realm != NULL && wanted != NULL &&
            strcmp(conf->realm, wanted) != 0)
        return fail("this machine is the realm %s already; nothing has "
                    "changed. To make it another one, begin with "
                    "'localkdc remove'", conf->realm);
    if (conf->realm != NULL)
        return 0;
    conf->realm = wanted != NULL ? text("%s", wanted) : upper(host);
    return realm_check(conf->realm);
}

static int
make_realm(const struct conf *conf)
{
    AUTO_FREE char *folder = file_staged(conf->database);
    AUTO_FREE char *kdc_conf = file_staged(conf->kdc_conf);

    if (folder_room(conf->state) != 0 || setup_stage_kdc_conf(conf) != 0)
        return -1;
    return db_create(conf, folder, kdc_conf);
}

static void
tell(const struct conf *conf, const struct setup *setup)
{
    if (setup->done.count == 0)
        printf("Realm %s: all is as it should be; nothing has changed.\n",
               conf->realm);
    else
        printf("Realm %s: done; written or changed:\n", conf->realm);
    for (size_t i = 0; i < setup->done.count; i++)
        printf("    %s\n", setup->done.items[i]);
    if (setup->gone.count > 0)
        print_list("No longer names of this machine:", &setup->gone);
    if (setup->other != NULL)
        printf("%s keeps its default realm %s: for this one write 'kinit "
               "NAME@%s'.\n", conf->krb5_conf, setup->other, conf->realm);
    if (setup->new_realm)
        printf("Next: 'localkdc user add NAME' for each user, and "
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
setup_or_refresh(struct conf *conf, const char *realm,
                 const struct list *more, bool dry_run, struct setup *setup)
{
    bool new_realm = conf->realm == NULL;
    int ret;

    if (choose_realm(conf, realm) != 0 ||
            setup_names(conf, more, setup) != 0)
        return -1;
    setup->new_realm = new_realm;
    if (dry_run)
        return setup_preview(conf, setup);
    if ((new_realm && make_realm(conf) != 0) ||
            setup_apply(conf, setup) != 0)
        return -1;
    setup->applied = true;
    ret = setup->done.count > 0 ? service_reload(conf) : 0;
    return ret == 0 ? service_start(conf) : ret;
}

int
command_setup(struct conf *conf, int argc, char **argv)
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
    int ret = command_begin(conf, "setup", argc, argv, specs);

    if (ret != OPTIONS_READ)
        goto out;
    ret = EXIT_FAILED;
    if ((realm != NULL && realm_check(realm) != 0) ||
            setup_machine(&setup) != 0)
        goto out;
    if (hold_realm(conf, dry_run ? HOLD_ANY : HOLD_NEW) != 0)
        goto out;
    if (setup_or_refresh(conf, realm, &more, dry_run, &setup) == 0)
        ret = EXIT_DONE;
    release_realm(conf);
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
command_refresh(struct conf *conf, int argc, char **argv)
{
    struct setup setup = { 0 };
    struct list more = { 0 };
    const struct option_spec specs[] = {
        { .name = "name", .words = &more, .takes = "HOST",
          .help = "one more name that peers call this machine by" },
        { 0 }
    };
    int ret = command_begin(conf, "refresh", argc, argv, specs);

    if (ret != OPTIONS_READ)
        goto out;
    ret = EXIT_FAILED;
    if (setup_machine(&setup) != 0 || hold_realm(conf, HOLD_EXISTING) != 0)
        goto out;
    if (setup_or_refresh(conf, NULL, &more, false, &setup) == 0)
        ret = EXIT_DONE;
    release_realm(conf);
    if (setup.applied)
        tell(conf, &setup);
out:
    setup_free(&setup);
    list_free(&more);
    return ret;
}
