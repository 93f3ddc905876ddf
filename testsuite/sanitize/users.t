#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The users group with a sanitized KDB driver inside krb5kdc, which reports to
# the KDC's log, and a sanitized localkdc-accountd.

. "$(dirname "$0")/again.sh"

STAGE=$top/build/users-sanitize
PRELOAD=$(gcc -print-file-name=libasan.so)
ok "localkdc is installed" make -s -C "$top/localkdc" \
    B="$STAGE/plain" DESTDIR= PREFIX="$STAGE" CC=gcc install
ok "what its KDC loads is built with the sanitizers" \
    make -s -C "$top/kdc-modules" B="$STAGE/objects" DESTDIR= \
    PREFIX="$STAGE" CC=gcc CFLAGS="$flags" install
ok "so is what reads tickets" \
    make -s -C "$top/libiakerb" B="$STAGE/library" DESTDIR= PREFIX="$STAGE" \
    CC=gcc install
sanitized "$STAGE"/lib/localkdc/{users.so,localkdc-accountd}
export STAGE PRELOAD
# Of tools that end without freeing; a report ends who makes it.
export ASAN_OPTIONS=detect_leaks=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

again users driver shadow ticket
done_testing
