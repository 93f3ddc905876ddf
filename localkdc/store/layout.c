/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "layout.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define MEMBER(name) .member = offsetof(struct conf, name)
#define STATE LOCALSTATEDIR "/lib/localkdc"

const struct place layout[] = {
    { MEMBER(etc), .path = SYSCONFDIR "/localkdc", .mode = 0755,
      .end = END_FOLDER },
    { MEMBER(kdc_conf), .path = SYSCONFDIR "/localkdc/kdc.conf",
      .mode = 0644, .staged = true, .text = TEXT_WHOLE, .end = END_GOES },
    { MEMBER(names), .path = SYSCONFDIR "/localkdc/names", .mode = 0644,
      .staged = true, .text = TEXT_WHOLE, .end = END_GOES,
      .backup = "names" },
    { MEMBER(krb5_conf), .path = SYSCONFDIR "/krb5.conf", .mode = 0644,
      .linked = true, .staged = true, .text = TEXT_PART, .end = END_PART },
    { MEMBER(snippet_dir), .path = SYSCONFDIR "/krb5.conf.d", .mode = 0755,
      .end = END_FOLDER },
    { MEMBER(snippet), .path = SYSCONFDIR "/krb5.conf.d/localkdc.conf",
      .mode = 0644, .staged = true, .text = TEXT_WHOLE, .end = END_GOES },
    /* A group may be allowed to read it. */
    { MEMBER(keytab), .path = SYSCONFDIR "/krb5.keytab", .mode = 0600,
      .secret = 037, .linked = true, .staged = true, .end = END_PART },
    { MEMBER(smb_conf), .path = SYSCONFDIR "/samba/smb.conf", .mode = 0644,
      .linked = true },
    { MEMBER(state), .path = STATE, .mode = 0711 },
    { MEMBER(database), .path = STATE "/db", .mode = 0700, .secret = 077,
      .kdc = true, .staged = true, .end = END_GOES, .backup = "database" },
    { MEMBER(stash), .path = STATE "/db/stash", .mode = 0600, .secret = 077,
      .kdc = true, .backup = "stash" },
    { MEMBER(principal), .path = STATE "/db/principal", .mode = 0600,
      .secret = 077, .kdc = true },
    { MEMBER(realm_file), .path = STATE "/realm", .mode = 0644,
      .staged = true, .text = TEXT_WHOLE, .end = END_GOES,
      .backup = "realm" },
    { MEMBER(trusts), .path = STATE "/trusts", .mode = 0644,
      .staged = true, .end = END_GOES },
    { MEMBER(trusts_map), .path = STATE "/username.map", .mode = 0644,
      .staged = true, .end = END_GOES },
    { MEMBER(trusts_conf),
      .path = SYSCONFDIR "/krb5.conf.d/localkdc-trusts.conf",
      .mode = 0644, .staged = true, .end = END_GOES },
    { MEMBER(journal), .path = STATE "/journal", .mode = 0600,
      .staged = true },
    { MEMBER(made), .path = STATE "/folders", .mode = 0600, .staged = true },
    { MEMBER(lock), .path = STATE "/lock", .mode = 0600 },
    { MEMBER(socket), .path = RUNSTATEDIR "/localkdc/kdc.sock" }
};

const size_t layout_count = sizeof(layout) / sizeof(layout[0]);

static char **
member(struct conf *conf, const struct place *place)
{
    return (void *)((char *)conf + place->member);
}

void
layout_init(struct conf *conf)
{
    for (size_t i = 0; i < layout_count; i++) {
        AUTO_FREE char *path = text("%s%s", conf->root, layout[i].path);
        char *resolved = layout[i].linked ? realpath(path, NULL) : NULL;

        *member(conf, &layout[i]) = resolved != NULL ? resolved
                                                     : text("%s", path);
    }
}

void
layout_free(struct conf *conf)
{
    for (size_t i = 0; i < layout_count; i++)
        free(*member(conf, &layout[i]));
}

const char *
layout_path(const struct conf *conf, const struct place *place)
{
    return *(char *const *)(const void *)((const char *)conf +
                                          place->member);
}

mode_t
layout_mode(const struct conf *conf, const char *path)
{
    for (size_t i = 0; i < layout_count; i++) {
        if (strcmp(layout_path(conf, &layout[i]), path) == 0)
            return layout[i].mode;
    }
    /* No row: nobody else's. */
    return 0600;
}
