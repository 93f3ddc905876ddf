/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "shadow.h"

#include <errno.h>
#include <shadow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 65536

/*
 * usermod -L and passwd -l put a "!" in front of what is there.  One that has
 * nothing behind it is an account that never had a password: it may well have
 * one in the realm.
 */
static bool
is_locked(const char *password)
{
    return password[0] == '!' && password[strspn(password, "!")] != '\0';
}

/* As pam_unix has it, from that day on. */
static bool
is_expired(const struct spwd *entry, long today)
{
    return entry->sp_expire != -1 && today >= entry->sp_expire;
}

/* Parsed only where the name fits: the file can have many lines. */
static int
check_line(const char *line, long today, bool *allowed)
{
    struct spwd entry, *found = NULL;
    char *buffer = malloc(LINE_MAX_BYTES);
    int ret = -1, error;

    if (buffer == NULL)
        return -1;
    error = sgetspent_r(line, &entry, buffer, LINE_MAX_BYTES, &found);
    if (error == 0 && found != NULL) {
        *allowed = !is_locked(entry.sp_pwdp) && !is_expired(&entry, today);
        ret = 0;
    }
    explicit_bzero(buffer, LINE_MAX_BYTES);
    free(buffer);
    errno = ret != 0 ? EINVAL : 0;
    return ret;
}

int
shadow_allows(const char *path, const char *user, long today, bool *allowed)
{
    size_t length = strlen(user), size = 0;
    FILE *file = fopen(path, "re");
    char *line = NULL;
    int ret = 0;

    *allowed = true;
    if (file == NULL)
        return errno == ENOENT ? 0 : -1;
    while ((errno = 0, getline(&line, &size, file)) > 0) {
        if (strncmp(line, user, length) == 0 && line[length] == ':') {
            line[strcspn(line, "\n")] = '\0';
            ret = check_line(line, today, allowed);
            break;
        }
    }
    if (ferror(file))
        ret = -1;
    if (line != NULL)
        explicit_bzero(line, size);
    free(line);
    fclose(file);
    return ret;
}
