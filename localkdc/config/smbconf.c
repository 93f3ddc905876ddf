/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "smbconf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/text.h"

void
settings_add(struct settings *settings, const char *name, const char *value)
{
    settings->items = grow(settings->items, settings->count + 1,
                           sizeof(*settings->items));
    settings->items[settings->count++] = (struct setting){
        .name = name, .value = text("%s", value)
    };
}

void
settings_free(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++)
        free(settings->items[i].value);
    free(settings->items);
    *settings = (struct settings){ 0 };
}

#define BLANKS " \t\r\v\f"

/* Whether a '\' joins the next line to this one; white space may follow it. */
static bool
is_joint(const char *at)
{
    return *at == '\\' && at[1 + strspn(at + 1, BLANKS)] == '\n';
}

/* A name with neither white space nor upper case, as Samba compares them. */
static char *
plain_name(const char *start, size_t length)
{
    char *name = text("%.*s", (int)length, start), *to = name;

    for (const char *from = name; *from != '\0'; from++) {
        if (!isspace((unsigned char)*from) && !is_joint(from))
            *to++ = (char)tolower((unsigned char)*from);
    }
    *to = '\0';
    return name;
}

/* The length of a line with its newline, and of those that are joined to it:
 * none to a comment. */
static size_t
line_length(const char *line)
{
    bool comment = strchr("#;", line[strspn(line, BLANKS)]) != NULL;
    const char *end = line, *last;

    do {
        end += strcspn(end, "\n");
        for (last = end; last > line && strchr(BLANKS, last[-1]) != NULL;)
            last--;
        end += *end == '\n';
    } while (!comment && *end != '\0' && last > line && is_joint(last - 1));
    return (size_t)(end - line);
}

static bool
is_section(const char *line)
{
    return line[strspn(line, BLANKS)] == '[';
}

static bool
is_global(const char *line, size_t length)
{
    AUTO_FREE char *name = plain_name(line, length);

    return strncmp(name, "[global]", strlen("[global]")) == 0 ||
           strncmp(name, "[globals]", strlen("[globals]")) == 0;
}

/* The one of the settings that a line has; *value is what follows the '='. */
static const struct setting *
setting_of(const char *line, size_t length, const struct settings *settings,
           const char **value)
{
    const char *equals = memchr(line, '=', length);
    AUTO_FREE char *name = NULL;

    if (equals == NULL || strchr("#;", line[strspn(line, BLANKS)]) != NULL)
        return NULL;
    *value = equals + 1;
    name = plain_name(line, (size_t)(equals - line));
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->items[i];
        AUTO_FREE char *other = plain_name(setting->name,
                                           strlen(setting->name));

        if (strcmp(name, other) == 0)
            return setting;
    }
    return NULL;
}

static char *
as_lines(const struct settings *settings)
{
    char *lines = text("%s", "");

    for (size_t i = 0; i < settings->count; i++)
        text_append(&lines, "    %s = %s\n", settings->items[i].name,
                    settings->items[i].value);
    return lines;
}

/* What is before any section is global too. */
char *
smbconf_set(const char *smb_conf, const struct settings *settings)
{
    AUTO_FREE char *lines = as_lines(settings);
    char *result = NULL;
    size_t length, total;
    FILE *out = need_stream(&result, &total);
    bool global = true, done = false;
    const char *value;

    for (const char *line = smb_conf; *line != '\0'; line += length) {
        bool starts;

        length = line_length(line);
        if (is_section(line))
            global = is_global(line, length);
        else if (global && setting_of(line, length, settings, &value) != NULL)
            continue;
        starts = is_section(line) && global && !done;
        done |= starts;
        fprintf(out, "%.*s%s%s", (int)length, line,
                starts && line[length - 1] != '\n' ? "\n" : "",
                starts ? lines : "");
    }
    end_stream(out);
    if (!done) {
        AUTO_FREE char *before = result;

        result = text("[global]\n%s%s", lines, before);
    }
    return result;
}

/* White space and upper case do not count in most values, and in none of ours
 * do they tell two apart. */
static bool
same_value(const char *value, size_t length, const char *other)
{
    AUTO_FREE char *a = plain_name(value, length);
    AUTO_FREE char *b = plain_name(other, strlen(other));

    return strcmp(a, b) == 0;
}

char *
smbconf_find(const char *smb_conf, const struct settings *settings,
             bool any_value)
{
    char *result = NULL;
    size_t length, total;
    FILE *out = need_stream(&result, &total);
    const struct setting *setting;
    bool global = true;
    const char *value;

    for (const char *line = smb_conf; *line != '\0'; line += length) {
        length = line_length(line);
        if (is_section(line))
            global = is_global(line, length);
        setting = setting_of(line, length, settings, &value);
        if (global && setting != NULL &&
                (any_value ||
                 same_value(value, (size_t)(line + length - value),
                            setting->value)))
            fprintf(out, "%.*s%s", (int)length, line,
                    line[length - 1] != '\n' ? "\n" : "");
    }
    end_stream(out);
    return result;
}
