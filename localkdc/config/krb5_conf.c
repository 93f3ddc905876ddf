/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "krb5_conf.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "others.h"

#define MARK "# localkdc added this line and the next one:"

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
krb5_conf_reads(const struct conf *conf, const char *krb5_conf)
{
    AUTO_FREE char *copy = text("%s", krb5_conf != NULL ? krb5_conf : "");
    char *rest = copy, *line;
    bool ret = false;

    while (!ret && (line = text_line(&rest)) != NULL)
        ret = is_our_include(conf, line);
    return ret;
}

profile_t
krb5_conf_profile(const struct conf *conf, const char *krb5_conf,
                  struct error *error)
{
    AUTO_FREE char *copy = text("%s", krb5_conf);
    AUTO_FREE char *readable = text("%s", "");
    char *rest = copy, *line;

    if (access(conf->snippet, F_OK) == 0)
        return others_read(conf, krb5_conf, error);
    while ((line = text_line(&rest)) != NULL) {
        AUTO_FREE char *folder = value_of(line, "includedir");

        /* The folder may be there already, with files of others. */
        if (!is_our_include(conf, line) ||
                (folder != NULL && access(conf->snippet_dir, F_OK) == 0))
            text_append(&readable, "%s\n", line);
    }
    return others_read(conf, readable, error);
}

char *
krb5_conf_with(const struct conf *conf, const char *krb5_conf)
{
    size_t length;

    if (krb5_conf == NULL)
        krb5_conf = "";
    if (krb5_conf_reads(conf, krb5_conf))
        return text("%s", krb5_conf);
    length = strlen(krb5_conf);
    return text("%s%s" MARK "\nincludedir %s\n", krb5_conf,
                length > 0 && krb5_conf[length - 1] != '\n' ? "\n" : "",
                conf->snippet_dir);
}

char *
krb5_conf_without(const struct conf *conf, const char *krb5_conf)
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
