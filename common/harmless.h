/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Names from strangers, for logs, prompts and terminals. */
#ifndef HARMLESS_H
#define HARMLESS_H

/*
 * Put '?' in the place of each byte that is not UTF-8, and of each byte of a
 * character that does something instead of being seen: control characters, but
 * for those to keep, line and paragraph separators, what changes the direction
 * of text, and what has no width.
 */
void
harmless(char *text, const char *keep);

#endif /* HARMLESS_H */
