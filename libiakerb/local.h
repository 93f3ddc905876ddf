/* SPDX-License-Identifier: LGPL-3.0-or-later */
#ifndef LOCAL_H
#define LOCAL_H

#include <stdbool.h>

/* Whether a realm is named as those of machines are, whoever knows its KDC. */
bool
local_is_name(const char *realm);

#endif /* LOCAL_H */
