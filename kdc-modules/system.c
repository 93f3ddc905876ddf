/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "system.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/varlink.h"

/*
 * Of one service.  The KDC itself waits for a second; an answer that comes
 * later is good for whoever asks again.
 */
#define PATIENCE_MS 10000

/* Of an entry of the system's user database. */
#define ENTRY_MAX 65536

static enum account
ask_userdb(const struct sources *sources, const char *user, uint64_t *ends,
           bool *absent)
{
    json_t *parameters = json_pack("{s:s, s:s}", "userName", user, "service",
                                   "io.systemd.Multiplexer");
    enum account account = ACCOUNT_UNKNOWN;
    struct varlink_answer answer;
    struct timespec now;

    *absent = false;
    if (parameters == NULL)
        return ACCOUNT_UNKNOWN;
    clock_gettime(CLOCK_REALTIME, &now);
    switch (varlink_call(sources->userdb,
                         "io.systemd.UserDatabase.GetUserRecord", parameters,
                         PATIENCE_MS, &answer)) {
    case VARLINK_OK:
        account = account_from_record(
            json_object_get(answer.parameters, "record"), user,
            &sources->machine,
            (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000,
            ends);
        break;
    case VARLINK_REFUSED:
        if (strcmp(answer.error,
                   "io.systemd.UserDatabase.NoRecordFound") == 0)
            account = ACCOUNT_NONE;
        break;
    case VARLINK_ABSENT:
        *absent = true;
        break;
    default:
        break;
    }
    varlink_answer_free(&answer);
    json_decref(parameters);
    return account;
}

static enum account
from_entry(int error, const struct passwd *found, const char *user)
{
    if (error != 0)
        return ACCOUNT_UNKNOWN;
    if (found == NULL || strcmp(found->pw_name, user) != 0)
        return ACCOUNT_NONE;
    return ACCOUNT_GOOD;
}

static enum account
ask_nss(const char *user)
{
    struct passwd entry, *found = NULL;
    char *buffer = malloc(ENTRY_MAX);
    enum account account = ACCOUNT_UNKNOWN;
    int error;

    if (buffer != NULL) {
        error = getpwnam_r(user, &entry, buffer, ENTRY_MAX, &found);
        /* With these too a module says that there is no such name. */
        if (error == ENOENT || error == ESRCH)
            error = 0;
        account = from_entry(error, found, user);
    }
    free(buffer);
    return account;
}

static enum account
ask_file(const char *path, const char *user)
{
    struct passwd entry, *found = NULL;
    char *buffer = malloc(ENTRY_MAX);
    enum account account = ACCOUNT_UNKNOWN;
    FILE *file = fopen(path, "re");
    int error;

    if (file == NULL || buffer == NULL)
        goto out;
    do {
        error = fgetpwent_r(file, &entry, buffer, ENTRY_MAX, &found);
    } while (error == 0 && strcmp(found->pw_name, user) != 0);
    if (error == ENOENT) {
        error = 0;
        found = NULL;
    }
    account = from_entry(error, found, user);
out:
    if (file != NULL)
        fclose(file);
    free(buffer);
    return account;
}

/* What only root sees. */
static enum account
ask_accountd(const char *path, const char *user)
{
    json_t *parameters = json_pack("{s:s}", "userName", user);
    enum account account = ACCOUNT_UNKNOWN;
    struct varlink_answer answer;
    json_t *allowed;

    if (parameters == NULL)
        return ACCOUNT_UNKNOWN;
    switch (varlink_call(path, "localkdc.Account.Check", parameters,
                         PATIENCE_MS, &answer)) {
    case VARLINK_OK:
        allowed = json_object_get(answer.parameters, "allowed");
        if (json_is_boolean(allowed))
            account = json_is_true(allowed) ? ACCOUNT_GOOD : ACCOUNT_LOCKED;
        break;
    case VARLINK_ABSENT:
        /* Where nobody has set it up, nothing is asked.  One that was stopped
         * leaves its socket behind. */
        if (access(path, F_OK) != 0 && errno == ENOENT)
            account = ACCOUNT_GOOD;
        break;
    default:
        break;
    }
    varlink_answer_free(&answer);
    json_decref(parameters);
    return account;
}

/*
 * A name of digits alone is no user's: systemd takes it for none, and others
 * for a number, which would be somebody else.
 */
static bool
can_be_name(const char *user)
{
    return user[0] != '\0' && user[strspn(user, "0123456789")] != '\0';
}

enum account
system_account(const struct sources *sources, const char *user,
               uint64_t *ends)
{
    enum account account = ACCOUNT_UNKNOWN;
    bool absent = true;

    *ends = 0;
    if (!can_be_name(user))
        return ACCOUNT_NONE;
    if (sources->passwd != NULL) {
        account = ask_file(sources->passwd, user);
        absent = false;
    }
    if (absent && sources->userdb != NULL)
        account = ask_userdb(sources, user, ends, &absent);
    if (absent)
        account = ask_nss(user);
    if (account == ACCOUNT_GOOD && sources->accountd != NULL)
        account = ask_accountd(sources->accountd, user);
    return account;
}

void
system_machine(struct machine *machine)
{
    FILE *file = fopen("/etc/machine-id", "re");

    memset(machine, 0, sizeof(*machine));
    if (file != NULL) {
        if (fgets(machine->id, sizeof(machine->id), file) == NULL ||
                strlen(machine->id) != sizeof(machine->id) - 1)
            machine->id[0] = '\0';
        fclose(file);
    }
    if (gethostname(machine->host, sizeof(machine->host) - 1) != 0)
        machine->host[0] = '\0';
}
