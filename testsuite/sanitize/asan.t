#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, in the
# library and in its tests.

build=asan
flags="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined"
flags+=" -fno-sanitize-recover=all"
wrapper=
. "$(dirname "$0")/library.sh"
# krb5 is compiled without frame pointers, so stacks in it take longer to find.
ASAN_OPTIONS=detect_stack_use_after_return=1:fast_unwind_on_malloc=0
LSAN_OPTIONS=print_suppressions=0:suppressions=$top/testsuite/sanitize/lsan.supp
export ASAN_OPTIONS LSAN_OPTIONS
export UBSAN_OPTIONS=print_stacktrace=1

like "a read past the end is found" "$(broken 'n = p[n]; free(p);')" \
    'AddressSanitizer: heap-buffer-overflow'
like "a leak is found" "$(broken 'p = 0;')" 'LeakSanitizer: detected'
like "an overflow is found" "$(broken 'free(p); n += 2147483647;')" \
    'runtime error: signed integer overflow'
all_tests
