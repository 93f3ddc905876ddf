/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a key asks for.  Its description is the only thing that is known of the
 * request, and anybody may have written it: nothing but what the kernel's SMB
 * client writes is taken.
 */
#ifndef DESCRIPTION_H
#define DESCRIPTION_H

#include <netinet/in.h>
#include <sys/types.h>

#include "reason.h"

#define DESCRIPTION_MAX 4095    /* the kernel's limit */
#define HOST_MAX 255
#define USER_MAX 255

enum key_type {
    KEY_SPNEGO,                 /* cifs.spnego */
    KEY_DNS                     /* dns_resolver */
};

struct spnego_key {
    char host[HOST_MAX + 1];            /* as in \\host\share, in lower case */
    char address[INET6_ADDRSTRLEN];
    gss_const_OID mechanism;    /* what Kerberos goes by at the server */
    uid_t uid;                  /* who owns the files */
    uid_t creduid;              /* who owns the credentials; uid if missing */
    char user[USER_MAX + 1];    /* may be empty */
    pid_t pid;                  /* who asks, or 0 */
    bool in_mount;              /* do without the namespaces of who asks */
};

struct key {
    enum key_type type;
    uid_t owner;
    struct spnego_key spnego;           /* of a KEY_SPNEGO */
    char host[HOST_MAX + 1];            /* of a KEY_DNS */
};

/*
 * Take apart what KEYCTL_DESCRIBE says of a key,
 * "type;uid;gid;permissions;description".
 */
bool
description_parse(const char *text, struct key *key, struct reason *reason);

/* Whether this can be the name or the address of a host. */
bool
description_is_host(const char *name);

#endif /* DESCRIPTION_H */
