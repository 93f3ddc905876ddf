#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The pages: each link leads somewhere, each page can be reached, each test that
# is named exists.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
. "$testsuite/tap.sh"
cd "$testsuite/.." || exit
pages=(README.md docs/*.md)

# anchors PAGE: what its headings can be linked by.
anchors()
{
    sed '/^```/,/^```/d' "$1" | sed -nE 's/^#+ //p' |
        tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# leads PAGE LINK
leads()
{
    local file=${2%%#*} anchor=

    case $2 in *"#"*) anchor=${2#*#} ;; esac
    file=${file:+$(dirname "$1")/$file}
    [ -e "${file:=$1}" ] &&
        { [ -z "$anchor" ] || anchors "$file" | grep -qx -- "$anchor"; }
}

for page in "${pages[@]}"; do
    nowhere=$(grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//' |
        grep -v '^https*://' | while read -r link; do
            leads "$page" "$link" || echo "$link"
        done)
    is "$page: its links lead somewhere" "$nowhere" ""
    missing=$(grep -oE '\b[a-z]+/[a-z_]+\.(t|c|sh)\b' "$page" | sort -u |
        while read -r file; do
            [ -e "$file" ] || [ -e "testsuite/$file" ] ||
                grep -q "^+++ b/.*/$file" samba-patches/*/*.patch ||
                echo "$file"
        done)
    is "$page: what it names is there" "$missing" ""
    linked=$(cat README.md docs/*.md | grep -oE '\]\((docs/)?[a-z-]+\.md' |
        sed 's/.*[(/]//' | sort -u)
    [ "$page" = README.md ] || like "$page: something leads to it" \
        "$linked" "^$(basename "$page")$"
done

is "the README has the groups of the suite" \
    "$(sed -n '/^`make test` runs/,/^$/p' README.md | grep -oE '`[a-z]+`' |
        tr -d '`' | sort | paste -sd ' ')" \
    "$(sed -n 's/^all=(\(.*\))$/\1/p' testsuite/run | tr ' ' '\n' | sort |
        paste -sd ' ')"
is "no line is longer than 120 columns, but of tables and links" \
    "$(sed '/^```/,/^```/d' "${pages[@]}" | grep -vE '^\||\]\(' |
        LC_ALL=C.UTF-8 grep -E '^.{121}')" ""

done_testing
