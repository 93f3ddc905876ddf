#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts, as shellcheck sees them.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
. "$testsuite/tap.sh"
cd "$testsuite/.." || exit

# scripts: what is written for a shell.
scripts()
{
    find bootstrap testsuite localkdc .ci -type f ! -path '*/build/*' \
        ! -path '*/corpus/*' ! -path '*/found/*' |
        while read -r file; do
            case $file in
            *.sh) echo "$file" ;;
            *) head -c 60 "$file" | head -n 1 |
                grep -aqE '^#!.*[ /](ba)?sh$' && echo "$file" ;;
            esac
        done | sort
}

mapfile -t files < <(scripts)
ok "there are scripts" test "${#files[@]}" -gt 100
# What one file sets and another one uses is not seen from either, set -e in a
# sourced one among it; and a command that prints several words is one to it.
is "shellcheck" "$(printf '%s\n' "${files[@]}" |
    xargs -P "$(nproc)" -n 10 shellcheck --shell=bash --severity=warning \
        --exclude=SC1091,SC2034,SC2154,SC2164,SC2183 \
        --format=gcc)" ""
# shellcheck disable=SC2016  # for the inner shell
like "it would" "$(echo 'rm -rf "$dir"/*' | shellcheck --shell=bash \
    --severity=warning --format=gcc -)" "SC2115"

done_testing
