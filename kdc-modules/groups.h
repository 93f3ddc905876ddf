/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Which groups the system has a user in. */
#ifndef GROUPS_H
#define GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/identity.h"
#include "system.h"

/* Of all names together, so that they fit into IDENTITY_BYTES_MAX with what
 * else is there. */
#define GROUPS_NAMES_MAX 2048

/* The first of them, the primary one before all; total counts the others
 * too. */
struct groups {
    bool known;                 /* nobody could say otherwise */
    uint32_t total;
    size_t count;
    struct {
        uint32_t gid;
        uint16_t name;          /* where it begins */
    } list[IDENTITY_GROUPS_MAX];
    size_t used;
    char names[GROUPS_NAMES_MAX];   /* each with a zero byte */
};

/* Count a group, and list it where there is room and it was not yet; name is
 * NULL for one that is to be counted only. */
void
groups_add(struct groups *groups, uint64_t gid, const char *name);

/* Ask the same sources as system_account(). */
void
system_groups(const struct sources *sources, const char *user,
              struct groups *groups);

#endif /* GROUPS_H */
