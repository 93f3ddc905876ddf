/* SPDX-License-Identifier: GPL-3.0-or-later */
/* localkdc require: the command. */

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "commands.h"
#include "options.h"
#include "store/files.h"
#include "store/hold.h"
#include "store/required.h"
#include "store/work.h"

/* As much as a client is told of, when it has none of them. */
#define INDICATORS_BYTES 200
#define SERVICE_BYTES 255

struct change {
    const char *service;
    struct list indicators;
};

static int
read_required(const struct db *db, const void *data, json_t *answer,
              struct error *error)
{
    const struct change *change = data;

    return required_get(db, change->service, answer, error);
}

static int
write_required(const struct db *db, const void *data, json_t *answer,
               struct error *error)
{
    const struct change *change = data;

    (void)answer;
    return required_set(db, change->service, &change->indicators, error);
}

static int
get_required(struct conf *conf, const struct change *change,
             struct list *found, struct error *error)
{
    json_t *answer = NULL;
    int ret = work(conf, NULL, NULL, read_required, change, &answer, error);

    if (ret == 0)
        ret = answer_get_list(answer, "required", found, error);
    json_decref(answer);
    return ret;
}

static bool
is_same(const struct list *a, const struct list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!list_has(b, a->items[i]))
            return false;
    }
    return true;
}

/* As with users, what was written is read from the file again. */
static int
run(struct conf *conf, const struct change *change, bool writes,
    struct list *found, struct error *error)
{
    if (!writes)
        return get_required(conf, change, found, error);
    if (folder_room(conf->state, error) != 0 ||
            work_write(conf, NULL, NULL, write_required, change, NULL,
                       error) != 0 ||
            get_required(conf, change, found, error) != 0)
        return -1;
    if (!is_same(found, &change->indicators))
        return error_say(error, "%s: the change is not in the database as it is on the "
                    "disk; see whether the disk is full", change->service);
    return 0;
}

/* It is a list of words for krb5, and goes to logs and terminals. */
static int
check_words(const struct change *change, struct error *error)
{
    size_t length = 0;

    if (change->service[0] == '\0' || strlen(change->service) > SERVICE_BYTES)
        return error_say(error, "'%.*s' is no service", SERVICE_BYTES, change->service);
    for (size_t i = 0; i < change->indicators.count; i++) {
        const char *word = change->indicators.items[i];

        if (word[0] == '\0' || strspn(word, "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789-_.:/") != strlen(word))
            return error_say(error, "'%s' is no indicator: letters, digits and -_.:/ are "
                        "possible", word);
        length += strlen(word) + 1;
    }
    if (length > INDICATORS_BYTES)
        return error_say(error, "that are too many indicators");
    return 0;
}

static void
print(const struct change *change, const struct list *found)
{
    printf("%s", change->service);
    if (found->count == 0)
        printf(" takes every ticket");
    else
        printf(" wants any of:");
    for (size_t i = 0; i < found->count; i++)
        printf(" %s", found->items[i]);
    putchar('\n');
}

int
command_require(struct conf *conf, int argc, char **argv, struct error *error)
{
    struct change change = { .service = NULL };
    AUTO_LIST struct list found = { 0 };
    bool none = false;
    const struct option_spec specs[] = {
        { .name = "none", .flag = &none, .help = "take every ticket again" },
        { .word = &change.service, .takes = "SERVICE",
          .help = "cifs or host, or another one as http/NAME" },
        { .words = &change.indicators, .takes = "INDICATOR",
          .help = "proofs of which a ticket must have one" },
        { 0 }
    };
    int ret = command_begin(conf, "require", argc, argv, specs, error);

    if (ret != OPTIONS_READ)
        goto out;
    ret = EXIT_USAGE;
    if (none && change.indicators.count > 0)
        error_say(error, "--none goes with no indicator");
    if (error_is_set(error) || check_words(&change, error) != 0)
        goto out;
    ret = EXIT_FAILED;
    if (hold_realm(conf, HOLD_EXISTING, error) != 0)
        goto out;
    if (run(conf, &change, none || change.indicators.count > 0, &found,
            error) == 0)
        ret = EXIT_DONE;
    release_realm(conf, error);
    if (ret == EXIT_DONE)
        print(&change, &found);
out:
    list_free(&change.indicators);
    return ret;
}
