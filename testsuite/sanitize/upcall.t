#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The upcall group with a sanitized cifs.upcall.

. "$(dirname "$0")/again.sh"

UPCALL_HELPER=$top/build/upcall-sanitize/cifs.upcall
ok "cifs.upcall is built with the sanitizers" \
    make -s -C "$top/cifs-upcall" B="$(dirname "$UPCALL_HELPER")" \
    CC=gcc CFLAGS="$flags -static-libasan"
sanitized "$UPCALL_HELPER"
export UPCALL_HELPER
# The helper ends without freeing; the test's keys are preloaded.
export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0

# Without the unit tests, which are sanitized themselves.
# shellcheck disable=SC2046  # words
again upcall $(tests_of upcall |
    grep -vxE "fields|reason|reply|source|status")
done_testing
