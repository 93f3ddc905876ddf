/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "samba.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <profile.h>

#include "modules.h"
#include "store/names.h"
#include "store/run.h"

/* What Samba makes of a parameter; NULL where it does not know it.  The
 * value is the caller's. */
static char *
parameter(const char *smb_conf, const char *name, bool quiet,
          struct error *error)
{
    AUTO_FREE char *option = text("--parameter-name=%s", name);
    const char *const argv[] = {
        "testparm", "-s", "-l", option, smb_conf, NULL
    };
    struct run testparm = { .argv = argv, .quiet = quiet };
    char *value = NULL;
    size_t length;

    if (run(&testparm, &value, &length, error) != 0)
        return NULL;
    value[strcspn(value, "\n")] = '\0';
    return value;
}

/* Where smb.conf has no realm, Samba takes the machine's name. */
static int
examine_realm(const struct conf *conf, const char *smb_conf,
              struct samba *samba, struct error *error)
{
    AUTO_FREE char *realm = parameter(smb_conf, "realm", false, error);
    AUTO_FREE char *name = parameter(smb_conf, "netbios name", false, error);
    AUTO_FREE char *own = NULL;

    if (realm == NULL || name == NULL)
        return -1;
    own = upper(realm[0] != '\0' ? realm : name);
    if (strcmp(own, conf->realm) != 0)
        settings_add(&samba->lacking, "realm", conf->realm);
    return 0;
}

/* What a Kerberos server takes without further words: krb5.conf may say. */
static bool
keytab_is_default(const struct conf *conf)
{
    AUTO_FREE char *path = NULL;
    profile_t profile = NULL;
    char *name = NULL;
    bool ret = true;

    if (profile_init_path(conf->krb5_conf, &profile) != 0)
        return true;
    profile_get_string(profile, "libdefaults", "default_keytab_name", NULL,
                       NULL, &name);
    if (name != NULL) {
        path = text("%s", strncmp(name, "FILE:", 5) == 0 ? name + 5 : name);
        ret = strcmp(path, conf->keytab) == 0 ||
              strcmp(path, SYSCONFDIR "/krb5.keytab") == 0;
    }
    profile_release_string(name);
    profile_release(profile);
    return ret;
}

/* A standalone Samba with IAKERB uses the system's keytab by default. */
static bool
keytab_is_good(const struct conf *conf, const struct samba *samba,
               const char *method, const char *file)
{
    if (strcasecmp(method, "dedicated keytab") == 0)
        return strcmp(file, conf->keytab) == 0;
    if (conf->root[0] != '\0' || !keytab_is_default(conf))
        return false;
    return strcasecmp(method, "system keytab") == 0 ||
           (strcasecmp(method, "default") == 0 && samba->iakerb);
}

static int
examine_keytab(const struct conf *conf, const char *smb_conf,
               struct samba *samba, struct error *error)
{
    AUTO_FREE char *method = parameter(smb_conf, "kerberos method", false,
                                       error);
    AUTO_FREE char *file = parameter(smb_conf, "dedicated keytab file",
                                     false, error);

    if (method == NULL || file == NULL)
        return -1;
    if (!keytab_is_good(conf, samba, method, file)) {
        settings_add(&samba->lacking, "kerberos method", "dedicated keytab");
        settings_add(&samba->lacking, "dedicated keytab file", conf->keytab);
    }
    return 0;
}

static void
examine_iakerb(const struct conf *conf, const char *smb_conf,
               struct samba *samba, struct error *error)
{
    AUTO_FREE char *socket = parameter(smb_conf, "iakerb kdc socket", true,
                                       error);
    AUTO_FREE char *offer = parameter(smb_conf, "server support iakerb",
                                      true, error);

    samba->iakerb = socket != NULL && offer != NULL;
    if (!samba->iakerb)
        return;
    if (strcmp(socket, conf->socket) != 0)
        settings_add(&samba->lacking, "iakerb kdc socket", conf->socket);
    if (strcasecmp(offer, "yes") != 0)
        settings_add(&samba->lacking, "server support iakerb", "yes");
}

int
samba_examine(const struct conf *conf, const char *smb_conf,
              struct samba *samba, struct error *error)
{
    AUTO_FREE char *role = NULL;

    *samba = (struct samba){
        .installed = run_found("testparm"),
        .found = access(smb_conf, F_OK) == 0 || errno != ENOENT
    };
    if (!samba->installed || !samba->found)
        return 0;
    role = parameter(smb_conf, "server role", false, error);
    if (role == NULL)
        return -1;
    samba->standalone = strcasecmp(role, "auto") == 0 ||
                        strcasecmp(role, "standalone server") == 0;
    examine_iakerb(conf, smb_conf, samba, error);
    if (examine_realm(conf, smb_conf, samba, error) != 0 ||
            modules_lacking(smb_conf, &samba->modules, error) != 0)
        return -1;
    return examine_keytab(conf, smb_conf, samba, error);
}

void
samba_free(struct samba *samba)
{
    settings_free(&samba->lacking);
    list_free(&samba->modules);
    *samba = (struct samba){ 0 };
}
