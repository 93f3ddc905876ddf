/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A message of a varlink service, and the user record in it. */

#include <string.h>

#include "target.h"

#include "common/varlink.h"
#include "kdc-modules/account.h"

#define NOW 1700000000000000u

/* Whether one without these fields would be let in. */
static void
check_good(json_t *record)
{
    json_t *locked = json_object_get(record, "locked");
    json_t *name = json_object_get(record, "userName");

    must(json_is_string(name) &&
         strcmp(json_string_value(name), "alice") == 0);
    must(json_object_get(record, "perMachine") != NULL ||
         !json_is_true(locked));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct machine machine = {
        "0123456789abcdef0123456789abcdef", "nas"
    };
    struct varlink_answer answer;
    enum account account;
    json_t *record;
    uint64_t ends;

    switch (varlink_parse((const char *)data, size, &answer)) {
    case VARLINK_OK:
        must(json_is_object(answer.parameters));
        must(answer.error[0] == '\0');
        record = json_object_get(answer.parameters, "record");
        account = account_from_record(record, "alice", &machine, NOW,
                                      &ends);
        must(account <= ACCOUNT_UNKNOWN);
        must(ends == 0 || ends >= NOW / 1000000);
        if (account == ACCOUNT_GOOD)
            check_good(record);
        break;
    case VARLINK_REFUSED:
        must(answer.error[0] != '\0');
        break;
    default:
        must(answer.parameters == NULL);
        break;
    }
    varlink_answer_free(&answer);
    return 0;
}
