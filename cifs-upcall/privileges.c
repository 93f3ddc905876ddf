/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sys/capability.h>

#define GID_NOBODY 65534

/* Have these capabilities and no others. */
static bool
set_capabilities(const cap_value_t *values, int count)
{
    cap_t set = cap_init();
    bool done;

    done = set != NULL &&
        (count == 0 ||
         (cap_set_flag(set, CAP_PERMITTED, count, values, CAP_SET) == 0 &&
          cap_set_flag(set, CAP_EFFECTIVE, count, values, CAP_SET) == 0)) &&
        cap_set_proc(set) == 0;
    cap_free(set);
    return done;
}

/* The names come from the machine's own files, not the process's. */
static bool
set_ids(uid_t uid)
{
    const struct passwd *user = getpwuid(uid);
    gid_t gid = user != NULL ? user->pw_gid : GID_NOBODY;

    return (user != NULL ? initgroups(user->pw_name, gid) :
            setgroups(0, NULL)) == 0 &&
        setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

/*
 * A pid namespace is entered by children only.  Whose files are opened from
 * here on, libraries included, shall reach no process but their own.  An alarm
 * is not inherited.
 */
static bool
become_child(void)
{
    unsigned int seconds = alarm(0);
    pid_t pid = fork();

    alarm(seconds);
    if (pid > 0) {
        waitpid(pid, NULL, 0);
        _exit(EXIT_SUCCESS);
    }
    return pid == 0;
}

/*
 * The user comes first and the namespaces second: what is mounted there may be
 * made by the user to trap somebody with more rights.
 */
bool
privileges_drop(uid_t uid, const struct process *process,
                struct reason *reason)
{
    static const cap_value_t enter[] = {
        CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SYS_PTRACE
    };

    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 ||
            (uid != geteuid() && !set_ids(uid)))
        return reason_errno(reason, "cannot become the user who asks");
    if (process->namespaces != 0 &&
            (!set_capabilities(enter, sizeof(enter) / sizeof(enter[0])) ||
             setns(process->pidfd, process->namespaces) != 0))
        return reason_errno(reason, "cannot enter the namespaces of the "
                            "process that asks");
    if ((process->namespaces & CLONE_NEWPID) != 0 && !become_child())
        return reason_errno(reason, "no process");
    if (!set_capabilities(NULL, 0) ||
            prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return reason_errno(reason, "cannot give privileges up");
    return true;
}
