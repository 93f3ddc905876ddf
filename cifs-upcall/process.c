/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "status.h"

#define ENVIRONMENT_MAX (256 * 1024)
#define STATUS_MAX 8192

static const struct {
    const char *name;
    int flag;
} kinds[] = {
    { "user", CLONE_NEWUSER },
    { "mnt", CLONE_NEWNS },
    { "net", CLONE_NEWNET },
    { "pid", CLONE_NEWPID },
    { "ipc", CLONE_NEWIPC }
};

static bool
namespace_of(const char *process, const char *name, struct stat *status)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%s/ns/%s", process, name);
    return stat(path, status) == 0;
}

/* A pid can be another process's the next moment; a pidfd cannot. */
static bool
is_alive(const struct process *process)
{
    return syscall(SYS_pidfd_send_signal, process->pidfd, 0, NULL, 0) == 0;
}

/* Read the file, but not more than so much; a zero byte is added. */
static char *
read_file(const char *path, size_t max, size_t *length)
{
    char *data = malloc(max + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;

    *length = 0;
    while (data != NULL && fd >= 0 && got > 0 && *length < max) {
        got = read(fd, data + *length, max - *length);
        if (got > 0)
            *length += got;
    }
    if (fd >= 0)
        close(fd);
    if (data != NULL)
        data[*length] = '\0';
    return data;
}

/* The number that /proc says first for this field, "\nName:\t". */
static bool
status_of(pid_t pid, const char *field, unsigned long *number)
{
    char path[64], *status;
    size_t length;
    bool found;

    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    status = read_file(path, STATUS_MAX, &length);
    found = status != NULL && status_number(status, field, number);
    free(status);
    if (!found)
        errno = ESRCH;
    return found;
}

static bool
find_namespaces(pid_t pid, int *flags)
{
    struct stat theirs, ours;
    char number[16];
    size_t i;

    snprintf(number, sizeof(number), "%d", pid);
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        /* A kernel need not have each kind. */
        if (!namespace_of("self", kinds[i].name, &ours))
            continue;
        if (!namespace_of(number, kinds[i].name, &theirs))
            return false;
        if (theirs.st_dev != ours.st_dev || theirs.st_ino != ours.st_ino)
            *flags |= kinds[i].flag;
    }
    return true;
}

/*
 * The groups of the process, which may have given up some of its user's: a
 * helper that had those could read what the process cannot.
 */
static bool
groups_of(struct process *process)
{
    char path[64], *status;
    unsigned long gid;
    size_t length;
    bool found;

    if (!status_of(process->pid, "\nGid:\t", &gid))
        return false;
    process->gid = (gid_t)gid;
    snprintf(path, sizeof(path), "/proc/%d/status", process->pid);
    status = read_file(path, STATUS_MAX, &length);
    found = status != NULL &&
        status_groups(status, process->groups, PROCESS_GROUPS,
                      &process->group_count);
    free(status);
    if (!found)
        errno = ESRCH;
    return found;
}

static bool
take_hold(pid_t thread, struct process *process, unsigned long *owner)
{
    unsigned long pid;

    if (!status_of(thread, "\nTgid:\t", &pid))
        return false;
    process->pid = pid;
    process->pidfd = syscall(SYS_pidfd_open, process->pid, 0);
    /* The real uid: a program that is setuid is still its user's. */
    return process->pidfd >= 0 &&
        status_of(process->pid, "\nUid:\t", owner) && groups_of(process) &&
        find_namespaces(process->pid, &process->namespaces) &&
        is_alive(process);
}

void
process_none(struct process *process)
{
    *process = (struct process){ .pidfd = -1, .gid = GID_UNKNOWN };
}

bool
process_open(pid_t thread, uid_t user, struct process *process,
             struct reason *reason)
{
    unsigned long owner = 0;

    process_none(process);
    if (thread != 0 && !take_hold(thread, process, &owner)) {
        process_close(process);
        return reason_errno(reason, "cannot get hold of the process that "
                            "asks");
    }
    if (owner != user && owner != 0)
        process_close(process);
    if (owner != user) {
        process->gid = GID_UNKNOWN;
        process->group_count = 0;
    }
    return true;
}

bool
process_variable(const struct process *process, const char *name,
                 char **value, struct reason *reason)
{
    size_t length, name_length = strlen(name);
    char path[64], *data, *entry;

    *value = NULL;
    if (process->pidfd < 0)
        return true;
    snprintf(path, sizeof(path), "/proc/%d/environ", process->pid);
    data = read_file(path, ENVIRONMENT_MAX, &length);
    if (data == NULL)
        return reason_no_memory(reason);
    for (entry = data; entry < data + length; entry += strlen(entry) + 1) {
        if (strncmp(entry, name, name_length) == 0 &&
                entry[name_length] == '=') {
            *value = strdup(entry + name_length + 1);
            break;
        }
    }
    free(data);
    if (is_alive(process))
        return true;
    free(*value);
    *value = NULL;
    return reason_errno(reason, "the process that asks is gone");
}

void
process_close(struct process *process)
{
    int saved = errno;

    if (process->pidfd >= 0)
        close(process->pidfd);
    process_none(process);
    errno = saved;
}
