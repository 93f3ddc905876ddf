/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>

#define OPTIONS_MAX 16

static int
read_number(const char *name, const char *word, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(word, &end, 10);
    if (errno != 0 || *word == '\0' || *end != '\0' || *number < 0 ||
            *number > INT_MAX / 86400)
        return fail("--%s %s: give a number from 0 to %d", name, word,
                    INT_MAX / 86400);
    return 0;
}

static int
store(const struct option_spec *spec, const char *word)
{
    if (spec->flag != NULL)
        *spec->flag = true;
    else if (spec->word != NULL)
        *spec->word = word;
    else if (spec->words != NULL)
        list_add(spec->words, word);
    else
        return read_number(spec->name, word, spec->number);
    return 0;
}

int
options_read(int argc, char **argv, const struct option_spec *specs,
             const char ***arguments)
{
    struct option table[OPTIONS_MAX + 1] = { 0 };
    int found;

    for (int i = 0; specs[i].name != NULL; i++) {
        table[i] = (struct option){
            .name = specs[i].name,
            .has_arg = specs[i].flag != NULL ? no_argument
                                             : required_argument,
            .val = i
        };
    }
    optind = 0;
    opterr = 0;
    while ((found = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (found == '?')
            return fail("%s: this option is not known, or something is "
                        "missing after it; see localkdc(8)",
                        argv[optind - 1]);
        if (store(&specs[found], optarg) != 0)
            return -1;
    }
    for (; *arguments != NULL; arguments++, optind++) {
        if (optind >= argc)
            return fail("%s: an argument is missing; see localkdc(8)",
                        argv[0]);
        **arguments = argv[optind];
    }
    if (optind < argc)
        return fail("%s: what is '%s'? See localkdc(8)", argv[0],
                    argv[optind]);
    return 0;
}
