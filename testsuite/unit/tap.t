#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testsuite/tap.sh, where numbers have a comma.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
. "$testsuite/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
localedef -i de_DE -f UTF-8 "$dir/de_DE.UTF-8" >/dev/null 2>&1
# in_german COMMANDS: with tap.sh, or with nothing.
in_german()
{
    LOCPATH=$dir LC_ALL=de_DE.UTF-8 bash -c "$1" bash "$testsuite/tap.sh" 2>&1
}

# shellcheck disable=SC2016  # for the inner shell
{
    like "there is such a locale" "$(in_german 'echo "$EPOCHREALTIME"')" \
        '^[0-9]+,[0-9]+$'
    is "what is quick enough" \
        "$(in_german '. "$1"; at_most quick 60 "$EPOCHREALTIME"')" \
        "ok 1 - quick"
    like "what is not" "$(in_german '. "$1"
        at_most slow 60 "$(($(date +%s) - 70)).0"' 2>&1)" \
        '^# it took 7[0-9]\.[0-9]+ s, and not at most 60 s$'
}

# ---- What cannot run -----------------------------------------------------

# said CI COMMANDS: what they print after tap.sh where CI is so, and the status.
said()
{
    CI=$1 UNAVAILABLE=$dir/unavailable \
        bash -c '. "$0"; eval "$1"' "$testsuite/tap.sh" "$2" 2>&1
    echo "status $?"
}

is "a test that is skipped" "$(said '' 'skip tea "no pot"; done_testing')" \
    "ok 1 - tea # SKIP no pot
1..1
status 0"
is "fails where CI=true" "$(said true 'skip tea "no pot"; done_testing')" \
    "not ok 1 - tea
# this cannot run here: no pot
1..1
status 1"
is "so does a file of tests: skipped" "$(said '' 'skip_all "no pot"')" \
    "1..0 # SKIP no pot
status 0"
is "fails" "$(said true 'skip_all "no pot"')" \
    "# this cannot run here: no pot
status 255"
is "what a mirror did not have is skipped there too" \
    "$(said true 'unavailable "no leaves"')" "1..0 # SKIP no leaves
status 0"
is "and noted" "$(<"$dir/unavailable")" "no leaves"

done_testing
