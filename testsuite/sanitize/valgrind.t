#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# valgrind, which sees what happens inside krb5 too.

build=valgrind
flags="-O1 -g"
wrapper="valgrind -q --leak-check=full --num-callers=40 --error-exitcode=99"
wrapper+=" --errors-for-leak-kinds=definite,possible"
wrapper+=" --show-leak-kinds=definite,possible"
wrapper+=" --suppressions=$(cd "$(dirname "$0")" && pwd)/valgrind.supp"
. "$(dirname "$0")/library.sh"

found=$(broken 'n = p[n]; free(p);')
like "a read past the end is found" "$found" 'Invalid read of size 1'
like "and is a failure" "$found" 'exit status 99'
found=$(broken 'p = 0;')
like "a leak is found" "$found" 'are definitely lost'
like "and is a failure" "$found" 'exit status 99'
all_tests
