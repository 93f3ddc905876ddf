#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The localkdc group with a sanitized localkdc, but for the tests that trace
# it, boot a machine with it or count time.

. "$(dirname "$0")/again.sh"

STAGE=$top/build/localkdc-sanitize
ok "localkdc is installed" make -s -C "$top/localkdc" \
    B="$STAGE/plain" DESTDIR= PREFIX="$STAGE" install
ok "localkdc is built with the sanitizers" make -s -C "$top/localkdc" \
    B="$STAGE/objects" PREFIX="$STAGE" CFLAGS="$flags -static-libasan" \
    "$STAGE/objects/localkdc"
cp "$STAGE/objects/localkdc" "$STAGE/sbin"
export STAGE
# The tests preload wrappers.
export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0

again localkdc setup users status backup inuse samba
done_testing
