/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The format is https://systemd.io/USER_RECORD. */

#include "account.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* The highest one is no identifier, as chown(2) has it. */
#define UID_MAX ((uint64_t)UINT32_MAX - 1)

/* The fields that count; later sections overrule earlier ones. */
struct state {
    bool locked;
    uint64_t not_before, not_after;
};

static bool
read_flag(json_t *section, const char *name, bool *flag)
{
    json_t *value = json_object_get(section, name);

    if (value == NULL || json_is_null(value))
        return true;
    *flag = json_is_true(value);
    return json_is_boolean(value);
}

/* A whole number of 64 bits without a sign; the highest ones say "never". */
static bool
read_number(json_t *value, uint64_t *number)
{
    double real = json_number_value(value);

    if (!json_is_number(value) || real < 0 || real > 0x1p64)
        return false;
    *number = real < 0x1p63 ? (uint64_t)real : UINT64_MAX;
    return real >= 0x1p63 || (double)*number == real;
}

static bool
read_time(json_t *section, const char *name, uint64_t *time)
{
    json_t *value = json_object_get(section, name);

    return value == NULL || json_is_null(value) || read_number(value, time);
}

static bool
read_state(json_t *section, struct state *state)
{
    return read_flag(section, "locked", &state->locked) &&
        read_time(section, "notBeforeUSec", &state->not_before) &&
        read_time(section, "notAfterUSec", &state->not_after);
}

/* Whether a string, or one of a list of them, is this one. */
static bool
names(json_t *value, const char *wanted)
{
    json_t *item;
    size_t i;

    if (wanted[0] == '\0')
        return false;
    if (json_is_string(value))
        return strcasecmp(json_string_value(value), wanted) == 0;
    json_array_foreach(value, i, item) {
        if (json_is_string(item) &&
                strcasecmp(json_string_value(item), wanted) == 0)
            return true;
    }
    return false;
}

static bool
read_machines(json_t *record, const struct machine *machine,
              struct state *state)
{
    json_t *sections = json_object_get(record, "perMachine"), *section;
    size_t i;

    if (sections == NULL || json_is_null(sections))
        return true;
    if (!json_is_array(sections))
        return false;
    json_array_foreach(sections, i, section) {
        if (!json_is_object(section))
            return false;
        if ((names(json_object_get(section, "matchMachineId"),
                   machine->id) ||
             names(json_object_get(section, "matchHostname"),
                   machine->host)) &&
                !read_state(section, state))
            return false;
    }
    return true;
}

enum account
account_from_record(json_t *record, const char *user,
                    const struct machine *machine, uint64_t now,
                    uint64_t *ends)
{
    struct state state = { .not_after = UINT64_MAX };
    json_t *name = json_object_get(record, "userName");
    uint64_t uid;

    *ends = 0;
    if (!json_is_string(name) ||
            !read_number(json_object_get(record, "uid"), &uid) ||
            uid > UID_MAX)
        return ACCOUNT_UNKNOWN;
    /* An alias, or the same name with other letters large: not this one. */
    if (json_string_length(name) != strlen(user) ||
            strcmp(json_string_value(name), user) != 0)
        return ACCOUNT_NONE;
    if (!read_state(record, &state) ||
            !read_machines(record, machine, &state))
        return ACCOUNT_UNKNOWN;
    if (state.locked)
        return ACCOUNT_LOCKED;
    if (now < state.not_before)
        return ACCOUNT_NOT_YET;
    if (now > state.not_after)
        return ACCOUNT_EXPIRED;
    if (state.not_after != UINT64_MAX)
        *ends = state.not_after / 1000000;
    return ACCOUNT_GOOD;
}
