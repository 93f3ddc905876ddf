/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A module for krb5kdc that ends it when it has had nothing to do for a
 * while.  krb5kdc itself stays for ever; one that was started by a connection
 * to its socket need not, because the next connection starts another.
 *
 * It sees the requests that are granted.  Refused ones alone do not keep the
 * KDC: at worst somebody who types wrong passwords for a minute waits for a
 * new one to start.
 */

#include "kdcpolicy.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define IDLE_SECONDS 60

struct krb5_kdcpolicy_moddata_st {
    timer_t timer;
    time_t seconds;
};

krb5_error_code
kdcpolicy_localkdc_idle_initvt(krb5_context context, int major, int minor,
                               krb5_plugin_vtable vtable);

/* As sd_listen_fds(3) says. */
static int
started_by_socket(void)
{
    const char *pid = getenv("LISTEN_PID");

    return pid != NULL && strtol(pid, NULL, 10) == (long)getpid();
}

static void
wind_up(krb5_kdcpolicy_moddata data)
{
    struct itimerspec when = { .it_value.tv_sec = data->seconds };

    timer_settime(data->timer, 0, &when, NULL);
}

/* On SIGTERM krb5kdc ends in good order, between two requests. */
static krb5_error_code
idle_init(krb5_context context, krb5_kdcpolicy_moddata *data)
{
    struct sigevent event = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM
    };
    const char *seconds = getenv("LOCALKDC_IDLE_SECONDS");

    (void)context;
    if (!started_by_socket())
        return KRB5_PLUGIN_NO_HANDLE;
    *data = calloc(1, sizeof(**data));
    if (*data == NULL)
        return ENOMEM;
    (*data)->seconds = seconds != NULL ? atoi(seconds) : IDLE_SECONDS;
    if (timer_create(CLOCK_MONOTONIC, &event, &(*data)->timer) != 0) {
        free(*data);
        *data = NULL;
        return KRB5_PLUGIN_NO_HANDLE;
    }
    wind_up(*data);
    return 0;
}

static krb5_error_code
idle_fini(krb5_context context, krb5_kdcpolicy_moddata data)
{
    (void)context;
    timer_delete(data->timer);
    free(data);
    return 0;
}

KDCPOLICY_CHECK_AS(idle_check_as)
{
    wind_up(data);
    return 0;
}

KDCPOLICY_CHECK_TGS(idle_check_tgs)
{
    wind_up(data);
    return 0;
}

krb5_error_code
kdcpolicy_localkdc_idle_initvt(krb5_context context, int major, int minor,
                               krb5_plugin_vtable vtable)
{
    static const struct krb5_kdcpolicy_vtable_st methods = {
        .name = "localkdc_idle", .init = idle_init, .fini = idle_fini,
        .check_as = idle_check_as, .check_tgs = idle_check_tgs
    };

    (void)context;
    (void)minor;
    return kdcpolicy_fill(major, vtable, &methods);
}
