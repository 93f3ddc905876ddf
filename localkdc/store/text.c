/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *
need(void *memory)
{
    if (memory == NULL)
        text_no_memory();
    return memory;
}

void *
grow(void *items, size_t count, size_t size)
{
    return need(reallocarray(items, count, size));
}

FILE *
need_stream(char **result, size_t *length)
{
    return need(open_memstream(result, length));
}

void
end_stream(FILE *stream)
{
    int broken = ferror(stream);

    if (fclose(stream) != 0 || broken)
        need(NULL);
}

static char *
text_va(const char *format, va_list args)
{
    char *result = NULL;

    if (vasprintf(&result, format, args) < 0)
        result = NULL;
    return need(result);
}

char *
text(const char *format, ...)
{
    va_list args;
    char *result;

    va_start(args, format);
    result = text_va(format, args);
    va_end(args);
    return result;
}

void
text_append(char **all, const char *format, ...)
{
    AUTO_FREE char *more = NULL;
    size_t length = strlen(*all);
    va_list args;

    va_start(args, format);
    more = text_va(format, args);
    va_end(args);
    *all = need(realloc(*all, length + strlen(more) + 1));
    strcpy(*all + length, more);
}

char *
text_line(char **rest)
{
    char *line = *rest, *end;

    if (line == NULL || *line == '\0')
        return NULL;
    end = strchr(line, '\n');
    if (end != NULL)
        *end++ = '\0';
    *rest = end;
    return line;
}

void
free_pointer(void *pointer)
{
    free(*(void **)pointer);
}

void
wipe_free(void *secret, size_t length)
{
    if (secret != NULL)
        explicit_bzero(secret, length);
    free(secret);
}

bool
list_has(const struct list *list, const char *item)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], item) == 0)
            return true;
    }
    return false;
}

void
list_add(struct list *list, const char *item)
{
    size_t size = (list->count + 1) * sizeof(*list->items);

    if (list_has(list, item))
        return;
    list->items = need(realloc(list->items, size));
    list->items[list->count++] = text("%s", item);
}

void
list_free(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct list){ 0 };
}
