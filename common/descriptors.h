/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The standard descriptors of a program, before it opens anything. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

/*
 * Have descriptors 0, 1 and 2 open.  Where a program was started without one,
 * the next file or socket would get its number, and be read from or written to
 * as if it were the terminal.  False where that cannot be had: then the
 * program must not go on.
 */
static inline bool
descriptors_complete(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

#endif /* DESCRIPTORS_H */
