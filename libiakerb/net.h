/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A TCP connection whose every wait ends at a deadline of CLOCK_MONOTONIC. */
#ifndef NET_H
#define NET_H

#include <time.h>

#include "error.h"

/*
 * Connect to the first of these names and addresses, in their order, that
 * can be; *server is which.  *fd is to be closed by the caller.
 *
 * Fails with IAKERB_UNREACHABLE, IAKERB_LIMIT or IAKERB_NO_MEMORY.
 */
enum iakerb_code
net_connect(char *const *servers, uint16_t port,
            const struct timespec *deadline, int *fd, const char **server,
            struct iakerb_error *error);

/*
 * Send or receive so many bytes, all of them.
 *
 * Fail with IAKERB_UNREACHABLE, when the connection ends, or IAKERB_LIMIT.
 */
enum iakerb_code
net_send(int fd, const char *server, const uint8_t *bytes, size_t length,
         const struct timespec *deadline, struct iakerb_error *error);

enum iakerb_code
net_receive(int fd, const char *server, uint8_t *bytes, size_t length,
            const struct timespec *deadline, struct iakerb_error *error);

#endif /* NET_H */
