#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# docs/troubleshooting.md has the messages that the sources have, each of them
# and no others; and each test that it names brings the message about.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"
cd "$top" || exit
page=docs/troubleshooting.md

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# cells: a row of the page's tables a line: its messages, its tests, and the
# heading above it.
cells()
{
    awk -F ' [|] ' -v OFS='\t' '
        /^## / { section = substr($0, 4) }
        /^[|] message/ { inside = 1; next }
        !/^[|]/ { inside = 0 }
        inside && /`/ {
            sub(/ *[|]$/, "", $4)
            messages = substr($1, 4, length($1) - 4)
            gsub(/`<br>`/, "<br>", messages)
            print messages, $4, section
        }' "$page"
}

cells >"$dir/cells"
cut -f 1 "$dir/cells" | sed 's/<br>/\n/g' | sort -u >"$dir/page"
testsuite/docs/messages | sort -u >"$dir/sources"

ok "the sources have messages" test "$(wc -l <"$dir/sources")" -gt 200
is "each message of the sources is in the page" \
    "$(comm -13 "$dir/page" "$dir/sources")" ""
is "each message of the page is in the sources" \
    "$(comm -23 "$dir/page" "$dir/sources")" ""
for part in libiakerb iakerb-kinit cifs-upcall localkdc samba; do
    ok "there are messages of $part" \
        test "$(testsuite/docs/messages "$part" | wc -l)" -gt 8
done

# Each status that a login can end with is one that a test sees.
for status in $(grep -oE '^[|] `NT_STATUS_[A-Z_]+' "$page" | tr -d '|` '); do
    ok "$status is tested" grep -qrw "$status" testsuite/smb \
        docs/administration.md
done

testsuite/docs/named "$dir/cells" >"$dir/named"
while IFS=$'\t' read -r answer test message; do
    is "testsuite/$test looks for: $message" "$answer" yes
done <"$dir/named"
ok "tests are named" test "$(wc -l <"$dir/named")" -gt 50

done_testing
