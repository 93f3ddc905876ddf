/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
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

/*
 * The groups are those of who asks, not all that the user has.  Where it is not
 * known who does, it is the account's first group alone.
 */
static bool
set_ids(uid_t uid, const struct process *process)
{
    const struct passwd *account;
    gid_t gid = process->gid;

    if (gid == GID_UNKNOWN) {
        account = getpwuid(uid);
        gid = account != NULL ? account->pw_gid : GID_NOBODY;
    }
    return setgroups(process->group_count, process->groups) == 0 &&
        setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

/*
 * The user comes first and the namespaces second: what is mounted there may be
 * made by the user to trap somebody with more rights.
 */
bool
privileges_drop(uid_t uid, const struct process *process, int namespaces,
                struct reason *reason)
{
    static const cap_value_t enter[] = {
        CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SYS_PTRACE
    };

    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 ||
            !set_ids(uid, process))
        return reason_errno(reason, "cannot become the user who asks");
    namespaces &= process->namespaces;
    if (namespaces != 0 &&
            (!set_capabilities(enter, sizeof(enter) / sizeof(enter[0])) ||
             setns(process->pidfd, namespaces) != 0))
        return reason_errno(reason, "cannot enter the namespaces of the "
                            "process that asks");
    if (!set_capabilities(NULL, 0) ||
            prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
            prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return reason_errno(reason, "cannot give privileges up");
    return true;
}
