/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "db.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <profile.h>

#include "common/patience.h"
#include "files.h"
#include "layout.h"
#include "names.h"
#include "owner.h"
#include "run.h"
#include "text.h"

#define MASTER_SECRET_BYTES 32

int
db_fail(krb5_context context, long code, const char *about,
        struct error *error)
{
    const char *message;

    if (code == ETIMEDOUT || code == KRB5_KDB_CANTLOCK_DB)
        return error_say(error, "%s: another program keeps the database "
                         "locked; try again when it has ended", about);
    message = krb5_get_error_message(context, (krb5_error_code)code);
    error_say(error, "%s: %s", about, message);
    krb5_free_error_message(context, message);
    return -1;
}

int
db_context(const char *kdc_conf, krb5_context *context, struct error *error)
{
    profile_t profile = NULL;
    long code;

    *context = NULL;
    code = profile_init_path(kdc_conf, &profile);
    if (code == 0)
        code = krb5_init_context_profile(profile, KRB5_INIT_CONTEXT_KDC,
                                         context);
    if (profile != NULL)
        profile_release(profile);
    if (code == 0)
        return 0;
    db_fail(NULL, code, kdc_conf, error);
    return error_say(error, "'localkdc refresh' writes this file again");
}

/* The first entry of a keytab, which is what a stash is. */
static krb5_error_code
first_entry(krb5_context context, const char *name, krb5_keytab_entry *entry)
{
    krb5_keytab keytab = NULL;
    krb5_kt_cursor cursor;
    krb5_error_code code;

    code = krb5_kt_resolve(context, name, &keytab);
    if (code == 0)
        code = krb5_kt_start_seq_get(context, keytab, &cursor);
    if (code == 0) {
        code = krb5_kt_next_entry(context, keytab, entry, &cursor);
        krb5_kt_end_seq_get(context, keytab, &cursor);
    }
    if (keytab != NULL)
        krb5_kt_close(context, keytab);
    return code;
}

int
db_stash(const struct conf *conf, struct error *error)
{
    struct owner owner;
    int fd = -1;

    if (owner_become(conf, &owner, error) == 0)
        fd = file_open_regular(conf->stash, error);
    if (owner_leave(&owner, error) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool
is_owners(const struct conf *conf)
{
    struct stat status;

    for (size_t i = 0; i < layout_count; i++) {
        if (layout[i].kdc &&
                lstat(layout_path(conf, &layout[i]), &status) == 0 &&
                status.st_uid != conf->owner)
            return false;
    }
    return true;
}

/* Whoever made the account anew may have given it another number. */
static int
fail_stash(const struct conf *conf, struct error *error)
{
    if (!is_owners(conf))
        return error_say(error, "%s belongs to another account than the KDC "
                         "runs as: run 'chown -R %u:%u %s'", conf->database,
                         (unsigned int)conf->owner, (unsigned int)conf->group,
                         conf->database);
    return error_say(error, "without its master key the database is lost: "
                     "move %s away, and restore a backup", conf->database);
}

/* Realms that were made before there was such a file. */
static int
realm_from_kdc_conf(struct conf *conf, struct error *error)
{
    profile_t profile = NULL;
    char *realm = NULL;

    if (profile_init_path(conf->kdc_conf, &profile) == 0) {
        profile_get_string(profile, "libdefaults", "default_realm", NULL,
                           NULL, &realm);
        profile_release(profile);
    }
    if (realm == NULL)
        return error_say(error, "%s: it is to say which realm this machine "
                         "is, and does not; write the realm's name into it",
                         conf->realm_file);
    conf->realm = text("%s", realm);
    profile_release_string(realm);
    return 0;
}

int
db_realm(struct conf *conf, struct error *error)
{
    AUTO_FREE char *data = NULL;
    size_t length;
    int fd;

    free(conf->realm);
    conf->realm = NULL;
    if (access(conf->database, F_OK) != 0)
        return errno == ENOENT ? 0 : error_file(error, conf->database);
    if (file_read(conf->realm_file, &data, &length, error) != 0)
        return -1;
    if (data != NULL)
        conf->realm = text("%.*s", (int)strcspn(data, "\n"), data);
    else if (realm_from_kdc_conf(conf, error) != 0)
        return -1;
    if (realm_check(conf->realm, error) != 0)
        return error_say(error, "%s: that is not a realm's name",
                         conf->realm_file);
    fd = db_stash(conf, error);
    if (fd < 0)
        return fail_stash(conf, error);
    close(fd);
    return 0;
}

/* The master key is K/M@REALM. */
static int
check_stash(const struct db *db, const char *folder, struct error *error)
{
    AUTO_FREE char *name = text("FILE:%s/stash", folder);
    krb5_keytab_entry entry = { 0 };
    krb5_error_code code;
    bool same;

    code = first_entry(db->context, name, &entry);
    if (code != 0) {
        db_fail(db->context, code, folder, error);
        return error_say(error, "without its master key the database is lost: "
                         "move %s away, and restore a backup", folder);
    }
    same = entry.principal->realm.length == strlen(db->realm) &&
           memcmp(entry.principal->realm.data, db->realm,
                  strlen(db->realm)) == 0;
    krb5_free_keytab_entry_contents(db->context, &entry);
    return same ? 0
                : error_say(error, "%s: the master key is of another realm "
                            "than %s, which this machine is: refused; move "
                            "the folder away, and restore a backup", folder,
                            db->realm);
}

/* A program that takes one between here and krb5's own wait for it has the
 * child's whole time at its disposal, and no more. */
static int
wait_for_locks(const char *folder)
{
    static const char *const names[] = {
        "principal.ok", "principal.kadm5.lock"
    };
    int code = 0;

    for (size_t i = 0; code == 0 && i < 2; i++) {
        AUTO_FREE char *path = text("%s/%s", folder, names[i]);

        code = patience_free(path);
    }
    return code;
}

int
db_open(const struct conf *conf, const char *folder,
        const char *kdc_conf, struct db *db, struct error *error)
{
    AUTO_FREE char *name = text("dbname=%s/principal", folder);
    AUTO_FREE char *stash = text("%s/stash", folder);
    char *args[] = { name, NULL };
    kadm5_config_params params = {
        .mask = KADM5_CONFIG_REALM | KADM5_CONFIG_STASH_FILE,
        .realm = conf->realm,
        .stash_file = stash
    };
    char caller[] = "localkdc", service[] = KADM5_ADMIN_SERVICE;
    kadm5_ret_t code;

    *db = (struct db){ .realm = conf->realm };
    if (db_context(kdc_conf, &db->context, error) != 0 ||
            check_stash(db, folder, error) != 0)
        return -1;
    /* kadm5 reads a configuration of its own.  The one of another KDC on this
     * machine has nothing for this realm, and may be closed to the child. */
    if (setenv("KRB5_KDC_PROFILE", "/dev/null", 1) != 0)
        return error_memory(error);
    code = wait_for_locks(folder);
    if (code != 0)
        return db_fail(db->context, code, folder, error);
    code = kadm5_init(db->context, caller, NULL, service, &params,
                      KADM5_STRUCT_VERSION, KADM5_API_VERSION_4, args,
                      &db->handle);
    return code == 0 ? 0 : db_fail(db->context, code, folder, error);
}

void
db_close(struct db *db)
{
    if (db->handle != NULL)
        kadm5_destroy(db->handle);
    if (db->context != NULL)
        krb5_free_context(db->context);
    *db = (struct db){ 0 };
}

int
db_folder(const struct conf *conf, const char *folder, struct error *error)
{
    if (mkdir(folder, 0700) != 0 ||
            chown(folder, conf->owner, conf->group) != 0)
        return error_file(error, folder);
    return 0;
}

/* The master key's password is needed once, to make the key that is stashed;
 * as random bytes it is as good as a random key. */
static int
random_lines(char *lines, size_t size, struct error *error)
{
    unsigned char bytes[MASTER_SECRET_BYTES];
    char hex[2 * MASTER_SECRET_BYTES + 1];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return error_say(error, "no random bytes: %s", strerror(errno));
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    snprintf(lines, size, "%s\n%s\n", hex, hex);
    explicit_bzero(bytes, sizeof(bytes));
    explicit_bzero(hex, sizeof(hex));
    return 0;
}

int
db_create(const struct conf *conf, const char *folder, const char *kdc_conf,
          struct error *error)
{
    AUTO_FREE char *name = text("%s/principal", folder);
    AUTO_FREE char *stash = text("%s/stash", folder);
    const char *const argv[] = {
        "kdb5_util", "-r", conf->realm, "-d", name, "-sf", stash,
        "create", "-s", NULL
    };
    char lines[4 * MASTER_SECRET_BYTES + 3];
    struct run util = {
        .argv = argv, .kdc_conf = kdc_conf,
        .uid = conf->owner, .gid = conf->group,
        .input = lines, .input_length = sizeof(lines) - 1
    };
    int ret = -1;

    if (db_folder(conf, folder, error) == 0 &&
            random_lines(lines, sizeof(lines), error) == 0)
        ret = run(&util, NULL, NULL, error);
    explicit_bzero(lines, sizeof(lines));
    return ret;
}

char *
db_component(krb5_const_principal principal, int index)
{
    return text("%.*s", (int)principal->data[index].length,
                principal->data[index].data);
}

int
db_principal(const struct db *db, const char *first, const char *second,
             krb5_principal *principal, struct error *error)
{
    krb5_error_code code;

    code = krb5_build_principal(db->context, principal,
                                (unsigned int)strlen(db->realm), db->realm,
                                first, second, NULL);
    return code == 0 ? 0 : db_fail(db->context, code, first, error);
}
