/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "commands.h"

#include <string.h>

#include "similar.h"
#include "store/text.h"

#define COMMANDS_MAX 16

void
command_list(const struct command_entry *commands, FILE *to)
{
    for (; commands->name != NULL; commands++)
        fprintf(to, "  %-8s %s\n", commands->name, commands->summary);
}

static int
fail_unknown(const struct command_entry *commands, const char *above,
             const char *word, struct error *error)
{
    const char *names[COMMANDS_MAX], *meant;
    size_t count = 0;

    for (; commands[count].name != NULL && count < COMMANDS_MAX; count++)
        names[count] = commands[count].name;
    meant = similar(word, names, count);
    if (meant != NULL)
        error_say(error, "'%s%s': there is no such command; did you mean "
                  "'%s%s'?", above, word, above, meant);
    else
        error_say(error, "'%s%s': there is no such command; see 'localkdc "
                  "%s--help'", above, word, above);
    return EXIT_USAGE;
}

int
command_run(const struct command_entry *commands, const char *above,
            struct conf *conf, int argc, char **argv, struct error *error)
{
    for (size_t i = 0; commands[i].name != NULL; i++) {
        if (strcmp(commands[i].name, argv[0]) == 0)
            return commands[i].run(conf, argc, argv, error);
    }
    return fail_unknown(commands, above, argv[0], error);
}

static void
usage(const char *name, const struct command_entry *commands, FILE *to)
{
    fprintf(to, "usage: localkdc %s COMMAND [OPTION...]\n\n", name);
    command_list(commands, to);
    fprintf(to, "\nSee 'localkdc %s COMMAND --help', and localkdc(8).\n",
            name);
}

int
command_below(const char *name, const struct command_entry *commands,
              struct conf *conf, int argc, char **argv, struct error *error)
{
    AUTO_FREE char *above = text("%s ", name);
    const char *word = argc > 1 ? argv[1] : NULL;

    if (word == NULL) {
        usage(name, commands, stderr);
        return EXIT_USAGE;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
            strcmp(word, "help") == 0) {
        usage(name, commands, stdout);
        return EXIT_DONE;
    }
    return command_run(commands, above, conf, argc - 1, argv + 1, error);
}

int
command_begin(struct conf *conf, const char *name, int argc, char **argv,
              const struct option_spec *specs, struct error *error)
{
    int status = options_read(name, argc, argv, specs, error);

    if (status != OPTIONS_READ)
        return status;
    return conf_allowed(conf, error) == 0 ? OPTIONS_READ : EXIT_FAILED;
}
