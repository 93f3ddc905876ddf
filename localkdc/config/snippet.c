/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "snippet.h"

#include <string.h>

#include "others.h"
#include "store/files.h"
#include "store/names.h"

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
static void
snippet_libdefaults(const struct conf *conf, bool is_default,
                    profile_t profile, char **all)
{
    int without = 1;

    profile_get_boolean(profile, "libdefaults", "noaddresses", NULL, 1,
                        &without);
    if (is_default || !without)
        text_append(all, "[libdefaults]\n");
    if (is_default)
        text_append(all, "    default_realm = %s\n", conf->realm);
    if (!without)
        text_append(all, "    %s = {\n        noaddresses = true\n    }\n",
                    conf->realm);
}

static void
snippet_domain_realm(const struct conf *conf, const struct list *names,
                     const struct list *given, profile_t profile, char **all)
{
    text_append(all, "[domain_realm]\n");
    for (size_t i = 0; i < names->count; i++) {
        AUTO_FREE char *small = lower(names->items[i]);
        AUTO_FREE char *left = NULL;

        /* The realm of a host is looked up in lower case. */
        if (is_address(small) || strcmp(small, names->items[i]) != 0)
            continue;
        left = left_to(conf, small, given, profile);
        if (left != NULL)
            text_append(all, LEFT "%s: %s\n", left, small);
        else
            text_append(all, "    %s = %s\n", small, conf->realm);
    }
}

static void
snippet_realms(const struct conf *conf, char **all)
{
    text_append(all, "[realms]\n    %s = {\n        kdc = %s\n    }\n",
                conf->realm, conf->socket);
}

char *
snippet_text(const struct conf *conf, const struct list *names,
             const struct list *given, profile_t profile)
{
    AUTO_FREE char *other = others_default(conf, profile);
    char *all = text("# Written by localkdc; 'localkdc refresh' writes it "
                     "again.\n");

    snippet_libdefaults(conf, other == NULL, profile, &all);
    snippet_realms(conf, &all);
    snippet_domain_realm(conf, names, given, profile, &all);
    for (conf_section *const *more = conf->snippet_sections;
         more != NULL && *more != NULL; more++)
        (*more)(conf, &all);
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
    for (rest = data; (line = text_line(&rest)) != NULL;) {
        name = strncmp(line, LEFT, strlen(LEFT)) == 0 ? strstr(line, ": ")
                                                       : NULL;
        if (name != NULL && strncmp(name + 2, start, strlen(start)) == 0)
            list_add(names, name + 2);
    }
}

void
snippet_hosts(const struct conf *conf, const char *start, struct list *names,
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
