/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "taken.h"

#include <errno.h>
#include <time.h>

#include <gssapi/gssapi_ext.h>

#include "way.h"

/* A server that does not answer is for the kernel to wait for. */
#define SECONDS 3

static enum iakerb_code
exchange(struct iakerb_smb *smb, struct iakerb_initiator *initiator,
         struct iakerb_error *error)
{
    const struct iakerb_transport *transport = iakerb_smb_transport(smb);
    gss_buffer_desc in = GSS_C_EMPTY_BUFFER, out = in;
    struct timespec deadline;
    enum iakerb_code code;
    OM_uint32 tmp;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += SECONDS;
    code = iakerb_initiator_step(initiator, NULL, &out, error);
    if (code == IAKERB_CONTINUE) {
        code = transport->exchange(transport->data, &out, &in, &deadline,
                                   error);
        gss_release_buffer(&tmp, &out);
    }
    if (code == IAKERB_DONE)
        code = iakerb_initiator_step(initiator, &in, &out, error);
    gss_release_buffer(&tmp, &in);
    gss_release_buffer(&tmp, &out);
    return code;
}

/* What comes of showing the ticket to the server. */
static enum iakerb_code
show(struct login *self, const char *service, const char *ccache,
     struct iakerb_error *error)
{
    const char *servers[] = { way_server(self->request), NULL };
    struct iakerb_smb_params smb_params = { .servers = servers };
    struct iakerb_initiator_params params = {
        .ccache = ccache, .target = service,
        .flags = GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE
    };
    struct iakerb_initiator *initiator = NULL;
    struct iakerb_smb *smb = NULL;
    enum iakerb_code code;

    code = iakerb_smb_create(&smb_params, &smb, error);
    if (code == IAKERB_DONE)
        code = iakerb_initiator_create(&params, &initiator, error);
    if (code == IAKERB_DONE)
        code = exchange(smb, initiator, error);
    iakerb_initiator_free(initiator);
    iakerb_smb_free(smb);
    return code;
}

/* The server itself says which error it was, or just ends the conversation. */
static bool
is_refusal(enum iakerb_code code)
{
    return code == IAKERB_NO_CREDENTIALS || code == IAKERB_NOT_AUTHENTICATED;
}

bool
taken(struct login *self, const char *service, struct reason *reason)
{
    struct iakerb_error error;
    enum iakerb_code code;
    char *name;

    if (!self->from_cache || self->through_server || !login_is_local(self) ||
            krb5_cc_get_full_name(self->context, self->cache, &name) != 0)
        return true;
    code = show(self, service, name, &error);
    krb5_free_string(self->context, name);
    self->not_taken = is_refusal(code);
    return !self->not_taken ||
        reason_set(reason, ENOKEY, "the server does not take the ticket of "
                   "%.128s for %.128s: it is of another realm of this name, "
                   "or from before it was made anew; get new ones, or remove "
                   "them with kdestroy (%.128s)", self->client_name, service,
                   error.message);
}
