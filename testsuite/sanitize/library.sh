# SPDX-License-Identifier: LGPL-3.0-or-later
# libiakerb's tests, built in another way or run under another program, for
# bash.  Sourced, with set here:
#
#   build      the folder for this build
#   flags      the compiler's
#   wrapper    what the tests are run under, or nothing

set -uo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"
. "$top/testsuite/tap.sh"

build=$top/build/$build
mkdir -p "$build"

# broken STATEMENT: what is said of a program that does this.  A tool that finds
# nothing there finds nothing anywhere.
broken()
{
    local status=0

    echo "#include <stdlib.h>
        int main(int n, char **v) { char *p = malloc(n); p[0] = *v[0];
        $1 return 0; }" >"$build/broken.c"
    # shellcheck disable=SC2086  # words
    gcc -w $flags -O0 -o "$build/broken" "$build/broken.c" &&
        $wrapper "$build/broken" 2>&1 || status=$?
    echo "exit status $status"
}

unit_tests()
{
    local test

    ok "the unit tests compile" make -s -C "$top/testsuite/unit" \
        B="$build/unit" CC=gcc CFLAGS="$flags"
    for test in "$top"/testsuite/unit/*.t; do
        # The others do not run a program of the library's objects.
        [ -L "$test" ] || continue
        ok "unit: $(basename "$test" .t)" env UNIT_BUILD="$build/unit" \
            UNIT_WRAPPER="$wrapper" "$test"
    done
}

library_compiles()
{
    make -s -C "$top/libiakerb" B="$build/libiakerb" CC=gcc CFLAGS="$flags" \
        PREFIX="$build/stage" DESTDIR= install
}

# compiles GROUP: its program, with that library.
compiles()
{
    PKG_CONFIG_PATH=$build/stage/lib/pkgconfig:${PKG_CONFIG_PATH-} \
        make -s -C "$top/testsuite/$1" B="$build/$1" CC=gcc CFLAGS="$flags"
}

# kdc_tests GROUP SCRIPT: the tests that need a KDC, by the script that starts
# one.
kdc_tests()
{
    local group=$1 script=$2

    ok "the tests of $group compile" compiles "$group"
    ok "$group" env "${group^^}_PROGRAM=$build/$group/test_$group" \
        "${group^^}_LIBRARIES=$build/stage/lib" "${group^^}_WRAPPER=$wrapper" \
        "$top/testsuite/$group/$script"
}

all_tests()
{
    unit_tests
    ok "the library compiles" library_compiles
    kdc_tests interop interop.t
    kdc_tests acquire library.t
    done_testing
}
