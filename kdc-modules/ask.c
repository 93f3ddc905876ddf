/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "ask.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

/* As many threads at most, of which the unit's TasksMax= must know. */
#define SLOTS 8

#define PATIENCE_MS 1000

/*
 * A login is three requests within a moment, which are one question; and an
 * account that gets locked is locked two seconds later.
 */
#define GOOD_FOR_MS 2000
/* Of an answer that came too late for who asked first. */
#define LATE_FOR_MS 5000

/* Longer than any name that Linux has for an account. */
#define USER_MAX 256

enum slot_state { SLOT_FREE, SLOT_OPEN, SLOT_ANSWERED };

enum topic { TOPIC_ACCOUNT, TOPIC_GROUPS };

struct slot {
    enum slot_state state;
    enum topic topic;
    char user[USER_MAX];
    bool late;              /* nobody waits for it any more */
    enum account account;
    uint64_t ends;
    struct groups groups;
    int64_t until;          /* which the answer is good for */
};

struct ask {
    struct sources sources;
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    unsigned int users;     /* the KDC, and each thread */
    struct slot slots[SLOTS];
};

struct question {
    struct ask *ask;
    struct slot *slot;
};

struct ask *
ask_new(struct sources *sources)
{
    struct ask *ask = calloc(1, sizeof(*ask));
    pthread_condattr_t attributes;

    if (ask == NULL)
        return NULL;
    pthread_mutex_init(&ask->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&ask->answered, &attributes);
    pthread_condattr_destroy(&attributes);
    ask->sources = *sources;
    memset(sources, 0, sizeof(*sources));
    ask->users = 1;
    return ask;
}

/* Called with the lock, which is gone afterwards. */
static void
leave(struct ask *ask)
{
    bool last = --ask->users == 0;

    pthread_mutex_unlock(&ask->mutex);
    if (!last)
        return;
    pthread_cond_destroy(&ask->answered);
    pthread_mutex_destroy(&ask->mutex);
    free(ask->sources.userdb);
    free(ask->sources.passwd);
    free(ask->sources.accountd);
    free(ask);
}

void
ask_free(struct ask *ask)
{
    if (ask == NULL)
        return;
    pthread_mutex_lock(&ask->mutex);
    leave(ask);
}

static void *
answer(void *argument)
{
    struct question question = *(struct question *)argument;
    struct slot *slot = question.slot;
    struct ask *ask = question.ask;

    free(argument);
    /* While the slot is open all of it but "late" is the thread's. */
    if (slot->topic == TOPIC_GROUPS)
        system_groups(&ask->sources, slot->user, &slot->groups);
    else
        slot->account = system_account(&ask->sources, slot->user,
                                       &slot->ends);
    pthread_mutex_lock(&ask->mutex);
    slot->state = SLOT_ANSWERED;
    slot->until = clock_ms() + (slot->late ? LATE_FOR_MS : GOOD_FOR_MS);
    pthread_cond_broadcast(&ask->answered);
    leave(ask);
    return NULL;
}

/* The KDC's signals stay the KDC's. */
static int
start(struct ask *ask, struct slot *slot)
{
    struct question *question = malloc(sizeof(*question));
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_t thread;
    int error;

    if (question == NULL)
        return -1;
    *question = (struct question){ ask, slot };
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, &attributes, answer, question);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (error != 0) {
        free(question);
        return -1;
    }
    ask->users++;
    return 0;
}

/* Whether somebody was let in by it a moment ago, or has it to come. */
static bool
is_current(const struct slot *slot, int64_t now)
{
    return slot->state == SLOT_OPEN ||
        (slot->state == SLOT_ANSWERED && now < slot->until);
}

static struct slot *
find(struct ask *ask, enum topic topic, const char *user)
{
    int64_t now = clock_ms();

    for (int i = 0; i < SLOTS; i++) {
        if (is_current(&ask->slots[i], now) &&
                ask->slots[i].topic == topic &&
                strcmp(ask->slots[i].user, user) == 0)
            return &ask->slots[i];
    }
    return NULL;
}

/* One that is free, or else the one whose answer is the oldest. */
static struct slot *
take(struct ask *ask, enum topic topic, const char *user)
{
    struct slot *best = NULL, *slot;

    for (int i = 0; i < SLOTS; i++) {
        slot = &ask->slots[i];
        if (slot->state != SLOT_OPEN &&
                (best == NULL || slot->until < best->until))
            best = slot;
    }
    if (best != NULL) {
        memset(best, 0, sizeof(*best));
        strcpy(best->user, user);
        best->topic = topic;
        best->state = SLOT_OPEN;
    }
    return best;
}

static void
wait_for(struct ask *ask, struct slot *slot)
{
    int patience = 2 * PATIENCE_MS;
    struct timespec until;
    int64_t when;

    for (int i = 0; i < SLOTS; i++) {
        if (ask->slots[i].state == SLOT_OPEN)
            patience /= 2;
    }
    when = clock_ms() + patience;
    until = (struct timespec){ when / 1000, when % 1000 * 1000000 };
    while (slot->state == SLOT_OPEN &&
           pthread_cond_timedwait(&ask->answered, &ask->mutex,
                                  &until) != ETIMEDOUT)
        ;
    slot->late = slot->state == SLOT_OPEN;
}

/* A late answer that somebody has got is no better than another one. */
static void
use(struct slot *slot)
{
    int64_t until = clock_ms() + GOOD_FOR_MS;

    if (slot->until > until)
        slot->until = until;
}

/* The slot where the question is put, now or by somebody before; NULL when
 * nobody can be asked. */
static struct slot *
put(struct ask *ask, enum topic topic, const char *user, bool *is_new)
{
    struct slot *slot = find(ask, topic, user);

    *is_new = slot == NULL;
    if (slot != NULL)
        return slot;
    slot = take(ask, topic, user);
    if (slot != NULL && start(ask, slot) != 0) {
        slot->state = SLOT_FREE;
        slot = NULL;
    }
    return slot;
}

enum account
ask_account(struct ask *ask, const char *user, uint64_t *ends)
{
    enum account account = ACCOUNT_UNKNOWN;
    struct slot *slot;
    bool is_new;

    *ends = 0;
    if (strlen(user) >= USER_MAX)
        return ACCOUNT_NONE;
    pthread_mutex_lock(&ask->mutex);
    slot = put(ask, TOPIC_ACCOUNT, user, &is_new);
    if (slot != NULL && is_new)
        wait_for(ask, slot);
    if (slot != NULL && slot->state == SLOT_ANSWERED) {
        use(slot);
        account = slot->account;
        *ends = slot->ends;
        /* Only a good answer, or a late one, is worth keeping. */
        if (!slot->late && account != ACCOUNT_GOOD)
            slot->state = SLOT_FREE;
    }
    pthread_mutex_unlock(&ask->mutex);
    return account;
}

void
ask_groups(struct ask *ask, const char *user, struct groups *groups)
{
    struct slot *slot = NULL;
    bool is_new;

    memset(groups, 0, sizeof(*groups));
    if (strlen(user) >= USER_MAX)
        return;
    pthread_mutex_lock(&ask->mutex);
    slot = put(ask, TOPIC_GROUPS, user, &is_new);
    /* One that was put soon enough is waited for by nobody yet. */
    if (slot != NULL && slot->state == SLOT_OPEN && !slot->late)
        wait_for(ask, slot);
    if (slot != NULL && slot->state == SLOT_ANSWERED) {
        use(slot);
        *groups = slot->groups;
        if (!slot->late && !groups->known)
            slot->state = SLOT_FREE;
    }
    pthread_mutex_unlock(&ask->mutex);
}

void
ask_groups_soon(struct ask *ask, const char *user)
{
    bool is_new;

    if (strlen(user) >= USER_MAX)
        return;
    pthread_mutex_lock(&ask->mutex);
    put(ask, TOPIC_GROUPS, user, &is_new);
    pthread_mutex_unlock(&ask->mutex);
}
