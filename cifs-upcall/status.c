/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "status.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 10           /* of a group */

bool
status_number(const char *status, const char *field, unsigned long *number)
{
    const char *found = strstr(status, field);

    if (found != NULL)
        *number = strtoul(found + strlen(field), NULL, 10);
    return found != NULL;
}

bool
status_groups(const char *status, gid_t *groups, int max, int *count)
{
    const char *at = strstr(status, "\nGroups:");
    size_t digits;
    uint64_t gid;

    *count = 0;
    if (at == NULL)
        return false;
    at += strlen("\nGroups:");
    while (*(at += strspn(at, " \t")) != '\n') {
        digits = strspn(at, "0123456789");
        gid = strtoul(at, NULL, 10);
        if (digits == 0 || digits > MAX_DIGITS || gid >= (gid_t)-1 ||
                *count == max) {
            *count = 0;
            break;
        }
        groups[(*count)++] = (gid_t)gid;
        at += digits;
    }
    return true;
}
