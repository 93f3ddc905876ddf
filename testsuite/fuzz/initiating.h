/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The targets on the initiator's side: their input is a byte that says how the
 * initiator is made, and then the tokens of the acceptor.
 */
#ifndef INITIATING_H
#define INITIATING_H

#include "target.h"

/* One login; each target has its own.  There is at least the first byte. */
void
play(const uint8_t *data, size_t size);

#endif /* INITIATING_H */
