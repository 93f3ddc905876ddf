/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "harmless.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The bytes of the character of more than one byte in UTF-8 (RFC 3629) that
 * the text begins with, or 0 where it does not.
 */
static size_t
decode(const unsigned char *text, uint32_t *character)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length, i;

    length = *text >= 0xF0 && *text < 0xF8 ? 4 : *text >= 0xE0 ? 3 : 2;
    if (*text < 0xC0 || *text >= 0xF8)
        return 0;
    *character = *text & (0x7F >> length);
    for (i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        *character = *character << 6 | (text[i] & 0x3F);
    }
    return *character < least[length] || *character > 0x10FFFF ||
        (*character >= 0xD800 && *character < 0xE000) ? 0 : length;
}

/* Unicode's categories Cc, Zl and Zp, and Cf and others as far as they have no
 * width or change the direction. */
static int
is_seen(uint32_t character)
{
    static const uint32_t unseen[][2] = {
        { 0x80, 0x9F }, { 0xAD, 0xAD }, { 0x34F, 0x34F }, { 0x61C, 0x61C },
        { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },
        { 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F },
        { 0x3164, 0x3164 }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },
        { 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFFB }, { 0xFFFE, 0xFFFF },
        { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF }
    };
    size_t i;

    for (i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
        if (character >= unseen[i][0] && character <= unseen[i][1])
            return 0;
    }
    return 1;
}

void
harmless(char *text, const char *keep)
{
    unsigned char *p = (unsigned char *)text;
    uint32_t character;
    size_t length;

    while (*p != '\0') {
        if (*p < 0x80) {
            if ((*p < ' ' && strchr(keep, *p) == NULL) || *p == 0x7F)
                *p = '?';
            p++;
            continue;
        }
        length = decode(p, &character);
        if (length == 0)
            *p++ = '?';
        else if (!is_seen(character))
            p = (unsigned char *)memset(p, '?', length) + length;
        else
            p += length;
    }
}
