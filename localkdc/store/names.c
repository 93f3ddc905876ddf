/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "names.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include <jansson.h>

#include "text.h"

#define NAME_BYTES 255

/* jansson takes nothing that is not UTF-8. */
static bool
is_utf8(const char *name)
{
    json_t *string = json_string(name);
    bool ret = string != NULL;

    json_decref(string);
    return ret;
}

static bool
has_control(const char *name)
{
    for (; *name != '\0'; name++) {
        if (iscntrl((unsigned char)*name))
            return true;
    }
    return false;
}

int
name_check(const char *kind, const char *name, struct error *error)
{
    if (name[0] == '\0')
        return error_say(error, "the %s's name is empty", kind);
    if (strlen(name) > NAME_BYTES)
        return error_say(error, "the %s's name has %zu bytes; at most %d are "
                         "possible", kind, strlen(name), NAME_BYTES);
    if (!is_utf8(name))
        return error_say(error, "the %s's name is not UTF-8", kind);
    if (has_control(name))
        return error_say(error, "the %s's name has a newline or another "
                         "control character in it", kind);
    if (strpbrk(name, "/@\\ ") != NULL || name[0] == '-')
        return error_say(error, "'%s' cannot be a %s's name: leave out '/', "
                         "'@', '\\', spaces, and a '-' at the start", name,
                         kind);
    return 0;
}

bool
is_host(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        if (!isascii(*c) || (!isalnum(*c) && strchr("._:-", *c) == NULL))
            return false;
    }
    return strchr("-.", name[0]) == NULL && strlen(name) <= NAME_BYTES;
}

int
host_check(const char *kind, const char *name, struct error *error)
{
    if (name_check(kind, name, error) != 0)
        return -1;
    if (!is_host(name))
        return error_say(error, "'%s' cannot be a %s's name: use letters of "
                         "ASCII, digits, '.', '_', ':' and '-', and neither "
                         "'.' nor '-' at the start", name, kind);
    return 0;
}

int
realm_check(const char *realm, struct error *error)
{
    if (name_check("realm", realm, error) != 0)
        return -1;
    for (const char *c = realm; *c != '\0'; c++) {
        /* Samba knows its own realm in upper case only. */
        if (!isascii(*c) || islower(*c) ||
                (!isalnum(*c) && strchr("-._", *c) == NULL))
            return error_say(error, "'%s' cannot be a realm's name: use upper "
                             "case letters, digits, '-', '.' and '_'", realm);
    }
    return 0;
}

static char *
each_letter(const char *name, int (*change)(int))
{
    char *copy = text("%s", name);

    for (char *c = copy; *c != '\0'; c++)
        *c = isascii(*c) ? (char)change(*c) : *c;
    return copy;
}

char *
lower(const char *name)
{
    return each_letter(name, tolower);
}

char *
upper(const char *name)
{
    return each_letter(name, toupper);
}

bool
is_address(const char *name)
{
    struct in6_addr address;

    return inet_pton(AF_INET, name, &address) == 1 ||
           inet_pton(AF_INET6, name, &address) == 1;
}
