/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harmless.h"

/* At the end of what did not fit. */
static const char cut[] = "...";

/* Shorten a text that did not fit, between two of its characters. */
static void
shorten(char *text)
{
    size_t end = ERROR_BYTES - sizeof(cut);

    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    strcpy(text + end, cut);
}

/* Write a text at the offset start, in one line that is fit to be seen. */
static void
put(struct error *error, size_t start, const char *format, va_list arguments)
{
    size_t room = ERROR_BYTES - start;
    int length = vsnprintf(error->text + start, room, format, arguments);

    if (length < 0)
        error->text[start] = '\0';
    else if ((size_t)length >= room)
        shorten(error->text);
    harmless(error->text + start, "");
}

static void
add(struct error *error, long code, const char *format, va_list arguments)
{
    size_t start = strlen(error->text);

    if (start == 0) {
        error->code = code;
    } else if (start + sizeof("\n") < ERROR_BYTES) {
        error->text[start++] = '\n';
    } else {
        shorten(error->text);
        return;
    }
    put(error, start, format, arguments);
}

int
error_say(struct error *error, const char *format, ...)
{
    int saved = errno;
    va_list arguments;

    if (error != NULL) {
        va_start(arguments, format);
        add(error, 0, format, arguments);
        va_end(arguments);
    }
    errno = saved;
    return -1;
}

int
error_code(struct error *error, long code, const char *format, ...)
{
    int saved = errno;
    va_list arguments;

    if (error != NULL) {
        va_start(arguments, format);
        add(error, code, format, arguments);
        va_end(arguments);
    }
    errno = saved;
    return -1;
}

int
error_file(struct error *error, const char *path)
{
    char reason[128];

    return error_code(error, errno, "%s: %s", path,
                      strerror_r(errno, reason, sizeof(reason)));
}

int
error_memory(struct error *error)
{
    return error_code(error, ENOMEM, "out of memory");
}

int
error_about(struct error *error, const char *format, ...)
{
    struct error whole = { 0 };
    int saved = errno;
    va_list arguments;
    size_t length;

    if (error != NULL) {
        va_start(arguments, format);
        put(&whole, 0, format, arguments);
        va_end(arguments);
        length = strlen(whole.text);
        if ((size_t)snprintf(whole.text + length, ERROR_BYTES - length, ": %s",
                             error->text) >= ERROR_BYTES - length)
            shorten(whole.text);
        strcpy(error->text, whole.text);
    }
    errno = saved;
    return -1;
}

int
error_join(struct error *error, const struct error *more)
{
    const char *line = NULL;
    int length;

    while ((length = error_line(more, &line)), line != NULL)
        error_code(error, more->code, "%.*s", length, line);
    return -1;
}

bool
error_is_set(const struct error *error)
{
    return error->text[0] != '\0';
}

void
error_clear(struct error *error)
{
    if (error != NULL)
        *error = (struct error){ 0 };
}

int
error_line(const struct error *error, const char **line)
{
    const char *next = *line == NULL ? error->text : strchr(*line, '\n');

    if (*line != NULL && next != NULL)
        next++;
    *line = next == NULL || *next == '\0' ? NULL : next;
    return *line == NULL ? 0 : (int)strcspn(*line, "\n");
}
