/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Being the owner of the database and not root, so that nothing that a broken
 * KDC may have put there, such as a symbolic link, is used with root's
 * rights. */
#ifndef LOCALKDC_OWNER_H
#define LOCALKDC_OWNER_H

#include "common/error.h"
#include "conf.h"

/* What root was before. */
struct owner {
    bool acting;
    gid_t *groups;
    int count;
};

/* Be the owner until owner_leave(), which is to be called after a failure
 * too; where the caller is not root, or root is the owner, nothing changes. */
int owner_become(const struct conf *conf, struct owner *owner,
                 struct error *error);
int owner_leave(struct owner *owner, struct error *error);

/* Be the owner and never again anybody else, in a child process that ends with
 * its parent. */
int owner_for_good(const struct conf *conf, struct error *error);

#endif
