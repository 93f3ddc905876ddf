/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Putting tickets into a cache that outlives the process. */
#ifndef STORE_H
#define STORE_H

#include "error.h"

/*
 * Have one cache replace the other, whatever was in it, as one step where its
 * type can.  *from is NULL afterwards, unless it failed.
 *
 * Fails with IAKERB_INVALID, where the name is that of a file which is neither
 * a regular one nor to be made, and IAKERB_SYSTEM.
 */
enum iakerb_code
store_replace(krb5_context context, krb5_ccache *from, krb5_ccache to,
              struct iakerb_error *error);

/*
 * Have a new cache in memory with all that is in the other one, and its name,
 * to be freed with krb5_free_string(); both are NULL after a failure.
 */
krb5_error_code
store_copy(krb5_context context, krb5_ccache from, krb5_ccache *memory,
           char **name);

/*
 * Put the tickets that one cache has, and the other one has not, into the
 * other one, which must be the same client's.
 */
enum iakerb_code
store_add(krb5_context context, krb5_ccache from, krb5_ccache to,
          struct iakerb_error *error);

/* The tickets cannot be stored in a cache, for this reason. */
enum iakerb_code
store_failed(krb5_context context, krb5_ccache to, krb5_error_code ret,
             struct iakerb_error *error);

#endif /* STORE_H */
