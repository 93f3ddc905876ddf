/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "modules.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/run.h"

/* The parameters that name modules, and what Samba calls those. */
static const struct {
    const char *parameter;
    const char *kind;
} kinds[] = {
    { "vfs objects", "vfs" },
    { "passdb backend", "pdb" }
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* How smbd was built: the folder of its modules, and those that are in it. */
static char *
folder_of(const char *built)
{
    static const char title[] = "MODULESDIR: ";
    const char *start = strstr(built, title);

    if (start == NULL)
        return NULL;
    start += strlen(title);
    return text("%.*s", (int)strcspn(start, "\n"), start);
}

static bool
is_built_in(const char *built, const char *kind, const char *module)
{
    AUTO_FREE char *name = text(" %s_%s ", kind, module);
    const char *start = strstr(built, "Builtin modules:");
    AUTO_FREE char *all = text("%s ", start != NULL ? start : "");

    for (char *c = all; *c != '\0'; c++)
        *c = *c == '\n' || *c == '\t' ? ' ' : *c;
    return strstr(all, name) != NULL;
}

static bool
has_module(const char *built, const char *folder, const char *kind,
           const char *module)
{
    AUTO_FREE char *file = module[0] == '/'
        ? text("%s", module) : text("%s/%s/%s.so", folder, kind, module);

    return is_built_in(built, kind, module) || access(file, F_OK) == 0;
}

/* The words of a value, each up to a ':' where something for the module
 * follows. */
static void
examine_value(size_t kind, char *value, const char *built,
              const char *folder, struct list *lacking)
{
    char *word, *rest = NULL;

    for (word = strtok_r(value, " \t,", &rest); word != NULL;
         word = strtok_r(NULL, " \t,", &rest)) {
        word[strcspn(word, ":")] = '\0';
        if (word[0] != '\0' &&
                !has_module(built, folder, kinds[kind].kind, word)) {
            AUTO_FREE char *item = text("%s = %s", kinds[kind].parameter,
                                        word);

            list_add(lacking, item);
        }
    }
}

/* A line as testparm writes it. */
static void
examine_line(char *line, const char *built, const char *folder,
             struct list *lacking)
{
    size_t length;

    line += strspn(line, " \t");
    for (size_t i = 0; i < KINDS; i++) {
        length = strlen(kinds[i].parameter);
        if (strncmp(line, kinds[i].parameter, length) == 0 &&
                strncmp(line + length, " = ", 3) == 0)
            examine_value(i, line + length + 3, built, folder, lacking);
    }
}

int
modules_lacking(const char *smb_conf, struct list *lacking,
                struct error *error)
{
    const char *const smbd_argv[] = { "smbd", "-b", NULL };
    const char *const testparm_argv[] = {
        "testparm", "-s", "-l", smb_conf, NULL
    };
    struct run smbd = { .argv = smbd_argv, .quiet = true };
    struct run testparm = { .argv = testparm_argv };
    AUTO_FREE char *built = NULL;
    AUTO_FREE char *all = NULL;
    AUTO_FREE char *folder = NULL;
    char *line, *rest = NULL;
    size_t length;

    if (!run_found("smbd") || run(&smbd, &built, &length, error) != 0 ||
            (folder = folder_of(built)) == NULL)
        return 0;
    if (run(&testparm, &all, &length, error) != 0)
        return -1;
    for (line = strtok_r(all, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        examine_line(line, built, folder, lacking);
    return 0;
}
