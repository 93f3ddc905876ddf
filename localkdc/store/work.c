/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/child.h"
#include "common/clock.h"
#include "common/harmless.h"
#include "owner.h"

/* What a child may say on its standard error. */
#define SAID_BYTES 4096

/* Where the child answers; above the standard ones. */
#define ANSWER_FD 3

#define STRING_MAX 4096

/* ---- The child -------------------------------------------------------- */

static int
sync_file(const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

    ret = fd >= 0 && fsync(fd) == 0 ? 0 : error_file(error, path);
    if (fd >= 0)
        close(fd);
    return ret;
}

/* krb5's database module says nothing of a write that fails. */
static int
sync_database(const char *folder, struct error *error)
{
    AUTO_FREE char *entries = text("%s/principal", folder);
    AUTO_FREE char *policies = text("%s/principal.kadm5", folder);

    return sync_file(entries, error) == 0 ? sync_file(policies, error) : -1;
}

/*
 * Whoever gets the child into his hands finds root's terminal no longer, into
 * which he could type (TIOCSTI), nor the lock, which he could keep.
 */
static int
give_up_descriptors(int out, int said)
{
    int none = open("/dev/null", O_RDWR);

    setsid();
    return none >= 0 && dup2(out, ANSWER_FD) >= 0 &&
           dup2(said, STDERR_FILENO) >= 0 &&
           dup2(none, STDIN_FILENO) >= 0 && dup2(none, STDOUT_FILENO) >= 0
        ? close_range(ANSWER_FD + 1, ~0U, 0) : -1;
}

static void __attribute__((noreturn))
child(const struct conf *conf, const char *folder, const char *kdc_conf,
      bool writes, work_fn *fn, const void *data, const int *out,
      const int *said)
{
    struct error error = { 0 };
    json_t *answer = json_object();
    struct db db = { 0 };
    int ret = -1;

    if (give_up_descriptors(out[1], said[1]) != 0)
        _exit(EXIT_FAILURE);
    if (owner_for_good(conf, &error) == 0 &&
            db_open(conf, folder, kdc_conf, &db, &error) == 0)
        ret = fn(&db, data, answer, &error);
    db_close(&db);
    if (ret == 0 && writes)
        ret = sync_database(folder, &error);
    if (ret == 0)
        ret = json_dumpfd(answer, ANSWER_FD, JSON_COMPACT);
    dprintf(STDERR_FILENO, "%s", error.text);
    /* What the parent began to write is the parent's. */
    _exit(ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* ---- The parent ------------------------------------------------------- */

struct heard {
    int fd;
    char *data;
    size_t length;
    size_t max;
};

/* Whether there may be more. */
static bool
hear_some(struct heard *heard)
{
    char buffer[65536];
    ssize_t got = read(heard->fd, buffer, sizeof(buffer));

    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0 || heard->length + (size_t)got > heard->max)
        return false;
    heard->data = grow(heard->data, heard->length + (size_t)got + 1, 1);
    memcpy(heard->data + heard->length, buffer, (size_t)got);
    heard->length += (size_t)got;
    heard->data[heard->length] = '\0';
    return true;
}

/* Until the child has nothing more to say.  It has to stop by itself where it
 * says too much: nobody reads that. */
static void
hear(struct heard heard[2], int64_t deadline)
{
    struct pollfd fds[2] = {
        { heard[0].fd, POLLIN, 0 }, { heard[1].fd, POLLIN, 0 }
    };
    int64_t left;

    while ((fds[0].fd >= 0 || fds[1].fd >= 0) &&
            (left = deadline - clock_ms()) > 0) {
        if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
            return;
        for (int i = 0; i < 2; i++) {
            if (fds[i].fd >= 0 && fds[i].revents != 0 &&
                    !hear_some(&heard[i]))
                fds[i].fd = -1;
        }
    }
}

/* Its own words, a line each; a library may have said some more. */
static void
repeat(char *said, struct error *error)
{
    char *line, *next = NULL;

    for (line = strtok_r(said, "\n", &next); line != NULL;
         line = strtok_r(NULL, "\n", &next))
        error_say(error, "%s", line);
}

static int
judge(const char *folder, pid_t pid, int64_t deadline,
      const struct heard *said, struct error *error)
{
    int status = 0;

    if (!child_wait(pid, deadline, &status))
        return error_say(error, "%s: the database is damaged: work on it did "
                         "not end in %d seconds; restore a backup", folder,
                         CHILD_SECONDS);
    if (WIFSIGNALED(status))
        return error_say(error, "%s: the database is damaged, or its disk is "
                         "full: work on it ended with \"%s\"; see 'localkdc "
                         "status', or restore a backup", folder,
                         strsignal(WTERMSIG(status)));
    if (said->length > 0)
        repeat(said->data, error);
    return WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int
parse(const char *folder, const struct heard *heard, json_t **answer,
      struct error *error)
{
    json_t *parsed = json_loadb(heard->data != NULL ? heard->data : "",
                                heard->length, JSON_REJECT_DUPLICATES, NULL);

    if (!json_is_object(parsed)) {
        json_decref(parsed);
        return error_say(error, "%s: the database is damaged: what was read "
                         "from it makes no sense; restore a backup", folder);
    }
    if (answer != NULL)
        *answer = parsed;
    else
        json_decref(parsed);
    return 0;
}

static int
work_as(const struct conf *conf, const char *folder, const char *kdc_conf,
        bool writes, work_fn *fn, const void *data, json_t **answer,
        struct error *error)
{
    int out[2] = { -1, -1 }, said[2] = { -1, -1 }, ret = -1;
    struct heard heard[2];
    int64_t deadline;
    pid_t pid = -1;

    if (answer != NULL)
        *answer = NULL;
    if (folder == NULL)
        folder = conf->database;
    if (kdc_conf == NULL)
        kdc_conf = conf->kdc_conf;
    fflush(NULL);
    deadline = child_deadline();
    if (pipe2(out, O_CLOEXEC) == 0 && pipe2(said, O_CLOEXEC) == 0)
        pid = fork();
    if (pid == 0)
        child(conf, folder, kdc_conf, writes, fn, data, out, said);
    close(out[1]);
    close(said[1]);
    heard[0] = (struct heard){ .fd = out[0], .max = WORK_BYTES };
    heard[1] = (struct heard){ .fd = said[0], .max = SAID_BYTES };
    if (pid < 0) {
        error_say(error, "no child process: %s", strerror(errno));
    } else {
        hear(heard, deadline);
        ret = judge(folder, pid, deadline, &heard[1], error);
        if (ret == 0)
            ret = parse(folder, &heard[0], answer, error);
    }
    close(out[0]);
    close(said[0]);
    wipe_free(heard[0].data, heard[0].length);
    free(heard[1].data);
    return ret;
}

int
work(const struct conf *conf, const char *folder, const char *kdc_conf,
     work_fn *fn, const void *data, json_t **answer, struct error *error)
{
    return work_as(conf, folder, kdc_conf, false, fn, data, answer, error);
}

int
work_write(const struct conf *conf, const char *folder, const char *kdc_conf,
           work_fn *fn, const void *data, json_t **answer, struct error *error)
{
    return work_as(conf, folder, kdc_conf, true, fn, data, answer, error);
}

/* ---- Answers ---------------------------------------------------------- */

const json_t *
answer_array(const json_t *answer, const char *key, struct error *error)
{
    const json_t *array = json_object_get(answer, key);

    if (!json_is_array(array)) {
        error_say(error, "the database is damaged: it has no list of %s", key);
        return NULL;
    }
    if (json_array_size(array) > WORK_ITEMS) {
        error_say(error, "the database is damaged: it has %zu %s, more than "
                  "%d", json_array_size(array), key, WORK_ITEMS);
        return NULL;
    }
    return array;
}

json_t *
answer_list(const struct list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

int
answer_get_list(const json_t *answer, const char *key, struct list *list,
                struct error *error)
{
    const json_t *array = answer_array(answer, key, error), *item;
    size_t i;

    if (array == NULL)
        return -1;
    json_array_foreach(array, i, item) {
        AUTO_FREE char *shown = NULL;

        if (!json_is_string(item) || json_string_length(item) > STRING_MAX)
            return error_say(error, "the database is damaged: its list of %s "
                             "makes no sense", key);
        shown = text("%s", json_string_value(item));
        harmless(shown, "");
        list_add(list, shown);
    }
    return 0;
}
