/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Parameters of callers that were built with another version of iakerb.h.
 *
 * A structure of parameters grows at its end, and each new field begins where
 * the structure ended before, so that none lies in what was padding.  The
 * functions of version 0 have no size; it is here.
 */
#ifndef PARAMS_H
#define PARAMS_H

#include "error.h"

#define INITIATOR_PARAMS_0 offsetof(struct iakerb_initiator_params, guess)
#define ACCEPTOR_PARAMS_0 sizeof(struct iakerb_acceptor_params)
#define ACQUIRE_PARAMS_0 offsetof(struct iakerb_acquire_params, copy)
#define SMB_PARAMS_0 sizeof(struct iakerb_smb_params)
#define REALM_0 sizeof(struct iakerb_realm)
#define CCACHE_WANTED_0 sizeof(struct iakerb_ccache_wanted)

/*
 * Fill a structure of this library's size with the caller's.  Fails with
 * IAKERB_INVALID, where the caller sets what the library knows nothing of.
 */
enum iakerb_code
params_take(void *params, size_t size, const void *theirs, size_t their_size,
            struct iakerb_error *error);

#endif /* PARAMS_H */
