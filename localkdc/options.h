/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command's options and arguments. */
#ifndef LOCALKDC_OPTIONS_H
#define LOCALKDC_OPTIONS_H

#include <stdbool.h>

#include "text.h"

/* One of the pointers is set; it says what the option takes and where that
 * goes: nothing, a word, a number that is not negative, or a word each time
 * that it is given. */
struct option_spec {
    const char *name;
    bool *flag;
    const char **word;
    long *number;
    struct list *words;
};

/* Read the options, up to one whose name is NULL, and as many arguments as
 * there are in *arguments up to NULL pointers: those must all be given. */
int options_read(int argc, char **argv, const struct option_spec *specs,
                 const char ***arguments);

#endif
