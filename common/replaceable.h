/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a new file may take the place of. */
#ifndef REPLACEABLE_H
#define REPLACEABLE_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Whether a file may be renamed to this path: nothing is there, or a regular
 * file, or a symbolic link, which is then gone itself.  For root, rename()
 * would put it in the place of a device too; and whoever first looks into a
 * pipe waits for its other end.
 */
static inline bool
replaceable(const char *path)
{
    struct stat st;

    return lstat(path, &st) != 0 || S_ISREG(st.st_mode) ||
        S_ISLNK(st.st_mode);
}

#endif /* REPLACEABLE_H */
