/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What every target has. */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The fuzzer reports an abort() with the input that led to it. */
static inline void
must(bool condition)
{
    if (!condition)
        abort();
}

#endif /* TARGET_H */
