/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other programs. */
#ifndef LOCALKDC_RUN_H
#define LOCALKDC_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"

struct run {
    const char *const *argv;    /* ends in NULL; found through PATH */
    const char *kdc_conf;       /* all of krb5's configuration, or NULL */
    uid_t uid;                  /* whom to run it as */
    gid_t gid;
    const char *input;          /* what it reads, or NULL */
    size_t input_length;
    bool quiet;                 /* say nothing when it fails */
};

/*
 * Run a program to its end.  *output, where output is not NULL, is what it
 * wrote to its standard output: the caller's, zero byte added, to be wiped.
 * Where it fails, what it wrote to its standard error is reported.
 */
int run(const struct run *run, char **output, size_t *length,
        struct error *error);

/* Whether there is such a program. */
bool run_found(const char *program);

#endif
