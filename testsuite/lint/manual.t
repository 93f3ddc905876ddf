#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# mandoc and man have nothing to say of the man pages.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
. "$testsuite/tap.sh"
cd "$testsuite/.." || exit

mapfile -t pages < <(find libiakerb localkdc cifs-upcall -name '*.[1-8]' \
    ! -path '*/build/*' | sort)
ok "there are pages" test "${#pages[@]}" -ge 5
for page in "${pages[@]}"; do
    # A page has its date where it is installed, if at all.
    is "$page: mandoc" "$(mandoc -Tlint "$page" 2>/dev/null |
        grep -vE 'referenced manual not found|missing date, using "": TH')" ""
    is "$page: man and groff" "$(MANROFFSEQ='' MANWIDTH=80 man --warnings \
        -E UTF-8 -l "$page" 2>&1 >/dev/null)" ""
    is "$page: no line is longer than 80 columns" "$(MANWIDTH=80 man -E UTF-8 \
        -l "$page" | grep -E '.{81}')" ""
done

done_testing
