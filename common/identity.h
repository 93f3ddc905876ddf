/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What the KDC of a local realm says of a user in a ticket for a service: a
 * buffer of the ticket's PAC ([MS-PAC], section 2.4, of a type that nobody else
 * has), which holds, in DER,
 *
 *     LocalIdentity ::= SEQUENCE {
 *         version       [0] INTEGER (1),
 *         principal     [1] UTF8String,
 *         authenticated [2] INTEGER,             -- seconds since 1970
 *         ends          [3] INTEGER OPTIONAL,    -- the same
 *         total         [4] INTEGER (0..65536) OPTIONAL,
 *         groups        [5] SEQUENCE OF SEQUENCE {
 *                               gid  INTEGER (0..4294967294),
 *                               name UTF8String } OPTIONAL
 *     }
 *
 * authenticated is when the user logged in, and ends is when the account does.
 * The user is in total groups, of which the first are listed, the primary one
 * before all; without these two fields nobody could say.  A reader takes what
 * has another version for nothing.
 */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "LKDC" */
#define IDENTITY_PAC_TYPE 0x4C4B4443
#define IDENTITY_VERSION 1

/* A login carries a ticket twice, in tokens that servers bound to 16 KiB. */
#define IDENTITY_BYTES_MAX 4096
#define IDENTITY_GROUPS_MAX 100
#define IDENTITY_TOTAL_MAX 65536

/* The highest gid is no identifier, as chown(2) has it. */
#define IDENTITY_GID_MAX ((uint64_t)UINT32_MAX - 1)

/* Bytes of somebody else's, without a zero byte in them or after them. */
struct identity_text {
    const char *data;
    size_t length;
};

struct identity_group {
    uint32_t gid;
    struct identity_text name;
};

struct identity {
    struct identity_text principal;
    uint64_t authenticated;
    uint64_t ends;              /* 0: never */
    bool has_groups;
    uint32_t total;
    size_t count;               /* of those that are listed */
    struct identity_group groups[IDENTITY_GROUPS_MAX];
};

/* Write it; false when memory is out or it is more than a reader takes.  The
 * bytes are freed with free(). */
bool
identity_make(const struct identity *identity, void **bytes, size_t *length);

/* Read it; its texts are in the bytes. */
bool
identity_parse(const void *bytes, size_t length, struct identity *identity);

#endif /* IDENTITY_H */
