/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where everything is, and whose. */
#ifndef LOCALKDC_CONF_H
#define LOCALKDC_CONF_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/error.h"

/* The account that the KDC runs as. */
#define SERVICE_ACCOUNT "localkdc"

struct conf;

/* Append a section of a configuration file. */
typedef void conf_section(const struct conf *conf, char **all);

struct conf {
    const char *root;       /* put before every path; "" on a real machine */
    char *realm;            /* NULL where no realm has been set up */

    /* The service's account, which owns the database; the caller's own where
     * there is no such account.  Known after conf_allowed(). */
    uid_t owner;
    gid_t group;

    /* layout.c has what each of these is. */
    char *etc;              /* /etc/localkdc */
    char *kdc_conf;         /*   kdc.conf */
    char *names;            /*   names */
    char *krb5_conf;        /* /etc/krb5.conf */
    char *snippet_dir;      /* /etc/krb5.conf.d */
    char *snippet;          /*   localkdc.conf */
    char *keytab;           /* /etc/krb5.keytab */
    char *smb_conf;         /* /etc/samba/smb.conf */
    char *state;            /* /var/lib/localkdc */
    char *database;         /*   db, a folder */
    char *stash;            /*     stash, the master key */
    char *principal;        /*     principal */
    char *realm_file;       /*   realm, which is its name */
    char *trusts;           /*   trusts, what was agreed, as JSON */
    char *trusts_map;       /*   username.map, for Samba */
    char *trusts_conf;      /* /etc/krb5.conf.d/localkdc-trusts.conf */
    char *journal;          /*   journal */
    char *lock;             /*   lock */
    char *made;             /*   folders, which lists those made for it */
    char *socket;           /* /run/localkdc/kdc.sock */

    /* What methods and trusts add to kdc.conf and to the snippet: lists that
     * end in NULL; or NULL. */
    conf_section *const *kdc_sections;
    conf_section *const *snippet_sections;

    int lock_fd;            /* while this command holds the realm, or -1 */
};

/* Fill *conf for a machine whose files are below root, or for this machine
 * where root is NULL.  conf_free() also after a failure. */
int conf_init(struct conf *conf, const char *root, struct error *error);
void conf_free(struct conf *conf);

/* Find out the service's account, and fail unless the caller may change the
 * machine, and all is there for it. */
int conf_allowed(struct conf *conf, struct error *error);

/* Whether the machine has such a local account. */
bool conf_account(const struct conf *conf, const char *name,
                  uid_t *uid, gid_t *gid);

/* Whether this is a machine that is up and runs systemd. */
bool conf_booted(const struct conf *conf);

#endif
