/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the unit tests of cifs.upcall share. */
#ifndef UNIT_H
#define UNIT_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reason.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A reason that is neither empty nor without an end, whatever is done to it. */
static inline struct reason
reason_dirty(void)
{
    struct reason reason = { .code = -1 };

    memset(reason.text, 'X', sizeof(reason.text));
    return reason;
}

static inline void
assert_reason(const struct reason *reason, int code, const char *sentence)
{
    assert_int_equal(reason->code, code);
    assert_non_null(memchr(reason->text, '\0', sizeof(reason->text)));
    assert_string_equal(reason->text, sentence);
}

#endif /* UNIT_H */
