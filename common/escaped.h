/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Users' names as people write them. */
#ifndef ESCAPED_H
#define ESCAPED_H

#include <stdbool.h>
#include <string.h>

/*
 * Whether each '\' escapes what has to be, '@', '/' or '\'.  In front of
 * anything else krb5_parse_name() drops it: "NAS\alice" is not "NASalice".
 */
static inline bool
is_escaped_well(const char *user)
{
    const char *p;

    for (p = strchr(user, '\\'); p != NULL; p = strchr(p + 2, '\\')) {
        if (p[1] == '\0' || strchr("@/\\", p[1]) == NULL)
            return false;
    }
    return true;
}

#endif /* ESCAPED_H */
