/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The transport over SMB, with the SPNEGO in it.  The input is what the server
 * sends, whatever it is asked.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"
#include "libiakerb/net.h"

#define MAX_EXCHANGES 12

/* What the server has still to send. */
static const uint8_t *sent;
static size_t left;

/* ---- In the place of net.c -------------------------------------------- */

enum iakerb_code
net_connect(char *const *servers, uint16_t port,
            const struct timespec *deadline, int *fd, const char **server,
            struct iakerb_error *error)
{
    (void)port;
    (void)deadline;
    (void)error;
    *fd = open("/dev/null", O_RDWR);
    *server = servers[0];
    return IAKERB_DONE;
}

enum iakerb_code
net_send(int fd, const char *server, const uint8_t *bytes, size_t length,
         const struct timespec *deadline, struct iakerb_error *error)
{
    (void)server;
    (void)deadline;
    (void)error;
    must(fd >= 0 && length > 4 && bytes[0] == 0);
    must(((size_t)bytes[1] << 16 | bytes[2] << 8 | bytes[3]) == length - 4);
    return IAKERB_DONE;
}

enum iakerb_code
net_receive(int fd, const char *server, uint8_t *bytes, size_t length,
            const struct timespec *deadline, struct iakerb_error *error)
{
    (void)server;
    (void)deadline;
    must(fd >= 0);
    if (length > left)
        return error_set(error, IAKERB_UNREACHABLE, "gone");
    if (length > 0)
        memcpy(bytes, sent, length);
    sent += length;
    left -= length;
    return IAKERB_DONE;
}

/* ---- The target ------------------------------------------------------- */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const servers[] = { "nas", NULL };
    struct iakerb_smb_params params = { .servers = servers };
    const struct iakerb_transport *transport;
    gss_buffer_desc token = { 5, "token" }, in;
    struct timespec deadline = { 0 };
    enum iakerb_code code = IAKERB_DONE;
    struct iakerb_error error;
    struct iakerb_smb *smb;
    OM_uint32 tmp;
    int i;

    sent = data;
    left = size;
    must(iakerb_smb_create(&params, &smb, NULL) == IAKERB_DONE);
    transport = iakerb_smb_transport(smb);
    for (i = 0; i < MAX_EXCHANGES && code == IAKERB_DONE; i++) {
        in = (gss_buffer_desc)GSS_C_EMPTY_BUFFER;
        code = transport->exchange(transport->data, &token, &in, &deadline,
                                   &error);
        if (code == IAKERB_DONE)
            must(in.length > 0 && in.length <= size);
        else
            must(code != IAKERB_CONTINUE && error.code == code &&
                 error.message[0] != '\0' &&
                 strchr(error.message, '\n') == NULL);
        gss_release_buffer(&tmp, &in);
    }
    iakerb_smb_free(smb);
    return 0;
}
