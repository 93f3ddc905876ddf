/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "description.h"

/* Look a name up, and have its address as a name or as text again.  Returns
 * getaddrinfo's error. */
static int
convert(const char *from, int lookup_flags, int name_flags, char *to,
        size_t size)
{
    struct addrinfo hints = {
        .ai_flags = lookup_flags, .ai_socktype = SOCK_STREAM
    };
    struct addrinfo *found = NULL;
    int error;

    error = getaddrinfo(from, NULL, &hints, &found);
    if (error == 0)
        error = getnameinfo(found->ai_addr, found->ai_addrlen, to, size, NULL,
                            0, name_flags);
    if (found != NULL)
        freeaddrinfo(found);
    return error;
}

bool
resolve_host(const char *host, char *address, size_t size,
             struct reason *reason)
{
    int error = convert(host, 0, NI_NUMERICHOST, address, size);
    int code = EHOSTUNREACH;

    if (error == EAI_NONAME)
        code = ENODATA;
    else if (error == EAI_MEMORY)
        code = ENOMEM;
    return error == 0 || reason_set(reason, code, "cannot resolve %s: %s",
                                    host, gai_strerror(error));
}

bool
resolve_domain(const char *host, char *name, size_t size)
{
    struct addrinfo hints = {
        .ai_flags = AI_CANONNAME, .ai_socktype = SOCK_STREAM
    };
    struct addrinfo *found = NULL;
    const char *domain = NULL;
    bool done;

    if (getaddrinfo(host, NULL, &hints, &found) == 0)
        domain = strchr(found->ai_canonname, '.');
    done = domain != NULL &&
        (size_t)snprintf(name, size, "%s%s", host, domain) < size &&
        description_is_host(name);
    if (found != NULL)
        freeaddrinfo(found);
    return done;
}

bool
resolve_address(const char *address, char *host, size_t size)
{
    return convert(address, AI_NUMERICHOST, NI_NAMEREQD, host, size) == 0 &&
        description_is_host(host);
}
