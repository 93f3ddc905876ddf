/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "realm.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "others.h"
#include "store/files.h"
#include "store/names.h"

#define MARK "# localkdc added this line and the next one:"

/*
 * AES only.  The first type encrypts the machine's own tickets; clients choose
 * among all for the rest, and many know only those of RFC 3962 (the last two).
 */
#define ENCTYPES "aes256-cts-hmac-sha384-192:normal " \
    "aes128-cts-hmac-sha256-128:normal " \
    "aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal"

/*
 * Whom the KDC asks about a user: see kdc-modules/users.c.  The users of a
 * machine below another root are those of its own file.
 */
static char *
users_settings(const struct conf *conf)
{
    char *all = text(
        "        accountd_socket = %s" RUNSTATEDIR "/localkdc/accountd.sock\n",
        conf->root);

    if (conf->root[0] == '\0')
        text_append(&all, "        userdb_socket = "
                    "/run/systemd/userdb/io.systemd.Multiplexer\n");
    else
        text_append(&all, "        passwd_file = %s/etc/passwd\n",
                    conf->root);
    return all;
}

char *
realm_kdc_conf(const struct conf *conf)
{
    AUTO_FREE char *users = users_settings(conf);

    return text(
        "# Written by localkdc; 'localkdc refresh' writes it again.\n"
        "[libdefaults]\n"
        "    default_realm = %s\n"
        "    dns_lookup_kdc = false\n"
        "    dns_lookup_realm = false\n"
        "    permitted_enctypes = aes256-sha2 aes128-sha2 aes256-sha1 "
        "aes128-sha1\n"
        "    request_timeout = 5s\n"
        "    spake_preauth_groups = edwards25519\n"
        "[kdcdefaults]\n"
        "    kdc_listen = %s\n"
        "    kdc_tcp_listen = \"\"\n"
        "    kdc_tcp_listen_backlog = 1024\n"
        "    spake_preauth_kdc_challenge = edwards25519\n"
        "[realms]\n"
        "    %s = {\n"
        "        kdc = %s\n"
        "        database_module = local\n"
        "        key_stash_file = %s/stash\n"
        "        master_key_type = aes256-cts-hmac-sha384-192\n"
        "        supported_enctypes = " ENCTYPES "\n"
        "        max_life = 10h\n"
        "    }\n"
        "[dbmodules]\n"
        "    db_module_dir = " MODULEDIR "\n"
        "    local = {\n"
        "        db_library = users\n"
        "        database_name = %s/principal\n"
        "%s"
        "    }\n"
        "[plugins]\n"
        "    kdcpolicy = {\n"
        "        module = localkdc_idle:" MODULEDIR "/idle.so\n"
        "        module = localkdc_trust:" MODULEDIR "/trust.so\n"
        "    }\n"
        "[logging]\n"
        "    kdc = STDERR\n",
        conf->realm, conf->socket, conf->realm, conf->socket,
        conf->database, conf->database, users);
}

char *
realm_names(const struct list *names)
{
    char *all = text(
        "# More names of this machine, one a line, such as an alias that a\n"
        "# name server has for it.  After a change: localkdc refresh\n");

    for (size_t i = 0; i < names->count; i++)
        text_append(&all, "%s\n", names->items[i]);
    return all;
}

/* ---- /etc/krb5.conf --------------------------------------------------- */

/* The next line, without its newline; NULL at the end. */
static char *
next_line(char **rest)
{
    char *line = *rest, *end;

    if (line == NULL || *line == '\0')
        return NULL;
    end = strchr(line, '\n');
    if (end != NULL)
        *end++ = '\0';
    *rest = end;
    return line;
}

/* What a directive of libprofile's is given, which begins its line. */
static char *
value_of(const char *line, const char *directive)
{
    size_t length = strlen(directive);
    char *value;

    if (strncmp(line, directive, length) != 0 ||
            !isspace((unsigned char)line[length]))
        return NULL;
    line += length;
    value = text("%s", line + strspn(line, " \t"));
    for (size_t i = strlen(value); i > 0 &&
         isspace((unsigned char)value[i - 1]); i--)
        value[i - 1] = '\0';
    return value;
}

/* Which realm a name that peers may use is left to, or NULL; the caller's.
 * On a machine of a domain its full name is the domain's, also where that
 * says so only with the default realm; a name that the administrator gave, or
 * that only the link knows, is not. */
static char *
left_to(const struct conf *conf, const char *name, const struct list *given,
        profile_t profile)
{
    char *other = others_host(conf, profile, name);
    const char *dot = strchr(name, '.');

    if (other == NULL && dot != NULL && strcmp(dot, ".local") != 0 &&
            !list_has(given, name))
        other = others_default(conf, profile);
    return other;
}

#define LEFT "# Left to "

/* A KDC on a UNIX socket knows no client's address, so that it takes no ticket
 * with one in it; other realms may want them. */
static char *
snippet_libdefaults(const struct conf *conf, bool is_default,
                    profile_t profile)
{
    char *all = text("%s", "");
    int without = 1;

    profile_get_boolean(profile, "libdefaults", "noaddresses", NULL, 1,
                        &without);
    if (is_default || !without)
        text_append(&all, "[libdefaults]\n");
    if (is_default)
        text_append(&all, "    default_realm = %s\n", conf->realm);
    if (!without)
        text_append(&all, "    %s = {\n        noaddresses = true\n    }\n",
                    conf->realm);
    return all;
}

char *
realm_snippet(const struct conf *conf, const struct list *names,
              const struct list *given, profile_t profile)
{
    AUTO_FREE char *other = others_default(conf, profile);
    AUTO_FREE char *libdefaults = snippet_libdefaults(conf, other == NULL,
                                                      profile);
    char *all = text(
        "# Written by localkdc; 'localkdc refresh' writes it again.\n"
        "%s[realms]\n    %s = {\n        kdc = %s\n    }\n[domain_realm]\n",
        libdefaults, conf->realm, conf->socket);

    for (size_t i = 0; i < names->count; i++) {
        AUTO_FREE char *small = lower(names->items[i]);
        AUTO_FREE char *left = NULL;

        /* The realm of a host is looked up in lower case. */
        if (is_address(small) || strcmp(small, names->items[i]) != 0)
            continue;
        left = left_to(conf, small, given, profile);
        if (left != NULL)
            text_append(&all, LEFT "%s: %s\n", left, small);
        else
            text_append(&all, "    %s = %s\n", small, conf->realm);
    }
    return all;
}

/* The names that were left to other realms are still the machine's. */
static void
left_hosts(const struct conf *conf, const char *start, struct list *names,
           struct error *error)
{
    AUTO_FREE char *data = NULL;
    char *rest, *line, *name;
    size_t length;

    if (file_read(conf->snippet, &data, &length, error) != 0)
        return;
    for (rest = data; (line = next_line(&rest)) != NULL;) {
        name = strncmp(line, LEFT, strlen(LEFT)) == 0 ? strstr(line, ": ")
                                                       : NULL;
        if (name != NULL && strncmp(name + 2, start, strlen(start)) == 0)
            list_add(names, name + 2);
    }
}

void
realm_hosts(const struct conf *conf, const char *start, struct list *names,
            struct error *error)
{
    const char *section[] = { "domain_realm", NULL };
    profile_t profile = NULL;
    char **found = NULL;

    if (profile_init_path(conf->snippet, &profile) == 0 &&
            profile_get_relation_names(profile, section, &found) == 0) {
        for (char **name = found; *name != NULL; name++) {
            if (strncmp(*name, start, strlen(start)) == 0)
                list_add(names, *name);
        }
        profile_free_list(found);
    }
    if (profile != NULL)
        profile_release(profile);
    left_hosts(conf, start, names, error);
}

static bool
same_folder(const char *value, const char *folder)
{
    size_t length = strlen(value);

    while (length > 1 && value[length - 1] == '/')
        length--;
    return length == strlen(folder) && strncmp(value, folder, length) == 0;
}

static bool
is_our_include(const struct conf *conf, const char *line)
{
    AUTO_FREE char *folder = value_of(line, "includedir");
    AUTO_FREE char *file = value_of(line, "include");

    return (folder != NULL && same_folder(folder, conf->snippet_dir)) ||
           (file != NULL && strcmp(file, conf->snippet) == 0);
}

bool
realm_reads_snippet(const struct conf *conf, const char *krb5_conf)
{
    AUTO_FREE char *copy = text("%s", krb5_conf != NULL ? krb5_conf : "");
    char *rest = copy, *line;
    bool ret = false;

    while (!ret && (line = next_line(&rest)) != NULL)
        ret = is_our_include(conf, line);
    return ret;
}

profile_t
realm_profile(const struct conf *conf, const char *krb5_conf,
              struct error *error)
{
    AUTO_FREE char *copy = text("%s", krb5_conf);
    AUTO_FREE char *readable = text("%s", "");
    char *rest = copy, *line;

    if (access(conf->snippet, F_OK) == 0)
        return others_read(conf, krb5_conf, error);
    while ((line = next_line(&rest)) != NULL) {
        AUTO_FREE char *folder = value_of(line, "includedir");

        /* The folder may be there already, with files of others. */
        if (!is_our_include(conf, line) ||
                (folder != NULL && access(conf->snippet_dir, F_OK) == 0))
            text_append(&readable, "%s\n", line);
    }
    return others_read(conf, readable, error);
}

char *
realm_krb5_conf(const struct conf *conf, const char *krb5_conf)
{
    size_t length;

    if (krb5_conf == NULL)
        krb5_conf = "";
    if (realm_reads_snippet(conf, krb5_conf))
        return text("%s", krb5_conf);
    length = strlen(krb5_conf);
    return text("%s%s" MARK "\nincludedir %s\n", krb5_conf,
                length > 0 && krb5_conf[length - 1] != '\n' ? "\n" : "",
                conf->snippet_dir);
}

char *
realm_krb5_conf_without(const struct conf *conf, const char *krb5_conf)
{
    AUTO_FREE char *added = text(MARK "\nincludedir %s\n",
                                 conf->snippet_dir);
    const char *at;

    if (krb5_conf == NULL)
        return NULL;
    at = strstr(krb5_conf, added);
    if (at == NULL)
        return text("%s", krb5_conf);
    if (strlen(krb5_conf) == strlen(added))
        return NULL;
    return text("%.*s%s", (int)(at - krb5_conf), krb5_conf,
                at + strlen(added));
}
