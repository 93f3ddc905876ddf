/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a ticket says of who logged in. */

#include "iakerb_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include "common/harmless.h"
#include "common/identity.h"
#include "error.h"

/* A KDC gives a handful; what follows is not looked at. */
#define INDICATORS_MAX 32
#define INDICATOR_BYTES_MAX 256


struct iakerb_session {
    char *principal;
    bool own;                   /* of the realm, and a ticket of its KDC */
    char **indicators;          /* ends in NULL; never NULL */
    bool identified;            /* the KDC's buffer is there */
    bool has_groups;
    size_t count, total;
    struct iakerb_session_group *groups;
    struct iakerb_session_times times;
};

/* ---- Names ------------------------------------------------------------ */

/* A name's principal as krb5_unparse_name() writes it; the caller's. */
static char *
shown(gss_name_t name)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    char *copy = NULL;

    if (GSS_ERROR(gss_display_name(&minor, name, &text, NULL)))
        return NULL;
    if (memchr(text.value, '\0', text.length) == NULL)
        copy = strndup(text.value, text.length);
    gss_release_buffer(&minor, &text);
    return copy;
}

/* A '@' in a name is escaped, and a realm can have none. */
static bool
is_of_realm(const char *principal, const char *realm)
{
    const char *at = strrchr(principal, '@');

    return at != NULL && at > principal && at[-1] != '\\' &&
        strcmp(at + 1, realm) == 0;
}

/* ---- Attributes ------------------------------------------------------- */

/* The next authenticated value of an attribute; *more is -1 before the first
 * and 0 after the last. */
static bool
next_value(gss_name_t name, const char *attribute, int *more,
           gss_buffer_desc *value)
{
    gss_buffer_desc wanted = {
        .value = (void *)attribute, .length = strlen(attribute)
    };
    int authenticated = 0, complete = 0;
    gss_buffer_desc display = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor;

    *value = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
    major = gss_get_name_attribute(&minor, name, &wanted, &authenticated,
                                   &complete, value, &display, more);
    gss_release_buffer(&minor, &display);
    if (!GSS_ERROR(major) && authenticated)
        return true;
    gss_release_buffer(&minor, value);
    return false;
}

static enum iakerb_code
read_indicators(struct iakerb_session *self, gss_name_t name,
                struct iakerb_error *error)
{
    gss_buffer_desc value;
    size_t count = 0;
    OM_uint32 minor;
    char *copy;
    int more = -1;

    while (more != 0 && count < INDICATORS_MAX &&
           next_value(name, "auth-indicators", &more, &value)) {
        /* One that is cut would be another one. */
        if (value.length == 0 || value.length > INDICATOR_BYTES_MAX ||
                memchr(value.value, '\0', value.length) != NULL) {
            gss_release_buffer(&minor, &value);
            continue;
        }
        copy = strndup(value.value, value.length);
        gss_release_buffer(&minor, &value);
        if (copy == NULL)
            return error_no_memory(error);
        self->indicators[count++] = copy;
    }
    return IAKERB_DONE;
}

static enum iakerb_code
take_groups(struct iakerb_session *self, const struct identity *identity,
            struct iakerb_error *error)
{
    const struct identity_group *group;
    char *name;

    self->has_groups = identity->has_groups;
    self->total = identity->total;
    self->groups = calloc(identity->count + 1, sizeof(*self->groups));
    if (self->groups == NULL)
        return error_no_memory(error);
    for (size_t i = 0; i < identity->count; i++) {
        group = &identity->groups[i];
        name = strndup(group->name.data, group->name.length);
        if (name == NULL)
            return error_no_memory(error);
        harmless(name, "");
        self->groups[i] = (struct iakerb_session_group){ group->gid, name };
        self->count++;
    }
    return IAKERB_DONE;
}

/* A buffer that is about somebody else, or that is none, is as good as no
 * buffer. */
static enum iakerb_code
read_identity(struct iakerb_session *self, gss_name_t name,
              struct iakerb_error *error)
{
    char attribute[32];
    struct identity identity;
    gss_buffer_desc value;
    enum iakerb_code code = IAKERB_DONE;
    OM_uint32 minor;
    int more = -1;

    snprintf(attribute, sizeof(attribute), "urn:mspac:%lu",
             (unsigned long)IDENTITY_PAC_TYPE);
    if (!next_value(name, attribute, &more, &value))
        return IAKERB_DONE;
    if (identity_parse(value.value, value.length, &identity) &&
            identity.principal.length == strlen(self->principal) &&
            memcmp(identity.principal.data, self->principal,
                   identity.principal.length) == 0) {
        self->identified = true;
        self->times.authenticated = (time_t)identity.authenticated;
        self->times.account_ends = (time_t)identity.ends;
        code = take_groups(self, &identity, error);
    }
    gss_release_buffer(&minor, &value);
    return code;
}

/* ---- The session ------------------------------------------------------ */

static enum iakerb_code
fill(struct iakerb_session *self, gss_name_t client, gss_name_t service,
     OM_uint32 lifetime, const char *realm, struct iakerb_error *error)
{
    char *target = shown(service);
    enum iakerb_code code;

    self->indicators = calloc(INDICATORS_MAX + 1, sizeof(char *));
    self->principal = shown(client);
    if (self->indicators == NULL || self->principal == NULL ||
            target == NULL) {
        free(target);
        return error_no_memory(error);
    }
    self->own = is_of_realm(self->principal, realm) &&
        is_of_realm(target, realm);
    free(target);
    if (lifetime != GSS_C_INDEFINITE)
        self->times.ends = time(NULL) + (time_t)lifetime;
    if (!self->own)
        return IAKERB_DONE;
    code = read_indicators(self, client, error);
    if (code == IAKERB_DONE)
        code = read_identity(self, client, error);
    if (self->times.account_ends != 0 &&
            (self->times.ends == 0 ||
             self->times.ends > self->times.account_ends))
        self->times.ends = self->times.account_ends;
    return code;
}

enum iakerb_code
iakerb_session_create(gss_ctx_id_t context, const char *realm,
                      struct iakerb_session **session,
                      struct iakerb_error *error)
{
    gss_name_t client = GSS_C_NO_NAME, service = GSS_C_NO_NAME;
    struct iakerb_session *self = NULL;
    OM_uint32 major, minor, lifetime = 0;
    int initiated = 1, open = 0;
    enum iakerb_code code;

    *session = NULL;
    if (context == GSS_C_NO_CONTEXT || realm == NULL || realm[0] == '\0')
        return error_set(error, IAKERB_INVALID,
                         "no context, or no realm, was named");
    major = gss_inquire_context(&minor, context, &client, &service, &lifetime,
                                NULL, NULL, &initiated, &open);
    if (GSS_ERROR(major))
        return error_gss(error, major, minor, IAKERB_INVALID,
                         "cannot read the context");
    if (initiated || !open || client == GSS_C_NO_NAME ||
            service == GSS_C_NO_NAME) {
        code = error_set(error, IAKERB_INVALID, "only who has accepted a "
                         "login can read what its ticket says");
        goto out;
    }
    self = calloc(1, sizeof(*self));
    code = self != NULL ?
        fill(self, client, service, lifetime, realm, error) :
        error_no_memory(error);
out:
    gss_release_name(&minor, &client);
    gss_release_name(&minor, &service);
    if (code == IAKERB_DONE)
        *session = self;
    else
        iakerb_session_free(self);
    return code;
}

static void
say(bool *vouched, bool value)
{
    if (vouched != NULL)
        *vouched = value;
}

const char *
iakerb_session_principal(const struct iakerb_session *session, bool *vouched)
{
    say(vouched, session->own);
    return session->principal;
}

const char *const *
iakerb_session_indicators(const struct iakerb_session *session, bool *vouched)
{
    say(vouched, session->own);
    return (const char *const *)session->indicators;
}

const struct iakerb_session_group *
iakerb_session_groups(const struct iakerb_session *session, size_t *count,
                      size_t *total, bool *vouched)
{
    say(vouched, session->has_groups);
    *count = session->count;
    if (total != NULL)
        *total = session->total;
    return session->groups;
}

const struct iakerb_session_times *
iakerb_session_times(const struct iakerb_session *session, bool *vouched)
{
    say(vouched, session->identified);
    return &session->times;
}

void
iakerb_session_free(struct iakerb_session *session)
{
    size_t i;

    if (session == NULL)
        return;
    for (i = 0; session->indicators != NULL && session->indicators[i] != NULL;
         i++)
        free(session->indicators[i]);
    for (i = 0; i < session->count; i++)
        free((char *)session->groups[i].name);
    free(session->indicators);
    free(session->groups);
    free(session->principal);
    free(session);
}
