/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "resolve.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>

#include "description.h"

static bool
failed(struct reason *reason, int error, const char *name)
{
    int code = EHOSTUNREACH;

    if (error == EAI_NONAME)
        code = ENODATA;
    else if (error == EAI_MEMORY)
        code = ENOMEM;
    return reason_set(reason, code, "cannot resolve %s: %s", name,
                      gai_strerror(error));
}

/* Look a name up, and have its address as a name or as text again. */
static bool
convert(const char *from, int lookup_flags, int name_flags, char *to,
        size_t size, struct reason *reason)
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
    return error == 0 || failed(reason, error, from);
}

bool
resolve_host(const char *host, char *address, size_t size,
             struct reason *reason)
{
    return convert(host, 0, NI_NUMERICHOST, address, size, reason);
}

bool
resolve_address(const char *address, char *host, size_t size,
                struct reason *reason)
{
    if (!convert(address, AI_NUMERICHOST, NI_NAMEREQD, host, size, reason))
        return false;
    return description_is_host(host) ||
        reason_set(reason, EINVAL, "the name of %s is not one of a host",
                   address);
}
