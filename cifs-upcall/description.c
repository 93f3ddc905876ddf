/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "description.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_krb5.h>

#define VERSION 2
#define PID_MAX 0x400000        /* the kernel's, with 64 bits */

/* A part of the text, without a zero byte at its end. */
struct slice {
    const char *start;
    size_t length;
};

static bool
slice_is(struct slice slice, const char *word)
{
    return slice.length == strlen(word) &&
        memcmp(slice.start, word, slice.length) == 0;
}

/* Cut off the text up to the separator, which must be there. */
static bool
cut(const char **text, char separator, struct slice *slice)
{
    const char *end = strchr(*text, separator);

    if (end == NULL)
        return false;
    *slice = (struct slice){ *text, end - *text };
    *text = end + 1;
    return true;
}

/* A number in so many digits at most. */
static bool
parse_digits(struct slice slice, int base, size_t max_digits, uint32_t *number)
{
    const char *digits = "0123456789abcdef", *digit;
    uint64_t value = 0;
    size_t i;

    if (slice.length == 0 || slice.length > max_digits)
        return false;
    for (i = 0; i < slice.length; i++) {
        digit = memchr(digits, slice.start[i], base);
        if (digit == NULL)
            return false;
        value = value * base + (digit - digits);
    }
    *number = value;
    return value <= UINT32_MAX;
}

/* As the kernel writes who owns a key, with %d: the upper half is negative. */
static bool
parse_owner(struct slice slice, uint32_t *owner)
{
    bool negative = slice.length > 0 && slice.start[0] == '-';

    if (!negative)
        return parse_digits(slice, 10, 10, owner);
    slice.start++;
    slice.length--;
    if (!parse_digits(slice, 10, 10, owner) || *owner == 0 ||
            *owner > (uint32_t)INT32_MAX + 1)
        return false;
    *owner = -*owner;
    return true;
}

static bool
parse_hex(struct slice slice, uint32_t *number)
{
    if (slice.length < 2 || memcmp(slice.start, "0x", 2) != 0)
        return false;
    slice.start += 2;
    slice.length -= 2;
    return parse_digits(slice, 16, 8, number);
}

static bool
has_control(struct slice slice)
{
    size_t i;

    for (i = 0; i < slice.length; i++) {
        if ((unsigned char)slice.start[i] < ' ' || slice.start[i] == 0x7F)
            return true;
    }
    return false;
}

static void
copy(struct slice slice, char *to)
{
    memcpy(to, slice.start, slice.length);
    to[slice.length] = '\0';
}

/* Nothing that means anything in a principal, a path or an option. */
static bool
parse_host(struct slice slice, char *host)
{
    size_t i;

    if (slice.length == 0 || slice.length > HOST_MAX || has_control(slice) ||
            slice.start[0] == '-' || slice.start[0] == '.')
        return false;
    for (i = 0; i < slice.length; i++) {
        if (strchr(" /\\@;=\"'`$&|<>()*?[]{}#!,", slice.start[i]) != NULL)
            return false;
    }
    copy(slice, host);
    return true;
}

bool
description_is_host(const char *name)
{
    char host[HOST_MAX + 1];

    return parse_host((struct slice){ name, strlen(name) }, host);
}

/* ---- The fields of cifs.spnego ---------------------------------------- */

static bool
parse_version(struct slice value, struct spnego_key *key)
{
    uint32_t version;

    (void)key;
    return parse_hex(value, &version) && version == VERSION;
}

static bool
parse_spnego_host(struct slice value, struct spnego_key *key)
{
    char *p;

    if (!parse_host(value, key->host))
        return false;
    for (p = key->host; *p != '\0'; p++)
        *p = tolower((unsigned char)*p);
    return true;
}

static bool
parse_address(struct slice value, int family, struct spnego_key *key)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];

    if (value.length >= sizeof(text))
        return false;
    copy(value, text);
    return inet_pton(family, text, bytes) == 1 &&
        inet_ntop(family, bytes, key->address, sizeof(key->address)) != NULL;
}

static bool
parse_ip4(struct slice value, struct spnego_key *key)
{
    return parse_address(value, AF_INET, key);
}

static bool
parse_ip6(struct slice value, struct spnego_key *key)
{
    return parse_address(value, AF_INET6, key);
}

static bool
parse_sec(struct slice value, struct spnego_key *key)
{
    key->mechanism = NULL;
    if (slice_is(value, "krb5"))
        key->mechanism = gss_mech_krb5;
    else if (slice_is(value, "mskrb5"))
        key->mechanism = gss_mech_krb5_wrong;
    else if (slice_is(value, "iakerb"))
        key->mechanism = gss_mech_iakerb;
    return key->mechanism != NULL;
}

static bool
parse_uid(struct slice value, struct spnego_key *key)
{
    uint32_t uid;

    if (!parse_hex(value, &uid) || uid == (uid_t)-1)
        return false;
    key->uid = key->creduid = uid;
    return true;
}

static bool
parse_creduid(struct slice value, struct spnego_key *key)
{
    uint32_t uid;

    if (!parse_hex(value, &uid) || uid == (uid_t)-1)
        return false;
    key->creduid = uid;
    return true;
}

static bool
parse_user(struct slice value, struct spnego_key *key)
{
    if (value.length > USER_MAX || has_control(value))
        return false;
    copy(value, key->user);
    return true;
}

static bool
parse_pid(struct slice value, struct spnego_key *key)
{
    uint32_t pid;

    if (!parse_hex(value, &pid) || pid == 0 || pid > PID_MAX)
        return false;
    key->pid = pid;
    return true;
}

static bool
parse_target(struct slice value, struct spnego_key *key)
{
    key->in_mount = slice_is(value, "mount");
    return key->in_mount || slice_is(value, "app");
}

#define AT_END 10

/* In the order in which the kernel writes them; either address will do. */
static const struct field {
    const char *name;
    int place;
    bool required;
    bool (*parse)(struct slice value, struct spnego_key *key);
} fields[] = {
    { "ver", 1, true, parse_version },
    { "host", 2, true, parse_spnego_host },
    { "ip4", 3, true, parse_ip4 },
    { "ip6", 3, true, parse_ip6 },
    { "sec", 4, true, parse_sec },
    { "uid", 5, true, parse_uid },
    { "creduid", 6, false, parse_creduid },
    { "user", 7, false, parse_user },
    { "pid", 8, false, parse_pid },
    { "upcall_target", 9, false, parse_target },
    { NULL, AT_END, false, NULL }
};

/* The field of this name; a later kernel may have others, at the end. */
static const struct field *
find_field(struct slice name)
{
    const struct field *field = fields;

    while (field->name != NULL && !slice_is(name, field->name))
        field++;
    return field;
}

/* Whether a required field has its place between these two. */
static bool
is_missing(int before, int here)
{
    const struct field *field;

    for (field = fields; field->name != NULL; field++) {
        if (field->required && field->place > before && field->place < here)
            return true;
    }
    return false;
}

/* place is that of the field before, and becomes that of this one. */
static bool
parse_field(struct slice text, int *place, struct spnego_key *key,
            struct reason *reason)
{
    const char *equals = memchr(text.start, '=', text.length);
    struct slice name = text, value = text;
    const struct field *field;

    if (equals == NULL)
        return reason_set(reason, EINVAL, "the key's description holds "
                          "something that is no field");
    name.length = equals - text.start;
    value.start = equals + 1;
    value.length -= name.length + 1;

    field = find_field(name);
    if (is_missing(*place, field->place))
        return reason_set(reason, EINVAL, "the key's description lacks a "
                          "field, or has it in the wrong place");
    if (field->name != NULL && field->place <= *place)
        return reason_set(reason, EINVAL, "the key's description has the "
                          "field %s twice or in the wrong place", field->name);
    if (field->name != NULL && !field->parse(value, key))
        return reason_set(reason, EINVAL, "the key's description has a bad "
                          "field %s", field->name);
    *place = field->place;
    return true;
}

static bool
parse_spnego(const char *text, struct spnego_key *key, struct reason *reason)
{
    struct slice field;
    int place = 0;

    do {
        field = (struct slice){ text, strcspn(text, ";") };
        if (!parse_field(field, &place, key, reason))
            return false;
        text += field.length;
    } while (*text++ == ';');

    if (is_missing(place, AT_END))
        return reason_set(reason, EINVAL, "the key's description ends too "
                          "early");
    return true;
}

bool
description_parse(const char *text, struct key *key, struct reason *reason)
{
    struct slice type, owner, group, permissions;
    uint32_t uid;

    memset(key, 0, sizeof(*key));
    if (strlen(text) > DESCRIPTION_MAX || !cut(&text, ';', &type) ||
            !cut(&text, ';', &owner) || !cut(&text, ';', &group) ||
            !cut(&text, ';', &permissions) ||
            !parse_owner(owner, &uid))
        return reason_set(reason, EINVAL, "this is not a key's description");
    key->owner = uid;

    if (slice_is(type, "cifs.spnego")) {
        key->type = KEY_SPNEGO;
        return parse_spnego(text, &key->spnego, reason);
    }
    if (slice_is(type, "dns_resolver")) {
        key->type = KEY_DNS;
        return parse_host((struct slice){ text, strlen(text) }, key->host) ||
            reason_set(reason, EINVAL, "the key asks for a bad host name");
    }
    return reason_set(reason, EINVAL, "keys of the type \"%.*s\" are not made "
                      "here", (int)type.length, type.start);
}
