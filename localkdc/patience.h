/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An end to waiting for a lock, where the call that waits has none: between
 * the two calls, what blocks for ten seconds fails with EINTR. */
#ifndef LOCALKDC_PATIENCE_H
#define LOCALKDC_PATIENCE_H

#define PATIENCE_SECONDS 10

void patience_begin(void);
void patience_end(void);

#endif
