#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts, as shellcheck sees them.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
. "$testsuite/tap.sh"
. "$testsuite/lint/sources.sh"
cd "$testsuite/.." || exit

# scripts: what is written for a shell.
scripts()
{
    find bootstrap packaging testsuite localkdc .ci -type f ! -path '*/build/*' \
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

# complaints FILE...: shellcheck's, where it follows what each sources and says
# of that too what is wrong there; but what a library sets, and the arguments
# that it takes, are not for each.  It takes a second a file, so what was clean is
# not looked at again until it, or a library of its, is another one.
complaints()
{
    local file found clean options=(--shell=bash --severity=warning
        --format=gcc --external-sources --check-sourced --source-path=SCRIPTDIR
        --source-path=testsuite --source-path=bootstrap)

    for file; do
        clean=$stamps/$({
            shellcheck --version
            echo "${options[*]}"
            # shellcheck disable=SC2046  # words
            sha256sum $(sources "$file" | sort -u)
        } | sha256sum | cut -c 1-32)
        [ ! -e "$clean" ] || continue
        found=$(shellcheck "${options[@]}" "$file" |
            grep -vE '^[^:]*\.sh:.* \[(SC2034|SC2120)\]$')
        [ -z "$found" ] && : >"$clean" || echo "$found"
    done
}

stamps=${IAKERB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iakerb}/lint
mkdir -p "$stamps"
export -f complaints sources
export stamps
is "shellcheck" "$(printf '%s\n' "${files[@]}" | grep -v '\.sh$' |
    xargs -P "$(nproc)" -n 4 bash -c 'complaints "$@"' - | sort -u)" ""
is "and what nothing sources" "$(printf '%s\n' "${files[@]}" |
    grep '\.sh$' | xargs -P "$(nproc)" -n 10 shellcheck --shell=bash \
        --severity=warning --exclude=SC2034,SC2154 --format=gcc)" ""
# shellcheck disable=SC2016  # for the inner shell
like "it would" "$(echo 'rm -rf "$dir"/*' | shellcheck --shell=bash \
    --severity=warning --format=gcc -)" "SC2115"

done_testing
