/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "params.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <profile.h>

#include "common/replaceable.h"

#define DEFAULT_KDC_TIMEOUT 5
#define MAX_REALM 255
#define MAX_SOCKET 107          /* sun_path without its zero byte */

/* Whether a string can stand in a krb5 configuration as one word. */
static bool
is_word(const char *string, size_t max)
{
    const char *p;

    for (p = string; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7F ||
                strchr("{}[]=#;\"\\", *p) != NULL)
            return false;
    }
    return p > string && (size_t)(p - string) <= max;
}

static enum iakerb_code
check(const struct iakerb_realm *realm, const char *config,
      struct iakerb_error *error)
{
    if (realm->name == NULL || !is_word(realm->name, MAX_REALM) ||
            strpbrk(realm->name, "/@:") != NULL)
        return error_set(error, IAKERB_INVALID,
                         "\"%.64s\" cannot be the name of a realm",
                         realm->name == NULL ? "" : realm->name);
    if (realm->kdc_socket == NULL || realm->kdc_socket[0] != '/' ||
            !is_word(realm->kdc_socket, MAX_SOCKET))
        return error_set(error, IAKERB_INVALID,
                         "\"%.128s\" cannot be the KDC's socket: it must be "
                         "an absolute path of at most %d bytes without white "
                         "space", realm->kdc_socket == NULL ? "" :
                         realm->kdc_socket, MAX_SOCKET);
    if (config == NULL || config[0] != '/' || strchr(config, ':') != NULL)
        return error_set(error, IAKERB_INVALID,
                         "\"%.128s\" cannot be a krb5 configuration: it must "
                         "be an absolute path without a colon",
                         config == NULL ? "" : config);
    return IAKERB_DONE;
}

static enum iakerb_code
system_error(struct iakerb_error *error, const char *verb, const char *path)
{
    return error_set(error, IAKERB_SYSTEM, "cannot %s %s: %s", verb, path,
                     strerror(errno));
}

/* Whether the file has this text already. */
static bool
file_has(const char *path, const char *text)
{
    size_t length = strlen(text);
    char *have = malloc(length + 1);
    FILE *file = fopen(path, "re");
    bool same;

    same = have != NULL && file != NULL &&
        fread(have, 1, length + 1, file) == length &&
        memcmp(have, text, length) == 0;
    if (file != NULL)
        fclose(file);
    free(have);
    return same;
}

/* Replace the file as one: a reader sees the old one or the new one. */
static enum iakerb_code
write_file(const char *path, const char *text, struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    char *temporary = NULL;
    FILE *file = NULL;
    int fd;

    if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
        return error_no_memory(error);
    fd = mkstemp(temporary);
    if (fd < 0) {
        code = system_error(error, "write", path);
        goto done;
    }
    file = fdopen(fd, "w");
    if (file == NULL) {
        code = error_no_memory(error);
        close(fd);
    } else if (fputs(text, file) == EOF || fchmod(fd, 0644) != 0 ||
               fflush(file) != 0 || rename(temporary, path) != 0) {
        code = system_error(error, "write", path);
    }
    if (code != IAKERB_DONE)
        unlink(temporary);

done:
    if (file != NULL)
        fclose(file);
    free(temporary);
    return code;
}

/* Put the file in front of what krb5 reads, and take it from where it is. */
static enum iakerb_code
put_in_front(const char *config, struct iakerb_error *error)
{
    enum iakerb_code code = IAKERB_DONE;
    size_t size = strlen(config) + 1;
    char **files, **file, *changed, *end;

    if (krb5_get_default_config_files(&files) != 0)
        return error_no_memory(error);
    for (file = files; *file != NULL; file++)
        size += strlen(*file) + 1;
    changed = malloc(size);
    if (changed == NULL) {
        code = error_no_memory(error);
        goto done;
    }
    end = stpcpy(changed, config);
    for (file = files; *file != NULL; file++) {
        if (strcmp(*file, config) == 0)
            continue;
        *end++ = ':';
        end = stpcpy(end, *file);
    }
    if (setenv("KRB5_CONFIG", changed, 1) != 0)
        code = error_no_memory(error);

done:
    free(changed);
    krb5_free_config_files(files);
    return code;
}

static enum iakerb_code
use(const struct iakerb_realm *realm, const char *config,
    struct iakerb_error *error)
{
    unsigned int timeout = realm->kdc_timeout;
    enum iakerb_code code;
    char *text = NULL;

    code = check(realm, config, error);
    if (code != IAKERB_DONE)
        return code;
    if (getauxval(AT_SECURE) != 0)
        return error_set(error, IAKERB_SYSTEM, "krb5 ignores KRB5_CONFIG in a "
                         "program with file capabilities or set-id");
    /* kdc* is final: what other files of the list say is not added to it. */
    if (asprintf(&text,
                 "# Made by libiakerb for the local realm %s; changes are "
                 "lost.\n"
                 "[libdefaults]\n"
                 "    default_realm = %s\n"
                 "    request_timeout = %u\n"
                 "[realms]\n"
                 "    %s = {\n"
                 "        kdc* = %s\n"
                 "    }\n",
                 realm->name, realm->name,
                 timeout != 0 ? timeout : DEFAULT_KDC_TIMEOUT,
                 realm->name, realm->kdc_socket) < 0)
        return error_no_memory(error);

    /* A server calls this for each of its processes. */
    if (!replaceable(config))
        code = error_set(error, IAKERB_INVALID, "cannot write %.128s: it is "
                         "no regular file", config);
    else if (!file_has(config, text))
        code = write_file(config, text, error);
    if (code == IAKERB_DONE)
        code = put_in_front(config, error);
    free(text);
    return code;
}

enum iakerb_code
iakerb_realm_use_sized(const struct iakerb_realm *realm, size_t size,
                       const char *config, struct iakerb_error *error)
{
    struct iakerb_realm own;
    enum iakerb_code code;

    code = params_take(&own, sizeof(own), realm, size, error);
    return code == IAKERB_DONE ? use(&own, config, error) : code;
}

enum iakerb_code
iakerb_realm_use(const struct iakerb_realm *realm, const char *config,
                   struct iakerb_error *error)
{
    return iakerb_realm_use_sized(realm, REALM_0, config, error);
}

enum iakerb_code
iakerb_realm_known(const char *realm, bool *known, struct iakerb_error *error)
{
    const char *names[] = { "realms", realm, "kdc", NULL };
    enum iakerb_code code = IAKERB_DONE;
    struct _profile_t *profile = NULL;
    krb5_context context = NULL;
    char **values = NULL;
    long ret;

    *known = false;
    if (realm == NULL || realm[0] == '\0')
        return error_set(error, IAKERB_INVALID, "no realm was named");

    ret = krb5_init_context(&context);
    if (ret == 0)
        ret = krb5_get_profile(context, &profile);
    if (ret != 0) {
        code = error_krb5(error, context, ret, IAKERB_SYSTEM,
                          "cannot read the krb5 configuration");
        goto done;
    }
    ret = profile_get_values(profile, names, &values);
    *known = ret == 0;
    if (ret == ENOMEM)
        code = error_no_memory(error);

done:
    profile_free_list(values);
    if (profile != NULL)
        profile_release(profile);
    krb5_free_context(context);
    return code;
}
