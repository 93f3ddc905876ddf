/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "owner.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "text.h"

static int
read_groups(struct owner *owner)
{
    int count = getgroups(0, NULL);

    if (count < 0)
        return -1;
    owner->groups = calloc((size_t)count + 1, sizeof(*owner->groups));
    if (owner->groups == NULL)
        return -1;
    owner->count = getgroups(count, owner->groups);
    return owner->count < 0 ? -1 : 0;
}

int
owner_become(const struct conf *conf, struct owner *owner, struct error *error)
{
    *owner = (struct owner){ .acting = geteuid() == 0 && conf->owner != 0 };
    if (!owner->acting)
        return 0;
    if (read_groups(owner) != 0) {
        owner->acting = false;
    } else if (setgroups(0, NULL) == 0 && setegid(conf->group) == 0 &&
               seteuid(conf->owner) == 0) {
        return 0;
    }
    return error_say(error, "cannot act as user %u: %s",
                     (unsigned int)conf->owner, strerror(errno));
}

int
owner_leave(struct owner *owner, struct error *error)
{
    int ret = 0;

    if (owner->acting && (seteuid(0) != 0 || setegid(getgid()) != 0 ||
                          setgroups((size_t)owner->count, owner->groups) != 0))
        ret = error_say(error, "cannot act as root again: %s",
                        strerror(errno));
    free(owner->groups);
    *owner = (struct owner){ 0 };
    return ret;
}

int
owner_for_good(const struct conf *conf, struct error *error)
{
    if (geteuid() == 0 && conf->owner != 0 &&
            (setgroups(0, NULL) != 0 ||
             setresgid(conf->group, conf->group, conf->group) != 0 ||
             setresuid(conf->owner, conf->owner, conf->owner) != 0))
        return error_say(error, "cannot act as user %u: %s",
                         (unsigned int)conf->owner, strerror(errno));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        return error_say(error, "cannot give privileges up: %s",
                         strerror(errno));
    return 0;
}
