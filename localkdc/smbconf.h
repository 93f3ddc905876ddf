/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing smb.conf. */
#ifndef LOCALKDC_SMBCONF_H
#define LOCALKDC_SMBCONF_H

#include <stddef.h>

struct setting {
    const char *name;
    char *value;
};

/* The text of an smb.conf with these settings at the start of [global], in
 * place of the ones of the same names there.  The result is the caller's. */
char *smbconf_set(const char *smb_conf, const struct setting *settings,
                  size_t count);

/* The lines of [global] that have one of these settings with its value; the
 * result is the caller's. */
char *smbconf_find(const char *smb_conf, const struct setting *settings,
                   size_t count);

#endif
