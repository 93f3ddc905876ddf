/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing smb.conf. */
#ifndef LOCALKDC_SMBCONF_H
#define LOCALKDC_SMBCONF_H

#include <stdbool.h>
#include <stddef.h>

struct setting {
    const char *name;
    char *value;
};

struct settings {
    struct setting *items;
    size_t count;
};

/* The name stays the caller's, the value is copied. */
void settings_add(struct settings *settings, const char *name,
                  const char *value);
void settings_free(struct settings *settings);

/* The text of an smb.conf with these settings at the start of [global], in
 * place of the ones of the same names there.  The result is the caller's. */
char *smbconf_set(const char *smb_conf, const struct settings *settings);

/* The lines of [global] that have one of these settings, with its value or
 * with any; the result is the caller's. */
char *smbconf_find(const char *smb_conf, const struct settings *settings,
                   bool any_value);

#endif
