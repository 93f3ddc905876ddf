/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "machine.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <linux/if_addr.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/files.h"
#include "store/names.h"

static char *
host_name(void)
{
    char host[HOST_NAME_MAX + 1] = "";

    gethostname(host, sizeof(host) - 1);
    return text("%s", host);
}

char *
machine_name(void)
{
    char *host = host_name();

    host[strcspn(host, ".")] = '\0';
    return host;
}

/* Whether the full name is known now, or known not to be: a name server that
 * does not answer says neither. */
static bool
add_full_name(struct list *names, const char *host)
{
    struct addrinfo hints = { .ai_flags = AI_CANONNAME }, *found = NULL;
    int code = getaddrinfo(host, NULL, &hints, &found);

    if (code != 0)
        return code != EAI_AGAIN;
    if (found->ai_canonname != NULL && is_host(found->ai_canonname) &&
            !is_address(found->ai_canonname))
        list_add(names, found->ai_canonname);
    freeaddrinfo(found);
    return true;
}

/* Such an address (RFC 8981) is for connections that the machine begins, and
 * gone tomorrow. */
static bool
is_temporary(const struct in6_addr *address)
{
    FILE *file = fopen("/proc/net/if_inet6", "re");
    char hex[2 * sizeof(*address) + 1], found[sizeof(hex)];
    unsigned int flags;
    bool ret = false;

    for (size_t i = 0; i < sizeof(*address); i++)
        snprintf(hex + 2 * i, 3, "%02x", address->s6_addr[i]);
    while (file != NULL && !ret &&
           fscanf(file, "%32s %*x %*x %*x %x %*s", found, &flags) == 2)
        ret = strcmp(found, hex) == 0 && (flags & IFA_F_TEMPORARY) != 0;
    if (file != NULL)
        fclose(file);
    return ret;
}

/* Link-local addresses need an interface's name with them, which is another
 * one on each peer. */
static int
add_addresses(struct list *names, struct error *error)
{
    struct ifaddrs *all = NULL;
    const struct sockaddr_in6 *in6;
    char name[INET6_ADDRSTRLEN];
    const void *address;

    if (getifaddrs(&all) != 0)
        return error_say(error, "the machine's addresses cannot be read: %s",
                         strerror(errno));
    for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
        if (i->ifa_addr == NULL || !(i->ifa_flags & IFF_UP))
            continue;
        in6 = (const void *)i->ifa_addr;
        if (i->ifa_addr->sa_family == AF_INET)
            address = &((const struct sockaddr_in *)
                        (const void *)i->ifa_addr)->sin_addr;
        else if (i->ifa_addr->sa_family == AF_INET6 &&
                 !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) &&
                 !is_temporary(&in6->sin6_addr))
            address = &in6->sin6_addr;
        else
            continue;
        if (inet_ntop(i->ifa_addr->sa_family, address, name,
                      sizeof(name)) != NULL)
            list_add(names, name);
    }
    freeifaddrs(all);
    return 0;
}

int
machine_names(struct list *names, bool *sure, struct error *error)
{
    AUTO_FREE char *whole = host_name();
    AUTO_FREE char *host = machine_name();
    AUTO_FREE char *local = text("%s.local", host);

    if (host_check("machine", host, error) != 0 ||
            host_check("machine", whole, error) != 0)
        return -1;
    list_add(names, host);
    list_add(names, whole);
    list_add(names, local);
    list_add(names, "localhost");
    *sure = add_full_name(names, host);
    return add_addresses(names, error);
}

int
names_read(const char *path, struct list *names, struct error *error)
{
    AUTO_FREE char *data = NULL;
    char *line, *next = NULL;
    size_t length, number = 0;

    if (file_read(path, &data, &length, error) != 0)
        return -1;
    if (data == NULL)
        return 0;
    if (strlen(data) != length)
        return error_say(error, "%s: there is a zero byte in it", path);
    for (line = data; line != NULL; line = next) {
        number++;
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        line += strspn(line, " \t");
        line[strcspn(line, "#")] = '\0';
        while (line[0] != '\0' && isspace(line[strlen(line) - 1]))
            line[strlen(line) - 1] = '\0';
        if (line[0] == '\0')
            continue;
        if (host_check("host", line, error) != 0)
            return error_say(error, "%s: line %zu: correct this name", path,
                             number);
        list_add(names, line);
    }
    return 0;
}
