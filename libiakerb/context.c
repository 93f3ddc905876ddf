/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <profile.h>

/* A profile with a few relations in front of another one, or added to it. */
struct overlay {
    profile_t base;
    char *realm;
    bool no_timestamp;
    unsigned int users;         /* profiles with this one as their data */
};

/* MIT copies the profile that a context is made with. */
static long
overlay_copy(void *data, void **copy)
{
    struct overlay *self = data;

    self->users++;
    *copy = self;
    return 0;
}

static void
overlay_cleanup(void *data)
{
    struct overlay *self = data;

    if (--self->users > 0)
        return;
    profile_release(self->base);
    free(self->realm);
    free(self);
}

/* What stands in front under these names, or NULL. */
static const char *
in_front(const struct overlay *self, const char *const *names)
{
    static const char *const off[] = {
        "dns_lookup_kdc", "dns_lookup_realm", "dns_canonicalize_hostname",
        "dns_uri_lookup"
    };
    size_t i;

    if (names[0] == NULL || names[1] == NULL)
        return NULL;
    /* A realm can have its own [libdefaults].  A KDC behind a UNIX socket
     * takes no ticket with addresses. */
    if (strcmp(names[0], "libdefaults") == 0 &&
            strcmp(names[names[2] != NULL ? 2 : 1], "noaddresses") == 0)
        return "true";
    if (strcmp(names[0], "libdefaults") == 0 && names[2] == NULL) {
        for (i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
            if (strcmp(names[1], off[i]) == 0)
                return "false";
        }
        if (strcmp(names[1], "default_realm") == 0)
            return self->realm;
    } else if (strcmp(names[0], "realms") == 0 && names[2] != NULL &&
               strcmp(names[1], self->realm) == 0) {
        if (strcmp(names[2], "kdc") == 0)
            return "/dev/null";
        if (self->no_timestamp &&
                strcmp(names[2], "disable_encrypted_timestamp") == 0)
            return "true";
    }
    return NULL;
}

/*
 * What is added to the values under these names, or NULL.  In SAM-2 it is the
 * KDC that words the question, and so whoever answers in its place: it could
 * ask for the password.
 */
static const char *
added(const char *const *names)
{
    static const char *const disable[] = { "plugins", "clpreauth", "disable" };
    size_t i;

    for (i = 0; i < sizeof(disable) / sizeof(disable[0]); i++) {
        if (names[i] == NULL || strcmp(names[i], disable[i]) != 0)
            return NULL;
    }
    return names[i] == NULL ? "sam2" : NULL;
}

/* Put one more at the end of the list; on failure there is none any more. */
static long
append(char ***values, const char *value)
{
    size_t count = 0;
    char **grown;

    while (*values != NULL && (*values)[count] != NULL)
        count++;
    grown = realloc(*values, (count + 2) * sizeof(*grown));
    if (grown != NULL) {
        *values = grown;
        grown[count] = strdup(value);
        grown[count + 1] = NULL;
    }
    if (grown != NULL && grown[count] != NULL)
        return 0;
    profile_free_list(*values);
    *values = NULL;
    return ENOMEM;
}

static long
overlay_values(void *data, const char *const *names, char ***values)
{
    struct overlay *self = data;
    const char *value = in_front(self, names);
    long ret = 0;

    *values = NULL;
    if (value == NULL) {
        ret = profile_get_values(self->base, names, values);
        value = added(names);
    }
    if (value == NULL || ret == ENOMEM)
        return ret;
    return append(values, value);
}

static void
overlay_free_values(void *data, char **values)
{
    (void)data;
    profile_free_list(values);
}

/* The user's own configuration. */
static krb5_error_code
configured(profile_t *profile)
{
    krb5_context context = NULL;
    krb5_error_code ret;

    ret = krb5_init_context(&context);
    if (ret == 0)
        ret = krb5_get_profile(context, profile);
    krb5_free_context(context);
    return ret;
}

enum iakerb_code
context_open(const char *realm, bool no_timestamp, krb5_context *context,
             struct iakerb_error *error)
{
    struct profile_vtable vtable = {
        .minor_ver = 1,
        .get_values = overlay_values,
        .free_values = overlay_free_values,
        .cleanup = overlay_cleanup,
        .copy = overlay_copy
    };
    struct overlay *overlay;
    profile_t profile = NULL;
    krb5_error_code ret = ENOMEM;

    *context = NULL;
    overlay = calloc(1, sizeof(*overlay));
    if (overlay == NULL)
        return error_no_memory(error);
    overlay->no_timestamp = no_timestamp;
    overlay->users = 1;
    overlay->realm = strdup(realm);
    if (overlay->realm != NULL)
        ret = configured(&overlay->base);
    if (ret == 0)
        ret = profile_init_vtable(&vtable, overlay, &profile);
    if (ret == 0)
        ret = krb5_init_context_profile(profile, 0, context);
    if (profile != NULL)
        profile_release(profile);
    else
        overlay_cleanup(overlay);
    return ret == 0 ? IAKERB_DONE :
        error_krb5(error, NULL, ret, IAKERB_SYSTEM,
                   "cannot read the krb5 configuration");
}
