/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "render.h"

#include <stdlib.h>

#include <profile.h>

#include "kdc_conf.h"
#include "krb5_conf.h"
#include "machine.h"
#include "others.h"
#include "snippet.h"
#include "store/files.h"

typedef int render_fn(const struct conf *conf, struct setup *setup,
                      const char *now, char **content, struct error *error);

static int
render_kdc_conf(const struct conf *conf, struct setup *setup, const char *now,
                char **content, struct error *error)
{
    (void)setup;
    (void)now;
    (void)error;
    *content = kdc_conf_text(conf);
    return 0;
}

static char *
names_text(const struct list *names)
{
    char *all = text(
        "# More names of this machine, one a line, such as an alias that a\n"
        "# name server has for it.  After a change: localkdc refresh\n");

    for (size_t i = 0; i < names->count; i++)
        text_append(&all, "%s\n", names->items[i]);
    return all;
}

/* The administrator's file stays as it is, unless names are to go into it. */
static int
render_names(const struct conf *conf, struct setup *setup, const char *now,
             char **content, struct error *error)
{
    AUTO_LIST struct list listed = { 0 };

    if (names_read(conf->names, &listed, error) != 0)
        return -1;
    *content = now != NULL && listed.count == setup->more.count
        ? text("%s", now) : names_text(&setup->more);
    return 0;
}

static int
render_krb5_conf(const struct conf *conf, struct setup *setup,
                 const char *now, char **content, struct error *error)
{
    (void)setup;
    (void)error;
    *content = krb5_conf_with(conf, now);
    return 0;
}

/* What clients read depends on what the machine's configuration, the one that
 * it will have, says besides. */
static int
render_snippet(const struct conf *conf, struct setup *setup, const char *now,
               char **content, struct error *error)
{
    AUTO_FREE char *before = NULL;
    AUTO_FREE char *krb5_conf = NULL;
    profile_t profile;
    size_t length;

    (void)now;
    if (file_read(conf->krb5_conf, &before, &length, error) != 0)
        return -1;
    krb5_conf = krb5_conf_with(conf, before);
    profile = krb5_conf_profile(conf, krb5_conf, error);
    if (profile == NULL)
        return -1;
    free(setup->other);
    setup->other = others_default(conf, profile);
    *content = snippet_text(conf, &setup->names, &setup->more, profile);
    profile_release(profile);
    return 0;
}

static int
render_realm(const struct conf *conf, struct setup *setup, const char *now,
             char **content, struct error *error)
{
    (void)setup;
    (void)now;
    (void)error;
    *content = text("%s\n", conf->realm);
    return 0;
}

static const struct {
    size_t member;
    render_fn *fn;
} renderers[] = {
    { offsetof(struct conf, kdc_conf), render_kdc_conf },
    { offsetof(struct conf, names), render_names },
    { offsetof(struct conf, krb5_conf), render_krb5_conf },
    { offsetof(struct conf, snippet), render_snippet },
    { offsetof(struct conf, realm_file), render_realm }
};

static render_fn *
find(const struct place *place)
{
    for (size_t i = 0; i < sizeof(renderers) / sizeof(renderers[0]); i++) {
        if (renderers[i].member == place->member)
            return renderers[i].fn;
    }
    return NULL;
}

bool
render_has(const struct place *place)
{
    return find(place) != NULL;
}

int
render(const struct conf *conf, const struct place *place,
       struct setup *setup, const char *now, char **content,
       struct error *error)
{
    return find(place)(conf, setup, now, content, error);
}
