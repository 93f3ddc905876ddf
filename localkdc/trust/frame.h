/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages on a stream: four bytes with the length, the first one the highest,
 * and so many bytes. */
#ifndef LOCALKDC_FRAME_H
#define LOCALKDC_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

/* No longer one is sent or read. */
#define FRAME_BYTES 32768

/* Send one, or read one, before a time as clock_ms() counts.  What is read is
 * put into data, which has FRAME_BYTES. */
int frame_send(int fd, const void *data, size_t length, int64_t deadline,
               struct error *error);
int frame_read(int fd, unsigned char *data, size_t *length, int64_t deadline,
               struct error *error);

#endif
