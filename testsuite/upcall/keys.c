/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be preloaded: keys and a log in the files of a folder, $KEY_DIR, in the
 * place of the kernel's and of syslog's.
 */

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>

#include <keyutils.h>

/* A process has them of who made it. */
static bool own_session, authority;

static FILE *
file(const char *name, const char *mode)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", getenv("KEY_DIR"), name);
    return fopen(path, mode);
}

/* It is to be had in the session that the kernel has made for the helper. */
long
keyctl_assume_authority(key_serial_t id)
{
    FILE *none = file("no-authority", "r");

    authority = id != 0 && none == NULL && !own_session;
    if (none != NULL)
        fclose(none);
    if (authority || id == 0)
        return 0;
    errno = ENOKEY;
    return -1;
}

key_serial_t
keyctl_join_session_keyring(const char *name)
{
    (void)name;
    own_session = true;
    return 4712;
}

int
keyctl_describe_alloc(key_serial_t id, char **text)
{
    FILE *description = file("description", "r");
    int length = -1;

    (void)id;
    *text = calloc(1, 65536);
    if (description == NULL || *text == NULL)
        errno = EACCES;
    else
        length = fread(*text, 1, 65535, description);
    if (description != NULL)
        fclose(description);
    return length;
}

long
keyctl_instantiate_iov(key_serial_t id, const struct iovec *parts,
                       unsigned int count, key_serial_t ring)
{
    FILE *payload;
    unsigned int i;

    (void)id;
    (void)ring;
    if (!authority) {
        errno = EPERM;
        return -1;
    }
    payload = file("payload", "w");
    for (i = 0; i < count; i++)
        fwrite(parts[i].iov_base, 1, parts[i].iov_len, payload);
    return fclose(payload);
}

long
keyctl_instantiate(key_serial_t id, const void *data, size_t length,
                   key_serial_t ring)
{
    struct iovec part = { (void *)data, length };

    return keyctl_instantiate_iov(id, &part, 1, ring);
}

long
keyctl_reject(key_serial_t id, unsigned int timeout, unsigned int error,
              key_serial_t ring)
{
    FILE *rejected = file("rejected", "a");

    (void)id;
    (void)ring;
    fprintf(rejected, "%s for %u s\n", strerrorname_np(error), timeout);
    return fclose(rejected);
}

/* Once the key is made, it is the kernel's. */
long
keyctl_set_timeout(key_serial_t id, unsigned int timeout)
{
    FILE *payload = file("payload", "r"), *expire;

    (void)id;
    if (payload != NULL) {
        fclose(payload);
        errno = EACCES;
        return -1;
    }
    expire = file("timeout", "w");
    fprintf(expire, "%u\n", timeout);
    return fclose(expire);
}

/* With $THIEF, who looks a host up wants to make the key, and must not. */
int
getaddrinfo(const char *host, const char *service,
            const struct addrinfo *hints, struct addrinfo **found)
{
    int (*real)(const char *host, const char *service,
                const struct addrinfo *hints, struct addrinfo **found) =
        dlsym(RTLD_NEXT, "getaddrinfo");

    if (getenv("THIEF") != NULL &&
            (keyctl_instantiate(4711, "mine", 4, 0) == 0 || errno != EPERM ||
             keyctl_assume_authority(4711) == 0 || errno != ENOKEY))
        return EAI_FAIL;
    return real(host, service, hints, found);
}

void
openlog(const char *name, int options, int facility)
{
    FILE *log = file("log", "a");

    (void)options;
    fprintf(log, "%s %s\n", name, facility == LOG_AUTHPRIV ? "authpriv" : "?");
    fclose(log);
}

void
syslog(int level, const char *format, ...)
{
    FILE *log = file("log", "a");
    va_list arguments;

    va_start(arguments, format);
    fprintf(log, "%s: ", level == LOG_INFO ? "info" : "warning");
    vfprintf(log, format, arguments);
    fputc('\n', log);
    va_end(arguments);
    fclose(log);
}
