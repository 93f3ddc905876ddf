#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# No two files of a part have one name, or names that differ by an s.

set -uo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/testsuite/tap.sh"

# twins: of the names on standard input, without what follows their dot, those
# that are there once more, with an s or without.
twins()
{
    sed 's/\.[^.]*$//; s/s$//' | sort | uniq -d
}

is "one name and its plural are found" \
    "$(printf '%s\n' user.c main.c users.c | twins)" user
for part in common libiakerb localkdc cifs-upcall; do
    for kind in c h; do
        ok "$part has files of kind $kind" \
            test -n "$(find "$top/$part" -name "*.$kind")"
        is "and none is hard to tell from another" \
            "$(find "$top/$part" -name "*.$kind" -printf '%f\n' | twins)" ""
    done
done

done_testing
