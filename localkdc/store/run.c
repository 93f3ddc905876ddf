/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "run.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/child.h"
#include "common/harmless.h"
#include "conf.h"
#include "text.h"

enum { IN, OUT, ERR, STREAMS };

/* What a program that reads what another account has written may write, and
 * what is repeated of its errors. */
#define OUTPUT_BYTES (1024 * 1024 * 1024)
#define SAID_BYTES 4096

/* As a shell has them. */
#define EXIT_DENIED 126
#define EXIT_NOT_FOUND 127

static int
become(uid_t uid, gid_t gid)
{
    return setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 &&
           setresuid(uid, uid, uid) == 0 ? 0 : -1;
}

/*
 * The account has what is written to one database at its disposal, not root's
 * terminal, nor memory and time without end.  A new user id takes back what
 * prctl() set.
 */
static int
confine(const struct run *run)
{
    const struct rlimit bytes = { OUTPUT_BYTES, OUTPUT_BYTES };

    if (geteuid() != 0 || run->uid == 0)
        return 0;
    setsid();
    return setrlimit(RLIMIT_FSIZE, &bytes) == 0 &&
           become(run->uid, run->gid) == 0
        ? prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) : -1;
}

static void __attribute__((noreturn))
child(const struct run *run, const int *fds)
{
    for (int i = 0; i < STREAMS; i++) {
        if (dup2(fds[i], i) < 0)
            _exit(EXIT_NOT_FOUND);
    }
    if (run->kdc_conf != NULL &&
            (setenv("KRB5_CONFIG", "/dev/null", 1) != 0 ||
             setenv("KRB5_KDC_PROFILE", run->kdc_conf, 1) != 0 ||
             (KRB5LIB[0] != '\0' &&
              setenv("LD_LIBRARY_PATH", KRB5LIB, 1) != 0)))
        _exit(EXIT_NOT_FOUND);
    if (confine(run) == 0)
        execvp(run->argv[0], (char *const *)run->argv);
    _exit(errno == EACCES ? EXIT_DENIED : EXIT_NOT_FOUND);
}

/* What it has written, of which no more than max bytes count. */
static int
collect(int fd, size_t max, char **data, size_t *length)
{
    struct stat status;
    size_t size;
    ssize_t got;

    if (fstat(fd, &status) != 0)
        return -1;
    size = (size_t)status.st_size < max ? (size_t)status.st_size : max;
    *data = calloc(1, size + 1);
    if (*data == NULL)
        return -1;
    got = pread(fd, *data, size, 0);
    *length = got > 0 ? (size_t)got : 0;
    return *length == size ? 0 : -1;
}

/* What a program said, on one line. */
static void
flatten(char *message)
{
    size_t length = strlen(message);

    while (length > 0 && message[length - 1] == '\n')
        message[--length] = '\0';
    for (char *c = message; *c != '\0'; c++)
        *c = *c == '\n' ? ' ' : *c;
}

/* The end of a program that another account can keep from it; root's own take
 * the time that they need. */
static int
wait_for(const struct run *run, pid_t pid, int64_t deadline, int *status,
         struct error *error)
{
    if (run->uid == 0)
        return waitpid(pid, status, 0) == pid
                 ? 0
                 : error_say(error, "%s: %s", run->argv[0], strerror(errno));
    return child_wait(pid, deadline, status)
             ? 0
             : error_say(error, "%s did not end in %d seconds", run->argv[0],
                         CHILD_SECONDS);
}

/* A folder in PATH that is closed to the account is none of our business
 * unless root finds the program there. */
static int
not_run(const struct run *run, int code, struct error *error)
{
    if (code != EXIT_DENIED || !run_found(run->argv[0]))
        return error_say(error, "%s cannot be run; install the package that "
                         "has it", run->argv[0]);
    if (geteuid() != 0 || run->uid == 0)
        return error_say(error, "%s cannot be run: permission denied",
                         run->argv[0]);
    return error_say(error, "%s cannot be run as the account " SERVICE_ACCOUNT
                     ": permission denied on its folder; krb5 must be where "
                     "every account can read it: build it again with, for "
                     "example, IAKERB_CACHE=/opt/iakerb", run->argv[0]);
}

static int
report(const struct run *run, int status, int err, struct error *error)
{
    AUTO_FREE char *message = NULL;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    size_t length;

    if (collect(err, SAID_BYTES, &message, &length) != 0)
        return error_say(error, "%s failed", run->argv[0]);
    flatten(message);
    harmless(message, "");
    /* The dynamic linker ends with one of these too, and says why. */
    if (length == 0 && (code == EXIT_DENIED || code == EXIT_NOT_FOUND))
        return not_run(run, code, error);
    if (WIFSIGNALED(status))
        return error_say(error, "%s was ended by signal %d: %s", run->argv[0],
                         WTERMSIG(status), message);
    return error_say(error, "%s failed: %s", run->argv[0], message);
}

int
run(const struct run *run, char **output, size_t *length, struct error *error)
{
    int fds[STREAMS] = { -1, -1, -1 }, status, ret = -1;
    int64_t deadline = child_deadline();
    pid_t pid;

    /* Files in memory: neither side can block the other, and nothing that
     * is secret gets to a disk. */
    for (int i = 0; i < STREAMS; i++) {
        fds[i] = memfd_create("localkdc", MFD_CLOEXEC);
        if (fds[i] < 0) {
            error_say(error, "%s: %s", run->argv[0], strerror(errno));
            goto out;
        }
    }
    if (run->input != NULL &&
            pwrite(fds[IN], run->input, run->input_length, 0) !=
            (ssize_t)run->input_length) {
        error_say(error, "%s: %s", run->argv[0], strerror(errno));
        goto out;
    }
    pid = fork();
    if (pid == 0)
        child(run, fds);
    if (pid < 0) {
        error_say(error, "%s: %s", run->argv[0], strerror(errno));
        goto out;
    }
    if (wait_for(run, pid, deadline, &status, error) != 0)
        goto out;
    if (status != 0) {
        if (!run->quiet)
            report(run, status, fds[ERR], error);
        goto out;
    }
    ret = 0;
    if (output != NULL)
        ret = collect(fds[OUT], OUTPUT_BYTES, output, length);
out:
    for (int i = 0; i < STREAMS; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    return ret;
}

bool
run_found(const char *program)
{
    AUTO_FREE char *path = text("%s", getenv("PATH"));
    char *folder, *next = NULL;

    for (folder = strtok_r(path, ":", &next); folder != NULL;
         folder = strtok_r(NULL, ":", &next)) {
        AUTO_FREE char *file = text("%s/%s", folder, program);

        if (access(file, X_OK) == 0)
            return true;
    }
    return false;
}
