/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings, and lists of them. */
#ifndef LOCALKDC_TEXT_H
#define LOCALKDC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What the program does without memory for a line of text: it says so, and
 * ends. */
void text_no_memory(void) __attribute__((noreturn));

/* As sprintf(), to a new string, the caller's; never NULL. */
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, put at the end of a string that text() made. */
void text_append(char **all, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* realloc() for so many items; it does not return NULL either. */
void *grow(void *items, size_t count, size_t size);

/* A stream into *result, for what is too long to be put together with
 * text_append(); like that it does not fail.  Ended, *result is the
 * caller's. */
FILE *need_stream(char **result, size_t *length);
void end_stream(FILE *stream);

/* The next line of a text, without its newline, which is written over; NULL at
 * the end. */
char *text_line(char **rest);

/* Free what a pointer points to when the pointer goes out of scope. */
void free_pointer(void *pointer);
#define AUTO_FREE __attribute__((cleanup(free_pointer)))

/* Wipe memory of which a secret may have been part, and free it. */
void wipe_free(void *secret, size_t length);

/* A list of strings that it owns, without duplicates. */
struct list {
    char **items;
    size_t count;
};

bool list_has(const struct list *list, const char *item);
void list_add(struct list *list, const char *item);
void list_free(struct list *list);
#define AUTO_LIST __attribute__((cleanup(list_free)))

#endif
