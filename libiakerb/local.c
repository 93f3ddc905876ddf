/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which realms are those of machines, and of which ones. */

#include "local.h"

#include "error.h"

#include <string.h>
#include <strings.h>

#include "common/host.h"

enum iakerb_code
iakerb_host_canonical(const char *host, char name[IAKERB_HOST_BYTES],
                      struct iakerb_error *error)
{
    bool address;

    _Static_assert(IAKERB_HOST_BYTES == HOST_BYTES, "one size");
    name[0] = '\0';
    if (host == NULL || !host_canonical(host, name, &address))
        return error_set(error, IAKERB_INVALID,
                         "\"%.64s\" cannot be the name of a host",
                         host == NULL ? "" : host);
    return IAKERB_DONE;
}

bool
iakerb_host_same(const char *one, const char *other)
{
    char names[2][HOST_BYTES];
    bool address;

    return one != NULL && other != NULL &&
        host_canonical(one, names[0], &address) &&
        host_canonical(other, names[1], &address) &&
        strcmp(names[0], names[1]) == 0;
}

bool
iakerb_realm_guess(const char *host, char realm[IAKERB_HOST_BYTES])
{
    bool address;
    char *p;

    realm[0] = '\0';
    if (host == NULL || !host_canonical(host, realm, &address) || address)
        goto none;
    realm[strcspn(realm, ".")] = '\0';
    /* Every machine calls itself that. */
    if (strcmp(realm, "localhost") == 0)
        goto none;
    for (p = realm; *p != '\0'; p++) {
        if (*p >= 'a' && *p <= 'z')
            *p += 'A' - 'a';
    }
    return realm[0] != '\0';

none:
    realm[0] = '\0';
    return false;
}

bool
iakerb_realm_is_of_host(const char *realm, const char *host)
{
    char name[IAKERB_HOST_BYTES];

    return realm != NULL && iakerb_realm_guess(host, name) &&
        strcasecmp(name, realm) == 0;
}

/*
 * A machine's realm is named as the machine, in one label, and DNS has no such
 * realm.  Apple's machines make theirs from a hash: "LKDC:SHA1.24C5...".  Others
 * have a domain for all of them.
 */
bool
local_is_name(const char *realm)
{
    static const char domain[] = ".LOCALKDC.SITE";
    size_t length = strlen(realm), end = strlen(domain);

    return strchr(realm, '.') == NULL || strncmp(realm, "LKDC:", 5) == 0 ||
        (length > end && strcasecmp(realm + length - end, domain) == 0);
}

enum iakerb_code
iakerb_realm_is_local(const char *realm, bool *local,
                      struct iakerb_error *error)
{
    enum iakerb_code code;
    bool known;

    code = iakerb_realm_known(realm, &known, error);
    *local = code == IAKERB_DONE && !known && local_is_name(realm);
    return code;
}
