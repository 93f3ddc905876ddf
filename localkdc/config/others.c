/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "others.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/text.h"

/* The kernel has a name for a file in memory. */
static errcode_t
read_memory(int fd, const char *krb5_conf, profile_t *profile)
{
    AUTO_FREE char *path = text("/proc/self/fd/%d", fd);
    size_t length = strlen(krb5_conf);

    if (write(fd, krb5_conf, length) != (ssize_t)length)
        return ENOMEM;
    return profile_init_path(path, profile);
}

profile_t
others_read(const struct conf *conf, const char *krb5_conf,
            struct error *error)
{
    int fd = memfd_create("krb5.conf", MFD_CLOEXEC);
    profile_t profile = NULL;
    errcode_t code = fd >= 0 ? read_memory(fd, krb5_conf, &profile) : ENOMEM;

    if (fd >= 0)
        close(fd);
    if (code == 0)
        return profile;
    error_say(error, "%s, or a file that it includes, has a mistake in it, "
              "and cannot be read by Kerberos; correct it first",
              conf->krb5_conf);
    return NULL;
}

/* Of all that was said, where the first counts, what this realm did not. */
static char *
other_value(const struct conf *conf, profile_t profile, const char *section,
            const char *name)
{
    const char *path[] = { section, name, NULL };
    char **values = NULL, *other = NULL;

    if (profile_get_values(profile, path, &values) != 0)
        return NULL;
    for (char **value = values; *value != NULL && other == NULL; value++) {
        if (strcmp(*value, conf->realm) != 0)
            other = text("%s", *value);
    }
    profile_free_list(values);
    return other;
}

char *
others_default(const struct conf *conf, profile_t profile)
{
    return other_value(conf, profile, "libdefaults", "default_realm");
}

/* As libkrb5 goes up: a.b.c, .b.c, b.c, .c, c. */
char *
others_host(const struct conf *conf, profile_t profile, const char *name)
{
    char *other = NULL;

    while (name != NULL && *name != '\0' && other == NULL) {
        other = other_value(conf, profile, "domain_realm", name);
        name = *name == '.' ? name + 1 : strchr(name, '.');
    }
    return other;
}
