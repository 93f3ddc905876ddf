/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "conf.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "layout.h"
#include "text.h"

static int
check_root(const char *root, struct error *error)
{
    struct sockaddr_un address;
    size_t length = strlen(root) + strlen(RUNSTATEDIR "/localkdc/kdc.sock");

    if (root[0] != '/')
        return error_say(error, "--root %s: give an absolute path", root);
    /* krb5's configuration has no quoting for these. */
    if (strpbrk(root, " \t\n\r,:\"{}#;=") != NULL)
        return error_say(error, "--root %s: a path with white space or one of "
                         ",:\"{}#;= cannot be written into kdc.conf", root);
    if (length >= sizeof(address.sun_path))
        return error_say(error, "--root %s: the path is too long for a UNIX "
                         "socket below it", root);
    if (access(root, X_OK) != 0)
        return error_file(error, root);
    return 0;
}

int
conf_init(struct conf *conf, const char *root, struct error *error)
{
    *conf = (struct conf){
        .root = root != NULL ? root : "", .lock_fd = -1
    };
    if (root != NULL && check_root(root, error) != 0)
        return -1;

    layout_init(conf);
    return 0;
}

int
conf_allowed(struct conf *conf, struct error *error)
{
    bool real = conf->root[0] == '\0';

    conf->owner = geteuid();
    conf->group = getegid();
    if (real && geteuid() != 0)
        return error_say(error, "only root can do this; run it with sudo");
    if (geteuid() == 0 &&
            !conf_account(conf, SERVICE_ACCOUNT, &conf->owner, &conf->group) &&
            real)
        return error_say(error, "there is no account %s, which the KDC runs "
                         "as; run systemd-sysusers", SERVICE_ACCOUNT);
    return 0;
}

void
conf_free(struct conf *conf)
{
    free(conf->realm);
    layout_free(conf);
}

bool
conf_account(const struct conf *conf, const char *name,
             uid_t *uid, gid_t *gid)
{
    AUTO_FREE char *path = text("%s/etc/passwd", conf->root);
    const struct passwd *account;
    FILE *file = NULL;

    if (conf->root[0] == '\0') {
        account = getpwnam(name);
    } else {
        account = NULL;
        file = fopen(path, "re");
        while (file != NULL && (account = fgetpwent(file)) != NULL &&
               strcmp(account->pw_name, name) != 0)
            ;
    }
    if (account != NULL) {
        *uid = account->pw_uid;
        *gid = account->pw_gid;
    }
    if (file != NULL)
        fclose(file);
    return account != NULL;
}

bool
conf_booted(const struct conf *conf)
{
    return conf->root[0] == '\0' && access("/run/systemd/system", F_OK) == 0;
}
