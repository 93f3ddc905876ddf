/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "systemd.h"

#include <stddef.h>

#include "store/run.h"

static int
systemctl(const struct conf *conf, const char *const *argv,
          struct error *error)
{
    struct run systemctl = { .argv = argv };

    return conf_booted(conf) ? run(&systemctl, NULL, NULL, error) : 0;
}

int
service_start(const struct conf *conf, struct error *error)
{
    static const char *const argv[] = {
        "systemctl", "enable", "--now", "localkdc.socket", NULL
    };

    return systemctl(conf, argv, error);
}

int
service_reload(const struct conf *conf, struct error *error)
{
    static const char *const argv[] = {
        "systemctl", "stop", "localkdc.service", NULL
    };

    return systemctl(conf, argv, error);
}

int
service_stop(const struct conf *conf, struct error *error)
{
    static const char *const argv[] = {
        "systemctl", "disable", "--now", "localkdc.socket",
        "localkdc.service", "localkdc-accountd.socket",
        "localkdc-accountd.service", NULL
    };

    return systemctl(conf, argv, error);
}
