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

/* Whose text a file has. */
enum place_text {
    TEXT_OTHERS,            /* not config/render.c's */
    TEXT_WHOLE,             /* all of it is rendered */
    TEXT_PART               /* the administrator's, with lines of ours */
};

/* What becomes of it when the realm is removed. */
enum place_end {
    END_STAYS,              /* or goes with the folder that it is in */
    END_GOES,
    END_PART,               /* what is ours in it goes */
    END_FOLDER              /* it goes where it was made for the realm */
};

struct place {
    size_t member;          /* the path's, in struct conf */
    const char *path;       /* below conf->root */
    mode_t mode;            /* where localkdc makes it */
    mode_t secret;          /* the bits that would give keys away */
    bool linked;            /* what a symbolic link leads to counts */
    bool kdc;               /* the KDC's account owns it, not root */
    bool staged;            /* the journal puts it in its place */
    enum place_text text;
    enum place_end end;
    const char *backup;     /* what it is called in a backup that has it */
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
