/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "tickets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "description.h"
#include "resolve.h"
#include "source.h"
#include "taken.h"
#include "way.h"

/* After a KDC there is time to ask the server. */
#define KDC_SECONDS "8"

static bool
name_of(struct login *self, char **ccache, struct reason *reason)
{
    krb5_error_code ret;
    char *name;

    ret = krb5_cc_get_full_name(self->context, self->cache, &name);
    if (ret != 0)
        return reason_krb5(reason, self->context, ret,
                           "cannot name the credential cache");
    *ccache = strdup(name);
    krb5_free_string(self->context, name);
    return *ccache != NULL || reason_no_memory(reason);
}

/*
 * Give up a KDC in time, where the configuration does not say when: a file
 * behind the configuration's own.
 */
static void
limit_kdc(void)
{
    static const char text[] =
        "[libdefaults]\n    request_timeout = " KDC_SECONDS "\n";
    int fd = memfd_create("krb5.conf", 0), i;
    char **files = NULL, *longer = NULL;
    FILE *list = NULL;
    size_t size;

    if (fd >= 0 && write(fd, text, sizeof(text) - 1) > 0 &&
            krb5_get_default_config_files(&files) == 0)
        list = open_memstream(&longer, &size);
    if (list != NULL) {
        for (i = 0; files[i] != NULL; i++)
            fprintf(list, "%s:", files[i]);
        fprintf(list, "/proc/self/fd/%d", fd);
        if (fclose(list) == 0)
            setenv("KRB5_CONFIG", longer, 1);
    }
    free(longer);
    krb5_free_config_files(files);
}

/* With the TGT of the ticket that the server did not take: where only the
 * service has other keys now, that one is still good.  After a failure the
 * reason is that ticket's. */
static bool
try_anew(struct login *self, char **service, struct reason *reason)
{
    struct reason other = { 0 };
    char *again = NULL;

    if (!source_tgts_alone(self))
        return false;
    self->not_taken = self->service_unknown = false;
    if (way_ticket(self, &again, &other) && taken(self, again, &other)) {
        free(*service);
        *service = again;
        *reason = other;
        return true;
    }
    free(again);
    self->not_taken = true;
    return false;
}

/* Get a ticket for this host with the source that is the best now. */
static bool
try_source(struct login *self, char **service, struct reason *reason)
{
    bool done;

    self->host = self->request->host;
    self->from_cache = self->not_taken = false;
    self->through_server = self->service_unknown = false;
    self->no_kdc = 0;
    done = source_open(self, reason);
    /* With this error alone, mount.cifs goes on to the tickets of the user who
     * ran sudo. */
    if (!done && getuid() == 0 && !self->service_unknown &&
            (reason->code == EKEYEXPIRED || reason->code == EKEYREJECTED ||
             reason->code == EACCES))
        reason->code = ENOKEY;
    return done && way_ticket(self, service, reason) &&
        (taken(self, *service, reason) || try_anew(self, service, reason));
}

/* Get a ticket for this host. */
static bool
get_for_host(const struct request *request, char **ccache,
             char **service, struct reason *reason)
{
    struct login self = { .request = request };
    struct reason other;
    krb5_error_code ret;
    bool done;

    ret = krb5_init_context(&self.context);
    if (ret != 0)
        return reason_krb5(reason, NULL, ret,
                           "cannot read the krb5 configuration");
    done = try_source(&self, service, reason);
    while (!done && source_pass_over(&self)) {
        free(*service);
        *service = NULL;
        done = try_source(&self, service, &other);
        /* Where nothing was left, the refusal is what there is to say. */
        if (done || self.client != NULL)
            *reason = other;
    }
    done = done && name_of(&self, ccache, reason);
    if (done)
        reason_set(reason, 0, "%s gets in with a ticket for %.*s%s",
                   self.client_name, (int)strcspn(*service, "@"), *service,
                   self.through_server ? ", had through the server" : "");

    source_close(&self);
    krb5_free_context(self.context);
    if (!done) {
        free(*service);
        *service = NULL;
    }
    return done;
}

bool
tickets_get(const struct request *request, char **ccache,
            char **service, struct reason *reason)
{
    struct request by_address = *request;
    char host[HOST_MAX + 1];
    struct reason other;

    *ccache = *service = NULL;
    limit_kdc();
    if (get_for_host(request, ccache, service, reason))
        return true;
    if (!request->trust_dns ||
            !resolve_address(request->address, host, sizeof(host)))
        return false;
    free(*ccache);
    *ccache = NULL;
    by_address.host = host;
    if (!get_for_host(&by_address, ccache, service, &other))
        return false;
    *reason = other;
    return true;
}
