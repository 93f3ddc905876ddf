/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "similar.h"

#include <string.h>

#define LONGEST 32

/* Longer words have room for a second slip. */
static size_t
slips_allowed(size_t length)
{
    return length < 4 ? 1 : 2;
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be added, left out, replaced, or exchanged with the
 * next one: the optimal string alignment distance. */
static size_t
distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1], *before = rows[0], *above = rows[1];
    size_t *row = rows[2], *spare, length = strlen(b), cost;

    for (size_t j = 0; j <= length; j++)
        above[j] = j;
    for (size_t i = 1; i <= strlen(a); i++) {
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            cost = a[i - 1] != b[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1,
                           above[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[length];
}

const char *
similar(const char *word, const char *const *words, size_t count)
{
    size_t best = slips_allowed(strlen(word)) + 1, length = strlen(word), far;
    const char *found = NULL;

    if (length == 0 || length > LONGEST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        /* What was cut short is more than a slip. */
        far = length > 2 && strncmp(words[i], word, length) == 0
            ? 1 : distance(word, words[i]);
        if (far == best)
            found = NULL;
        if (far < best) {
            best = far;
            found = words[i];
        }
    }
    return found;
}
