/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "groups.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/varlink.h"

/* For all questions about one user together. */
#define PATIENCE_MS 10000

/* Of an entry of the system's group database, which names all its members. */
#define ENTRY_MAX 1048576

#define MULTIPLEXER "io.systemd.Multiplexer"

void
groups_add(struct groups *groups, uint64_t gid, const char *name)
{
    size_t length = name != NULL ? strlen(name) + 1 : 0;
    size_t i;

    for (i = 0; name != NULL && i < groups->count; i++) {
        if (groups->list[i].gid == gid)
            return;
    }
    if (groups->total < IDENTITY_TOTAL_MAX)
        groups->total++;
    /* Once one has been left out, all are that follow. */
    if (length < 2 || gid > IDENTITY_GID_MAX ||
            groups->count + 1 < groups->total ||
            groups->count == IDENTITY_GROUPS_MAX ||
            length > sizeof(groups->names) - groups->used)
        return;
    groups->list[groups->count].gid = (uint32_t)gid;
    groups->list[groups->count].name = (uint16_t)groups->used;
    groups->count++;
    memcpy(groups->names + groups->used, name, length);
    groups->used += length;
}

/* ---- systemd-userdbd -------------------------------------------------- */

struct userdb {
    const char *path;
    const char *user;
    int64_t deadline;
    struct groups *groups;
    bool failed;                /* an answer is wrong, or is missing */
    bool absent;                /* nobody listens there */
};

static int
time_left(const struct userdb *db)
{
    int64_t left = db->deadline - clock_ms();

    return left > 0 ? (int)left : 0;
}

/* A whole number that a gid can be. */
static bool
read_gid(json_t *value, uint64_t *gid)
{
    double real = json_number_value(value);

    if (!json_is_number(value) || real < 0 || real > (double)IDENTITY_GID_MAX)
        return false;
    *gid = (uint64_t)real;
    return (double)*gid == real;
}

/* One call that is answered once; takes the parameters over. */
static enum varlink_result
call(struct userdb *db, const char *method, json_t *parameters,
     struct varlink_answer *answer)
{
    enum varlink_result result = VARLINK_FAILED;

    *answer = (struct varlink_answer){ .parameters = NULL };
    if (parameters != NULL)
        result = varlink_call(db->path, method, parameters, time_left(db),
                              answer);
    db->absent |= result == VARLINK_ABSENT;
    json_decref(parameters);
    return result;
}

/* A group without a name has only a number, which says it as well. */
static void
add_nameless(struct groups *groups, uint64_t gid)
{
    char number[24];

    snprintf(number, sizeof(number), "%llu", (unsigned long long)gid);
    groups_add(groups, gid, number);
}

/* Add the group that these parameters name; false where there is none. */
static bool
add_record(struct userdb *db, json_t *parameters)
{
    struct varlink_answer answer;
    bool found = true;
    json_t *record, *name;
    uint64_t gid;

    switch (call(db, "io.systemd.UserDatabase.GetGroupRecord", parameters,
                 &answer)) {
    case VARLINK_OK:
        record = json_object_get(answer.parameters, "record");
        name = json_object_get(record, "groupName");
        if (json_is_string(name) &&
                read_gid(json_object_get(record, "gid"), &gid))
            groups_add(db->groups, gid, json_string_value(name));
        else
            db->failed = true;
        break;
    case VARLINK_REFUSED:
        found = false;
        db->failed |= strcmp(answer.error,
                             "io.systemd.UserDatabase.NoRecordFound") != 0;
        break;
    default:
        db->failed = true;
    }
    varlink_answer_free(&answer);
    return found;
}

static void
add_primary(struct userdb *db)
{
    struct varlink_answer answer;
    uint64_t gid;

    if (call(db, "io.systemd.UserDatabase.GetUserRecord",
             json_pack("{s:s, s:s}", "userName", db->user, "service",
                       MULTIPLEXER), &answer) == VARLINK_OK &&
            read_gid(json_object_get(json_object_get(answer.parameters,
                                                     "record"), "gid"),
                     &gid)) {
        if (!add_record(db, json_pack("{s:I, s:s}", "gid", (json_int_t)gid,
                                      "service", MULTIPLEXER)))
            add_nameless(db->groups, gid);
    } else {
        db->failed = true;
    }
    varlink_answer_free(&answer);
}

/* Of one membership; false ends it. */
static bool
add_membership(void *data, json_t *parameters)
{
    struct userdb *db = data;
    json_t *user = json_object_get(parameters, "userName");
    json_t *group = json_object_get(parameters, "groupName");

    if (!json_is_string(user) || !json_is_string(group) ||
            strcmp(json_string_value(user), db->user) != 0) {
        db->failed = true;
    } else if (db->groups->count < IDENTITY_GROUPS_MAX) {
        add_record(db, json_pack("{s:O, s:s}", "groupName", group, "service",
                                 MULTIPLEXER));
    } else {
        groups_add(db->groups, 0, NULL);
    }
    return !db->failed;
}

/* False where there is none. */
static bool
ask_userdb(const struct sources *sources, const char *user,
           struct groups *groups)
{
    struct userdb db = {
        .path = sources->userdb, .user = user, .groups = groups,
        .deadline = clock_ms() + PATIENCE_MS
    };
    json_t *parameters = json_pack("{s:s, s:s}", "userName", user, "service",
                                   MULTIPLEXER);
    struct varlink_answer answer = { .parameters = NULL };

    add_primary(&db);
    if (parameters == NULL)
        db.failed = true;
    if (!db.failed) {
        switch (varlink_each(db.path,
                             "io.systemd.UserDatabase.GetMemberships",
                             parameters, time_left(&db), add_membership, &db,
                             &answer)) {
        case VARLINK_OK:
            break;
        case VARLINK_REFUSED:
            /* So systemd says that there are none. */
            db.failed |= strcmp(answer.error, "io.systemd.UserDatabase."
                                "NoRecordFound") != 0;
            break;
        default:
            db.failed = true;
        }
    }
    groups->known = !db.failed;
    varlink_answer_free(&answer);
    json_decref(parameters);
    return !db.absent;
}

/* ---- The name service, and a file ------------------------------------- */

static void
add_number(struct groups *groups, gid_t gid, char *buffer)
{
    struct group entry, *found = NULL;

    if (groups->count == IDENTITY_GROUPS_MAX) {
        groups_add(groups, gid, NULL);
        return;
    }
    if (getgrgid_r(gid, &entry, buffer, ENTRY_MAX, &found) != 0 ||
            found == NULL)
        add_nameless(groups, gid);
    else
        groups_add(groups, gid, found->gr_name);
}

static void
ask_nss(const char *user, struct groups *groups)
{
    gid_t *list = calloc(IDENTITY_TOTAL_MAX, sizeof(*list));
    char *buffer = malloc(ENTRY_MAX);
    struct passwd entry, *found = NULL;
    int count = IDENTITY_TOTAL_MAX, i;
    gid_t primary;

    if (list == NULL || buffer == NULL ||
            getpwnam_r(user, &entry, buffer, ENTRY_MAX, &found) != 0 ||
            found == NULL)
        goto out;
    primary = found->pw_gid;
    /* More than there is room for are not known by number. */
    if (getgrouplist(user, primary, list, &count) < 0)
        goto out;
    add_number(groups, primary, buffer);
    for (i = 0; i < count; i++) {
        if (list[i] != primary)
            add_number(groups, list[i], buffer);
    }
    groups->known = true;
out:
    free(list);
    free(buffer);
}

static bool
has_member(const struct group *entry, const char *user)
{
    for (char **member = entry->gr_mem; *member != NULL; member++) {
        if (strcmp(*member, user) == 0)
            return true;
    }
    return false;
}

/* Add those groups of a file that have the user as a member, or only the one
 * of this number.  Each time it is read from the start. */
static bool
add_from_file(FILE *file, const char *user, const gid_t *gid, char *buffer,
              struct groups *groups)
{
    struct group entry, *found = NULL;
    int error;

    rewind(file);
    while ((error = fgetgrent_r(file, &entry, buffer, ENTRY_MAX,
                                &found)) == 0) {
        if (gid != NULL ? found->gr_gid == *gid : has_member(found, user))
            groups_add(groups, found->gr_gid, found->gr_name);
    }
    return error == ENOENT;
}

static bool
primary_in_file(const char *path, const char *user, char *buffer, gid_t *gid)
{
    FILE *file = fopen(path, "re");
    struct passwd entry, *found = NULL;
    bool ret = false;

    while (!ret && file != NULL &&
           fgetpwent_r(file, &entry, buffer, ENTRY_MAX, &found) == 0) {
        *gid = found->pw_gid;
        ret = strcmp(found->pw_name, user) == 0;
    }
    if (file != NULL)
        fclose(file);
    return ret;
}

/* The groups of a folder's passwd are in its group. */
static void
ask_file(const char *passwd, const char *user, struct groups *groups)
{
    const char *end = strrchr(passwd, '/');
    char *buffer = malloc(ENTRY_MAX), *path = NULL;
    FILE *file = NULL;
    gid_t gid;

    if (buffer == NULL || end == NULL ||
            asprintf(&path, "%.*s/group", (int)(end - passwd), passwd) < 0 ||
            !primary_in_file(passwd, user, buffer, &gid))
        goto out;
    file = fopen(path, "re");
    groups->known = file != NULL &&
        add_from_file(file, user, &gid, buffer, groups) &&
        add_from_file(file, user, NULL, buffer, groups);
out:
    if (file != NULL)
        fclose(file);
    free(path);
    free(buffer);
}

void
system_groups(const struct sources *sources, const char *user,
              struct groups *groups)
{
    memset(groups, 0, sizeof(*groups));
    if (sources->passwd != NULL)
        ask_file(sources->passwd, user, groups);
    else if (sources->userdb == NULL || !ask_userdb(sources, user, groups))
        ask_nss(user, groups);
    if (!groups->known)
        memset(groups, 0, sizeof(*groups));
}
