/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What /etc/shadow says about whether an account may be used. */
#ifndef SHADOW_FILE_H
#define SHADOW_FILE_H

#include <stdbool.h>

/*
 * Whether this file has nothing against the user, on a day since 1970.  It has
 * something against one whose password was locked, as usermod -L does it, and
 * against one who has expired.  Where the file is not there, or the user not in
 * it, it has nothing.  -1 with errno where it cannot be read.
 */
int
shadow_allows(const char *path, const char *user, long today, bool *allowed);

#endif /* SHADOW_FILE_H */
