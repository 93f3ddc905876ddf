/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A program of version 0: compiled with that version's header, linked to the
 * library of today.  Behind each structure of parameters are bytes that a
 * library must not read.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iakerb.h"

#define EXPECT(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s: %s\n", #condition, error.message); \
            return 1; \
        } \
    } while (0)

/* The parameters on the heap, in front of what is none. */
static void *
in_front_of_noise(const void *params, size_t size)
{
    char *copy = malloc(size + 256);

    if (copy == NULL)
        abort();
    memcpy(copy, params, size);
    memset(copy + size, 0xA5, 256);
    return copy;
}

#define OLD(params) in_front_of_noise(&(params), sizeof(params))

static enum iakerb_code
lost(void *data, const gss_buffer_desc *out, gss_buffer_desc *in,
     const struct timespec *deadline, struct iakerb_error *error)
{
    (void)data;
    (void)out;
    (void)in;
    (void)deadline;
    (void)error;
    return IAKERB_UNREACHABLE;
}

int
main(void)
{
    static const char *const names[] = { "NAS", NULL };
    struct iakerb_initiator_params initiator_params = {
        .user = "alice", .target = "cifs/nas", .password = "secret"
    };
    struct iakerb_acceptor_params acceptor_params = {
        .keytab = "MEMORY:empty", .realms = names
    };
    struct iakerb_acquire_params acquire_params = {
        .user = "alice", .ccache = "MEMORY:x"
    };
    struct iakerb_smb_params smb_params = { .servers = names };
    struct iakerb_realm realm = { .name = "", .kdc_socket = "/x" };
    struct iakerb_transport transport = { .exchange = lost };
    struct iakerb_initiator *initiator;
    struct iakerb_acceptor *acceptor;
    struct iakerb_error error = { .message = "no error" };
    struct iakerb_smb *smb;

    EXPECT(iakerb_initiator_create(OLD(initiator_params), &initiator,
                                   &error) == IAKERB_DONE);
    EXPECT(iakerb_acceptor_create(OLD(acceptor_params), &acceptor, &error) ==
           IAKERB_NO_CREDENTIALS);
    EXPECT(iakerb_acquire(OLD(acquire_params), &transport, &error) ==
           IAKERB_UNREACHABLE);
    EXPECT(iakerb_smb_create(OLD(smb_params), &smb, &error) == IAKERB_DONE);
    EXPECT(iakerb_realm_use(OLD(realm), "/x", &error) == IAKERB_INVALID);
    EXPECT(strstr(error.message, "cannot be the name of a realm") != NULL);
    iakerb_initiator_free(initiator);
    iakerb_smb_free(smb);
    return 0;
}
