/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files and folders of a realm, one row each.  Whoever goes through them
 * all, such as setup, status, the journal and remove, walks these rows: one
 * more file is one more row, and a member of struct conf.
 */
#ifndef LOCALKDC_LAYOUT_H
#define LOCALKDC_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "conf.h"

struct place {
    size_t member;          /* the path's, in struct conf */
    const char *path;       /* below conf->root */
    mode_t mode;            /* where localkdc makes it */
    mode_t secret;          /* the bits of its mode that would give keys away */
    bool linked;            /* what a symbolic link leads to counts */
    bool kdc;               /* the KDC's account owns it, not root */
    bool staged;            /* the journal puts it in its place */
    bool whole;             /* goes with the realm; of the others, a part */
    bool made;              /* a folder that goes where it was made for it */
};

extern const struct place layout[];
extern const size_t layout_count;

/* All paths of *conf, whose root is set; and free them. */
void layout_init(struct conf *conf);
void layout_free(struct conf *conf);

const char *layout_path(const struct conf *conf, const struct place *place);

/* The mode of the row whose path of *conf this is. */
mode_t layout_mode(const struct conf *conf, const char *path);

#endif
