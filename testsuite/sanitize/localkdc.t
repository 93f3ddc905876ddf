#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The localkdc group with a sanitized localkdc, but for the tests that trace
# it, boot a machine with it or count time.

. "$(dirname "$0")/again.sh"

STAGE=$top/build/localkdc-sanitize
ok "localkdc is installed" make -s -C "$top/localkdc" \
    B="$STAGE/plain" DESTDIR= PREFIX="$STAGE" CC=gcc install
ok "and what its KDC loads" make -s -C "$top/kdc-modules" \
    B="$STAGE/modules" DESTDIR= PREFIX="$STAGE" CC=gcc install
ok "localkdc is built with the sanitizers" make -s -C "$top/localkdc" \
    B="$STAGE/objects" PREFIX="$STAGE" CC=gcc \
    CFLAGS="$flags -static-libasan" "$STAGE/objects/localkdc"
cp "$STAGE/objects/localkdc" "$STAGE/sbin"
sanitized "$STAGE/sbin/localkdc"
export STAGE
# The tests preload wrappers, and want many commands to fail with status 1.
export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0:exitcode=99
export UBSAN_OPTIONS=print_stacktrace=1:exitcode=99

# status_of STATEMENT: with which a program ends that does this.
status_of()
{
    local broken=$STAGE/broken

    echo "#include <stdlib.h>
        int main(int n, char **v) { char *p = malloc(n); p[0] = *v[0];
        $1 return 0; }" >"$broken.c"
    # shellcheck disable=SC2086  # words
    gcc -w $flags -static-libasan -O0 -o "$broken" "$broken.c" &&
        "$broken" >/dev/null 2>&1
    echo $?
}
is "a read past the end is no such failure" \
    "$(status_of 'n = p[n]; free(p);')" 99
is "an overflow is none" "$(status_of 'free(p); n += 2147483647;')" 99

again localkdc setup users status backup inuse samba typed domain
done_testing
