/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "text.h"

/* A backup of many thousand users is the largest file that is read. */
#define FILE_BYTES (256 * 1024 * 1024)

#define MEGABYTE (1 << 20)
#define ROOM_BYTES (4 * MEGABYTE)

char *
file_staged(const char *path)
{
    return text("%s.localkdc-new", path);
}

static bool
is_regular(int fd, struct stat *status)
{
    return fstat(fd, status) == 0 && S_ISREG(status->st_mode);
}

int
file_open_regular(const char *path, struct error *error)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0 && errno != ELOOP)
        return error_file(error, path);
    if (fd >= 0 && is_regular(fd, &status))
        return fd;
    if (fd >= 0)
        close(fd);
    return error_say(error, "%s: not a regular file", path);
}

int
file_read_open(int fd, const char *path, char **data, size_t *length,
               struct error *error)
{
    struct stat status;
    ssize_t got = 0;
    int ret = -1;

    *data = NULL;
    *length = 0;
    if (!is_regular(fd, &status)) {
        error_say(error, "%s: not a regular file", path);
        goto out;
    }
    if (status.st_size > FILE_BYTES) {
        error_say(error, "%s: it is larger than any such file can be", path);
        goto out;
    }
    *data = calloc(1, (size_t)status.st_size + 1);
    if (*data == NULL) {
        error_file(error, path);
        goto out;
    }
    while (*length < (size_t)status.st_size) {
        got = read(fd, *data + *length, (size_t)status.st_size - *length);
        if (got <= 0)
            break;
        *length += (size_t)got;
    }
    if (got < 0) {
        error_file(error, path);
        goto out;
    }
    ret = 0;
out:
    if (ret != 0) {
        wipe_free(*data, *length);
        *data = NULL;
    }
    return ret;
}

int
file_read(const char *path, char **data, size_t *length, struct error *error)
{
    int ret, fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    *data = NULL;
    *length = 0;
    if (fd < 0)
        return errno == ENOENT ? 0 : error_file(error, path);
    ret = file_read_open(fd, path, data, length, error);
    close(fd);
    return ret;
}

static int
write_all(int fd, const char *data, size_t length)
{
    ssize_t done;

    for (; length > 0; data += done, length -= (size_t)done) {
        done = write(fd, data, length);
        if (done < 0)
            return -1;
    }
    return 0;
}

/* What is staged takes after the file that it replaces, but a keytab that all
 * could read does not stay one. */
static int
take_after(int fd, const char *path, mode_t mode)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return fchmod(fd, mode);
    if (fchmod(fd, status.st_mode & (07770 | mode)) != 0)
        return -1;
    return geteuid() == 0 ? fchown(fd, status.st_uid, status.st_gid) : 0;
}

int
file_stage(const char *path, const char *data, size_t length, mode_t mode,
           struct error *error)
{
    AUTO_FREE char *staged = file_staged(path);
    int ret = 0, fd;

    fd = open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_file(error, staged);
    if (take_after(fd, path, mode) != 0 ||
            write_all(fd, data, length) != 0 || fsync(fd) != 0)
        ret = error_file(error, staged);
    close(fd);
    return ret;
}

int
file_stage_finish(const char *path, mode_t mode, struct error *error)
{
    AUTO_FREE char *staged = file_staged(path);
    int ret = 0, fd;

    fd = open(staged, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return error_file(error, staged);
    if (take_after(fd, path, mode) != 0 || fsync(fd) != 0)
        ret = error_file(error, staged);
    close(fd);
    return ret;
}

int
file_commit(const char *path, struct error *error)
{
    AUTO_FREE char *staged = file_staged(path);

    if (rename(staged, path) != 0)
        return error_file(error, path);
    return parent_sync(path, error);
}

int
folder_make(const char *path, mode_t mode, struct error *error)
{
    AUTO_FREE char *copy = text("%s", path);
    char *above = dirname(copy);

    if (access(path, F_OK) == 0)
        return 0;
    if (strcmp(above, "/") != 0 && folder_make(above, 0755, error) != 0)
        return -1;
    if (mkdir(path, 0700) != 0 || chmod(path, mode) != 0)
        return error_file(error, path);
    return parent_sync(path, error);
}

int
folder_room(const char *path, struct error *error)
{
    struct statvfs disk;

    if (statvfs(path, &disk) != 0)
        return error_file(error, path);
    if ((unsigned long long)disk.f_bavail * disk.f_frsize < ROOM_BYTES)
        return error_say(error, "%s: No space left on device: make room for "
                         "at least %d MB", path, ROOM_BYTES / MEGABYTE);
    return 0;
}

static int
path_sync(const char *path, struct error *error)
{
    int ret = 0, fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return error_file(error, path);
    if (fsync(fd) != 0)
        ret = error_file(error, path);
    close(fd);
    return ret;
}

int
folder_sync(const char *path, struct error *error)
{
    const struct dirent *entry;
    DIR *folder = opendir(path);
    int ret = 0;

    if (folder == NULL)
        return error_file(error, path);
    while (ret == 0 && (entry = readdir(folder)) != NULL) {
        AUTO_FREE char *name = text("%s/%s", path, entry->d_name);

        /* Not every file system says what it has. */
        if (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN)
            ret = path_sync(name, error);
    }
    closedir(folder);
    return ret == 0 ? path_sync(path, error) : ret;
}

int
parent_sync(const char *path, struct error *error)
{
    AUTO_FREE char *copy = text("%s", path);

    return path_sync(dirname(copy), error);
}

/*
 * What is in a folder may be another account's, and change meanwhile: no link
 * in it is followed, and a folder in it is not gone into, so that it stays.
 */
static int
empty_folder(int fd)
{
    DIR *folder = fdopendir(fd);
    struct dirent *entry;
    int ret = 0;

    if (folder == NULL)
        return -1;
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
                strcmp(entry->d_name, "..") != 0 &&
                unlinkat(fd, entry->d_name, 0) != 0 && errno != ENOENT)
            ret = -1;
    }
    closedir(folder);
    return ret;
}

int
tree_remove(const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int ret;

    if (fd >= 0)
        ret = empty_folder(fd) != 0 ? -1 : rmdir(path);
    else if (errno == ENOTDIR || errno == ELOOP)
        ret = unlink(path);
    else
        ret = -1;
    return ret != 0 && errno != ENOENT ? error_file(error, path) : 0;
}
