/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "kdc_conf.h"

#include <stddef.h>

#include "store/text.h"

/*
 * AES only.  The first type encrypts the machine's own tickets; clients choose
 * among all for the rest, and many know only those of RFC 3962 (the last two).
 */
#define ENCTYPES "aes256-cts-hmac-sha384-192:normal " \
    "aes128-cts-hmac-sha256-128:normal " \
    "aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal"

static void
libdefaults(const struct conf *conf, char **all)
{
    text_append(all,
        "[libdefaults]\n"
        "    default_realm = %s\n"
        "    dns_lookup_kdc = false\n"
        "    dns_lookup_realm = false\n"
        "    permitted_enctypes = aes256-sha2 aes128-sha2 aes256-sha1 "
        "aes128-sha1\n"
        "    request_timeout = 5s\n"
        "    spake_preauth_groups = edwards25519\n",
        conf->realm);
}

static void
kdcdefaults(const struct conf *conf, char **all)
{
    text_append(all,
        "[kdcdefaults]\n"
        "    kdc_listen = %s\n"
        "    kdc_tcp_listen = \"\"\n"
        "    kdc_tcp_listen_backlog = 1024\n"
        "    spake_preauth_kdc_challenge = edwards25519\n",
        conf->socket);
}

static void
realms(const struct conf *conf, char **all)
{
    text_append(all,
        "[realms]\n"
        "    %s = {\n"
        "        kdc = %s\n"
        "        database_module = local\n"
        "        key_stash_file = %s/stash\n"
        "        master_key_type = aes256-cts-hmac-sha384-192\n"
        "        supported_enctypes = " ENCTYPES "\n"
        "        max_life = 10h\n"
        "        spake_preauth_indicator = spake\n"
        "        encrypted_challenge_indicator = hardened\n"
        "        pkinit_indicator = pkinit\n"
        "    }\n",
        conf->realm, conf->socket, conf->database);
}

/*
 * Whom the KDC asks about a user: see kdc-modules/users.c.  The users of a
 * machine below another root are those of its own file.
 */
static void
users_settings(const struct conf *conf, char **all)
{
    text_append(all, "        accountd_socket = %s" RUNSTATEDIR
                "/localkdc/accountd.sock\n", conf->root);
    if (conf->root[0] == '\0')
        text_append(all, "        userdb_socket = "
                    "/run/systemd/userdb/io.systemd.Multiplexer\n");
    else
        text_append(all, "        passwd_file = %s/etc/passwd\n",
                    conf->root);
}

static void
dbmodules(const struct conf *conf, char **all)
{
    text_append(all,
        "[dbmodules]\n"
        "    db_module_dir = " MODULEDIR "\n"
        "    local = {\n"
        "        db_library = users\n"
        "        database_name = %s/principal\n",
        conf->database);
    users_settings(conf, all);
    text_append(all, "    }\n");
}

static void
otp(const struct conf *conf, char **all)
{
    (void)conf;
    text_append(all,
        "[otp]\n"
        "    DEFAULT = {\n"
        "        indicator = otp\n"
        "    }\n");
}

static void
plugins(const struct conf *conf, char **all)
{
    (void)conf;
    text_append(all,
        "[plugins]\n"
        "    kdcpolicy = {\n"
        "        module = localkdc_idle:" MODULEDIR "/idle.so\n"
        "        module = localkdc_trust:" MODULEDIR "/trust.so\n"
        "    }\n");
}

static void
logging(const struct conf *conf, char **all)
{
    (void)conf;
    text_append(all,
        "[logging]\n"
        "    kdc = STDERR\n");
}

static conf_section *const own[] = {
    libdefaults, kdcdefaults, realms, dbmodules, otp, plugins, logging, NULL
};

static void
append(const struct conf *conf, conf_section *const *sections, char **all)
{
    for (; sections != NULL && *sections != NULL; sections++)
        (*sections)(conf, all);
}

char *
kdc_conf_text(const struct conf *conf)
{
    char *all = text("# Written by localkdc; 'localkdc refresh' writes it "
                     "again.\n");

    append(conf, own, &all);
    append(conf, conf->kdc_sections, &all);
    return all;
}
