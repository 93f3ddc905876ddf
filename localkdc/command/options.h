/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command's options and arguments. */
#ifndef LOCALKDC_OPTIONS_H
#define LOCALKDC_OPTIONS_H

#include <stdbool.h>

#include "common/error.h"
#include "store/text.h"

/* One of the pointers is set; it says what the option takes and where that
 * goes: nothing, a word, a number that is not negative, or a word each time
 * that it is given.  Without a name it is an argument, which must be given; or
 * all that are left, if any, which are words. */
struct option_spec {
    const char *name;
    bool *flag;
    const char **word;
    long *number;
    struct list *words;
    const char *takes;      /* what the manual calls the word: "NAME" */
    const char *help;       /* what it is for, in a few words */
};

enum { OPTIONS_READ = -1 };

/*
 * Read what follows the command's name in argv[0]; specs ends with one that has
 * neither a name nor a pointer.  command is what people write: "user add".
 * Returns OPTIONS_READ, or the status to exit with: 0 after --help, which is
 * answered here, and EXIT_USAGE after a mistake, which is reported.
 */
int options_read(const char *command, int argc, char **argv,
                 const struct option_spec *specs, struct error *error);

#endif
