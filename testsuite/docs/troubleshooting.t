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

# rows: each message of the page, and after a tab the tests of its row.
rows()
{
    awk -F ' [|] ' '
        /^[|] message/ { inside = 1; next }
        !/^[|]/ { inside = 0 }
        inside && /`/ {
            sub(/ [|]$/, "", $4)
            count = split(substr($1, 3), cell, "<br>")
            for (i = 1; i <= count; i++)
                print substr(cell[i], 2, length(cell[i]) - 2) "\t" $4
        }' "$page"
}

rows >"$dir/rows"
cut -f 1 "$dir/rows" | sort -u >"$dir/page"
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

# flat FILE: what a test looks for, without the marks of C, shell and regular
# expressions, on one line.
flat()
{
    perl -0777 -pe 's/"\s*\n\s*"//g; s/\\\n//g; s/\\(.)/$1/g; s/\s+/ /g' "$1"
}

# fixed MESSAGE: the longest part that does not vary, or its beginning.
fixed()
{
    perl -e 'my ($text) = sort { length $b <=> length $a }
        split /\.\.\./, shift;
        $text =~ s/^ //; $text = substr $text, 0, 28; $text =~ s/ $//;
        print $text' -- "$1"
}

# Each status that a login can end with is one that a test sees.
for status in $(grep -oE '^[|] `NT_STATUS_[A-Z_]+' "$page" | tr -d '|` '); do
    ok "$status is tested" grep -qrw "$status" testsuite/smb \
        docs/administration.md
done

named=0
cut -f 2 "$dir/rows" | tr ',' '\n' | tr -d ' ' | sort -u | grep . >"$dir/tests"
while read -r test; do
    [ -f "testsuite/$test" ] && flat "testsuite/$test" >"$dir/flat" ||
        : >"$dir/flat"
    found=
    while IFS=$'\t' read -r message tests; do
        case ", $tests," in
        *", $test,"*) ;;
        *) continue ;;
        esac
        # A row has several messages, and several tests for them.
        ! grep -qF -- "$(fixed "$message")" "$dir/flat" || found=yes
    done <"$dir/rows"
    is "testsuite/$test brings about what it is named for" "$found" yes
    named=$((named + 1))
done <"$dir/tests"
ok "tests are named" test "$named" -gt 10

done_testing
