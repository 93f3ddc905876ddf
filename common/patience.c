/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "patience.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define MILLISECOND 1000000

/* No call of Linux waits for a lock and takes a deadline. */
int
patience_lock(int fd)
{
    const struct timespec pause = { .tv_nsec = 10 * MILLISECOND };
    const int64_t deadline = clock_ms() + PATIENCE_SECONDS * 1000;
    struct flock lock = { .l_type = F_WRLCK };

    while (fcntl(fd, F_SETLK, &lock) != 0) {
        if (errno != EACCES && errno != EAGAIN)
            return errno;
        if (clock_ms() >= deadline)
            return ETIMEDOUT;
        nanosleep(&pause, NULL);
    }
    return 0;
}

int
patience_free(const char *path)
{
    const struct timespec pause = { .tv_nsec = 10 * MILLISECOND };
    const int64_t deadline = clock_ms() + PATIENCE_SECONDS * 1000;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct flock lock;
    int code = 0;

    while (fd >= 0 && code == 0) {
        lock = (struct flock){ .l_type = F_WRLCK };
        if (fcntl(fd, F_GETLK, &lock) != 0)
            code = errno;
        else if (lock.l_type == F_UNLCK)
            break;
        else if (clock_ms() >= deadline)
            code = ETIMEDOUT;
        else
            nanosleep(&pause, NULL);
    }
    if (fd >= 0)
        close(fd);
    return code;
}
