/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "elsewhere.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privileges.h"

/* Larger ones exist, and are of no use to a mount. */
#define CACHE_MAX (1024 * 1024)

#define ALL_NAMESPACES (~0)

/* ---- In the other namespace ------------------------------------------- */

/*
 * Only a file, and nothing else is opened: a fifo would have somebody to wait
 * for, and a device can do something when it is opened, which the cgroup of who
 * asks may forbid.  fds is /proc/self/fd of before: what is called /proc there
 * may be anything.
 */
static int
open_file(int fds, const char *path)
{
    int found = open(path, O_PATH | O_CLOEXEC), fd = -1;
    struct stat status;
    char name[16];

    if (found >= 0 && fstat(found, &status) == 0 && S_ISREG(status.st_mode)) {
        snprintf(name, sizeof(name), "%d", found);
        fd = openat(fds, name, O_RDONLY | O_CLOEXEC);
    }
    if (found >= 0)
        close(found);
    return fd;
}

/* The file that is the first one in a folder of caches. */
static int
open_primary(int fds, const char *folder)
{
    char path[4096 + 256], name[256];
    ssize_t length;
    int fd;

    snprintf(path, sizeof(path), "%.4000s/primary", folder);
    fd = open_file(fds, path);
    if (fd < 0)
        return -1;
    length = read(fd, name, sizeof(name) - 1);
    close(fd);
    if (length <= 0)
        return -1;
    name[length] = '\0';
    name[strcspn(name, "\n")] = '\0';
    if (strncmp(name, "tkt", 3) != 0 || strchr(name, '/') != NULL)
        return -1;
    snprintf(path, sizeof(path), "%.4000s/%s", folder, name);
    return open_file(fds, path);
}

static int
open_cache(int fds, const char *name)
{
    char path[64];

    if (name == NULL) {
        snprintf(path, sizeof(path), "/tmp/krb5cc_%u", getuid());
        return open_file(fds, path);
    }
    if (strncmp(name, "FILE:", 5) == 0)
        return open_file(fds, name + 5);
    if (strncmp(name, "DIR::", 5) == 0)
        return open_file(fds, name + 5);
    if (strncmp(name, "DIR:", 4) == 0)
        return open_primary(fds, name + 4);
    return open_file(fds, name);
}

static void __attribute__((noreturn))
read_cache(uid_t uid, const struct process *process, const char *name,
           int out)
{
    int fds = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct reason unused;
    char data[4096];
    ssize_t got = 0;
    int fd = -1;

    if (privileges_drop(uid, process, ALL_NAMESPACES, &unused))
        fd = open_cache(fds, name);
    while (fd >= 0 && (got = read(fd, data, sizeof(data))) > 0) {
        if (write(out, data, got) != got)
            _exit(EXIT_FAILURE);
    }
    _exit(EXIT_SUCCESS);
}

/* ---- Here ------------------------------------------------------------- */

static bool
copy_cache(int in, int out)
{
    char data[4096];
    size_t length = 0;
    ssize_t got;

    while ((got = read(in, data, sizeof(data))) > 0) {
        length += got;
        if (length > CACHE_MAX) {
            errno = EFBIG;
            return false;
        }
        if (write(out, data, got) != got)
            return false;
    }
    return got == 0;
}

static bool
is_file(const char *name)
{
    return name == NULL || name[0] == '/' ||
        strncmp(name, "FILE:", 5) == 0 || strncmp(name, "DIR:", 4) == 0;
}

/* Root there can name everybody's, and need not be who could read them. */
static bool
take_keyring(uid_t uid, const struct process *process, const char *name,
             char **ccache, struct reason *reason)
{
    if (process->gid == GID_UNKNOWN)
        return reason_set(reason, ENOKEY, "the process that asks is in "
                          "another mount namespace, and names a keyring of "
                          "uid %u, who is not its user", uid);
    *ccache = strdup(name);
    return *ccache != NULL || reason_no_memory(reason);
}

bool
elsewhere_ccache(uid_t uid, const struct process *process, const char *name,
                 char **ccache, struct reason *reason)
{
    int ends[2] = { -1, -1 }, copy;
    bool done = false;
    pid_t pid = -1;

    *ccache = NULL;
    if (name != NULL && strncmp(name, "KEYRING:", 8) == 0)
        return take_keyring(uid, process, name, ccache, reason);
    if (!is_file(name))
        return reason_set(reason, ENOKEY, "the process that asks is in "
                          "another mount namespace, where only caches of the "
                          "types FILE, DIR and KEYRING are looked for");
    /* As the user, who is to own it. */
    copy = memfd_create("ccache", 0);
    if (copy >= 0 && fchown(copy, uid, -1) == 0 && pipe(ends) == 0)
        pid = fork();
    if (pid == 0) {
        /* Or nobody would tell it that it need not go on. */
        close(ends[0]);
        read_cache(uid, process, name, ends[1]);
    }
    if (ends[1] >= 0)
        close(ends[1]);
    if (pid > 0)
        done = copy_cache(ends[0], copy) &&
            asprintf(ccache, "FILE:/proc/self/fd/%d", copy) > 0;
    if (!done)
        reason_errno(reason, "cannot copy the credential cache of the "
                     "process that asks");
    if (ends[0] >= 0)
        close(ends[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return done;
}
