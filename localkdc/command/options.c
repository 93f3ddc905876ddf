/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "similar.h"

#define OPTIONS_MAX 16

/* No option's place in the list, and not a letter. */
#define HELP (OPTIONS_MAX + 1)

static bool
is_end(const struct option_spec *spec)
{
    return spec->name == NULL && spec->takes == NULL;
}

/* ---- --help ----------------------------------------------------------- */

static void
print_synopsis(const char *called, const struct option_spec *specs)
{
    printf("usage: localkdc %s", called);
    for (; !is_end(specs); specs++) {
        if (specs->name == NULL && specs->words != NULL)
            printf(" [%s]...", specs->takes);
        else if (specs->name == NULL)
            printf(" %s", specs->takes);
        else
            printf(" [--%s%s%s]%s", specs->name,
                   specs->takes != NULL ? " " : "",
                   specs->takes != NULL ? specs->takes : "",
                   specs->words != NULL ? "..." : "");
    }
    printf("\n");
}

static void
print_help(const char *called, const struct option_spec *specs)
{
    print_synopsis(called, specs);
    if (!is_end(specs))
        printf("\n");
    for (; !is_end(specs); specs++) {
        AUTO_FREE char *left = text(
            "%s%s%s%s", specs->name != NULL ? "--" : "",
            specs->name != NULL ? specs->name : "",
            specs->name != NULL && specs->takes != NULL ? " " : "",
            specs->takes != NULL ? specs->takes : "");

        printf("  %-24s %s\n", left, specs->help);
    }
    printf("\nSee localkdc(8).\n");
}

/* ---- Reading ---------------------------------------------------------- */

static int
read_number(const char *name, const char *word, long *number,
            struct error *error)
{
    char *end;

    errno = 0;
    *number = strtol(word, &end, 10);
    if (errno != 0 || *word == '\0' || *end != '\0' || *number < 0 ||
            *number > INT_MAX / 86400)
        return error_say(error, "--%s %s: give a number from 0 to %d", name,
                         word, INT_MAX / 86400);
    return 0;
}

static int
store(const struct option_spec *spec, const char *word, struct error *error)
{
    if (word != NULL && *word == '\0' && strcmp(spec->takes, "FILE") == 0)
        return error_say(error, "the name of the file is empty");
    if (spec->flag != NULL)
        *spec->flag = true;
    else if (spec->word != NULL)
        *spec->word = word;
    else if (spec->words != NULL)
        list_add(spec->words, word);
    else
        return read_number(spec->name, word, spec->number, error);
    return 0;
}

static int
fail_unknown(const char *called, const char *word,
             const struct option_spec *specs, struct error *error)
{
    const char *names[OPTIONS_MAX], *meant;
    size_t count = 0;

    for (; !is_end(specs); specs++) {
        if (specs->name != NULL)
            names[count++] = specs->name;
    }
    meant = strncmp(word, "--", 2) == 0
        ? similar(word + 2, names, count) : NULL;
    if (meant != NULL)
        return error_say(error, "%s: there is no option %s; did you mean "
                         "--%s?", called, word, meant);
    return error_say(error, "%s: there is no option %s; see 'localkdc %s "
                     "--help'", called, word, called);
}

/* Why getopt_long() did not take an option: optopt is one's place in the list,
 * or an unknown letter, or 0 where a whole word is unknown. */
static int
fail_option(const char *called, int found, char **argv,
            const struct option_spec *specs, struct error *error)
{
    AUTO_FREE char *letter = text("-%c", optopt);

    if (found == ':')
        return error_say(error, "%s: something is missing after --%s: write "
                         "--%s %s", called, specs[optopt - 1].name,
                         specs[optopt - 1].name, specs[optopt - 1].takes);
    if (optopt > 0 && optopt <= OPTIONS_MAX)
        return error_say(error, "%s: --%s takes no value", called,
                         specs[optopt - 1].name);
    return fail_unknown(called, optopt > HELP ? letter : argv[optind - 1],
                        specs, error);
}

/* 1 where --help is among them. */
static int
read_options(const char *called, int argc, char **argv,
             const struct option_spec *specs, struct error *error)
{
    struct option table[OPTIONS_MAX + 2] = { 0 };
    int count = 0, found;

    for (int i = 0; !is_end(&specs[i]); i++) {
        if (specs[i].name != NULL)
            table[count++] = (struct option){
                .name = specs[i].name,
                .has_arg = specs[i].flag != NULL ? no_argument
                                                 : required_argument,
                .val = i + 1
            };
    }
    table[count] = (struct option){ .name = "help", .val = HELP };
    optind = 0;
    opterr = 0;
    while ((found = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (found == HELP || found == 'h')
            return 1;
        if (found == '?' || found == ':')
            return fail_option(called, found, argv, specs, error);
        if (store(&specs[found - 1], optarg, error) != 0)
            return -1;
    }
    return 0;
}

static int
read_arguments(const char *called, int argc, char **argv,
               const struct option_spec *specs, struct error *error)
{
    for (; !is_end(specs); specs++) {
        if (specs->name != NULL)
            continue;
        while (specs->words != NULL && optind < argc)
            store(specs, argv[optind++], error);
        if (specs->words != NULL)
            break;
        if (optind >= argc)
            return error_say(error, "%s: %s is missing; see 'localkdc %s "
                             "--help'", called, specs->takes, called);
        if (store(specs, argv[optind++], error) != 0)
            return -1;
    }
    if (optind < argc)
        return error_say(error, "%s: what is '%s'? See 'localkdc %s --help'",
                         called, argv[optind], called);
    return 0;
}

int
options_read(const char *called, int argc, char **argv,
             const struct option_spec *specs, struct error *error)
{
    int found = read_options(called, argc, argv, specs, error);

    if (found == 1) {
        print_help(called, specs);
        return EXIT_DONE;
    }
    if (found != 0 || read_arguments(called, argc, argv, specs, error) != 0)
        return EXIT_USAGE;
    return OPTIONS_READ;
}
