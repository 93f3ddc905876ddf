/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/*
 * An IPv6 address, perhaps in brackets.  The scope of a link-local one is a
 * number or a name that the machine gives to its own interface, and means
 * nothing to any other machine.
 */
static bool
from_ipv6(const char *host, char name[HOST_BYTES])
{
    static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };
    size_t length = strlen(host);
    struct in6_addr address;

    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    if (memchr(host, '%', length) != NULL)
        length = strcspn(host, "%");
    if (length >= INET6_ADDRSTRLEN)
        return false;
    memcpy(name, host, length);
    name[length] = '\0';
    if (inet_pton(AF_INET6, name, &address) != 1)
        return false;
    if (memcmp(&address, mapped, sizeof(mapped)) == 0)
        inet_ntop(AF_INET, address.s6_addr + 12, name, HOST_BYTES);
    else
        inet_ntop(AF_INET6, &address, name, HOST_BYTES);
    return true;
}

/* Whatever the resolver takes for an IPv4 address: "127.1" is one. */
static bool
from_ipv4(const char *host, char name[HOST_BYTES])
{
    struct in_addr address;

    return inet_aton(host, &address) != 0 &&
        inet_ntop(AF_INET, &address, name, HOST_BYTES) != NULL;
}

/* Labels with a dot in between, of bytes that a principal's name can have
 * without being escaped. */
static bool
from_name(const char *host, char name[HOST_BYTES])
{
    size_t length = strlen(host), i;

    if (length > 1 && host[length - 1] == '.')
        length--;
    if (length == 0 || length >= HOST_BYTES || host[0] == '.' ||
            host[length - 1] == '.')
        return false;
    for (i = 0; i < length; i++) {
        if ((unsigned char)host[i] <= ' ' || host[i] == 0x7F ||
                strchr("/@\\:%[]", host[i]) != NULL ||
                (host[i] == '.' && host[i + 1] == '.'))
            return false;
        name[i] = host[i] >= 'A' && host[i] <= 'Z' ? host[i] - 'A' + 'a' :
            host[i];
    }
    name[length] = '\0';
    return true;
}

bool
host_canonical(const char *host, char name[HOST_BYTES], bool *address)
{
    bool known;

    /* inet_aton() reads no further than to white space. */
    *address = from_ipv6(host, name) ||
        (strpbrk(host, " \t\n\v\f\r") == NULL && from_ipv4(host, name));
    known = *address || from_name(host, name);
    if (!known)
        name[0] = '\0';
    return known;
}
