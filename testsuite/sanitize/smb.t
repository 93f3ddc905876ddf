#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The smb group once more, with Samba and libiakerb built with
# AddressSanitizer and UndefinedBehaviorSanitizer.  The testbed fails a test
# for each report of theirs.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"

log=$top/build/log/sanitize-smb
mkdir -p "$log"
SAMBA_PREFIX=$("$top/bootstrap/samba" --sanitize "$top/build/stage") ||
    bail_out "the sanitized Samba cannot be built"
STAGE=$top/build/smb-sanitize
ok "libiakerb is built with the sanitizers" \
    make -s -C "$top/libiakerb" B="$STAGE/objects" DESTDIR= PREFIX="$STAGE" \
    CFLAGS="-O1 -g -fsanitize=address,undefined" install
export SAMBA_PREFIX STAGE

for test in "$testsuite"/smb/*.t; do
    name=$(basename "$test" .t)
    if "$test" >"$log/$name" 2>&1; then
        pass "smb/$name, $(grep -c '^ok ' "$log/$name") tests"
    else
        fail "smb/$name; its output is in $log/$name" \
            "$(grep -v '^ok ' "$log/$name" | tail -n 40)"
    fi
done

done_testing
