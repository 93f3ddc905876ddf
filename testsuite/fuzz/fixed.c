/* SPDX-License-Identifier: LGPL-3.0-or-later */

#include "fixed.h"

#include <stdint.h>
#include <stdlib.h>

#include <krb5.h>

#define NOW 1767225600          /* 2026-01-01 00:00:00 UTC */

static uint64_t states[2];
static enum fixed_side current;

void
fixed_restart(void)
{
    states[FIXED_INITIATOR] = 1;
    states[FIXED_ACCEPTOR] = 2;
}

void
fixed_use(enum fixed_side side)
{
    current = side;
}

/* An additive step and a mixer (splitmix64): short, and never a cycle. */
static uint64_t
next_number(uint64_t *state)
{
    uint64_t n = *state += 0x9E3779B97F4A7C15;

    n = (n ^ n >> 30) * 0xBF58476D1CE4E5B9;
    n = (n ^ n >> 27) * 0x94D049BB133111EB;
    return n ^ n >> 31;
}

krb5_error_code KRB5_CALLCONV
krb5_c_random_make_octets(krb5_context context, krb5_data *out)
{
    unsigned int i;

    (void)context;
    for (i = 0; i < out->length; i++)
        out->data[i] = (char)next_number(&states[current]);
    return 0;
}

krb5_error_code KRB5_CALLCONV
krb5_timeofday(krb5_context context, krb5_timestamp *seconds)
{
    (void)context;
    *seconds = NOW;
    return 0;
}

krb5_error_code KRB5_CALLCONV
krb5_us_timeofday(krb5_context context, krb5_timestamp *seconds,
                  krb5_int32 *microseconds)
{
    *microseconds = 0;
    return krb5_timeofday(context, seconds);
}

static void
stir(uint64_t *state, const krb5_data *data)
{
    unsigned int i;

    for (i = 0; i < data->length; i++) {
        *state ^= (uint8_t)data->data[i];
        next_number(state);
    }
}

/*
 * A key of the password and salt, without the thousands of iterations that it
 * should have, or the 16 million that a peer may ask for and that take seconds.
 */
krb5_error_code KRB5_CALLCONV
krb5_c_string_to_key_with_params(krb5_context context, krb5_enctype enctype,
                                 const krb5_data *string,
                                 const krb5_data *salt,
                                 const krb5_data *params, krb5_keyblock *key)
{
    krb5_error_code ret;
    size_t bytes, length, i;
    uint64_t state = 3;

    (void)params;
    ret = krb5_c_keylengths(context, enctype, &bytes, &length);
    if (ret != 0)
        return ret;
    stir(&state, string);
    stir(&state, salt);
    *key = (krb5_keyblock){ .enctype = enctype, .length = length };
    key->contents = malloc(length);
    if (key->contents == NULL)
        abort();
    for (i = 0; i < length; i++)
        key->contents[i] = next_number(&state);
    return 0;
}
