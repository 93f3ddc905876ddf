/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "smbconf.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "text.h"

/* A name with neither white space nor upper case, as Samba compares them. */
static char *
plain_name(const char *start, size_t length)
{
    char *name = text("%.*s", (int)length, start), *to = name;

    for (const char *from = name; *from != '\0'; from++) {
        if (!isspace((unsigned char)*from))
            *to++ = (char)tolower((unsigned char)*from);
    }
    *to = '\0';
    return name;
}

/* The length of a line with its newline, and of those that a '\' at the end
 * joins to it. */
static size_t
line_length(const char *line)
{
    const char *end = line;

    do {
        end += strcspn(end, "\n");
        end += *end == '\n';
    } while (*end != '\0' && end - line >= 2 && end[-2] == '\\');
    return (size_t)(end - line);
}

static bool
is_section(const char *line)
{
    return line[strspn(line, " \t")] == '[';
}

static bool
is_global(const char *line, size_t length)
{
    AUTO_FREE char *name = plain_name(line, length);

    return strncmp(name, "[global]", strlen("[global]")) == 0;
}

static bool
sets(const char *line, size_t length, const struct setting *settings,
     size_t count)
{
    const char *equals = memchr(line, '=', length);
    AUTO_FREE char *name = NULL;

    if (equals == NULL)
        return false;
    name = plain_name(line, (size_t)(equals - line));
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *other = plain_name(settings[i].name,
                                           strlen(settings[i].name));

        if (strcmp(name, other) == 0)
            return true;
    }
    return false;
}

static char *
as_lines(const struct setting *settings, size_t count)
{
    char *lines = text("%s", "");

    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *before = lines;

        lines = text("%s    %s = %s\n", before, settings[i].name,
                     settings[i].value);
    }
    return lines;
}

char *
smbconf_set(const char *smb_conf, const struct setting *settings,
            size_t count)
{
    AUTO_FREE char *lines = as_lines(settings, count);
    char *result = text("%s", "");
    bool global = false, done = false;
    size_t length;

    for (const char *line = smb_conf; *line != '\0'; line += length) {
        AUTO_FREE char *before = NULL;
        bool starts;

        length = line_length(line);
        if (is_section(line))
            global = is_global(line, length);
        else if (global && sets(line, length, settings, count))
            continue;
        starts = is_section(line) && global && !done;
        done |= starts;
        before = result;
        result = text("%s%.*s%s%s", before, (int)length, line,
                      starts && line[length - 1] != '\n' ? "\n" : "",
                      starts ? lines : "");
    }
    if (!done) {
        AUTO_FREE char *before = result;

        result = text("[global]\n%s%s", lines, before);
    }
    return result;
}
