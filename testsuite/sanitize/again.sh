# SPDX-License-Identifier: GPL-3.0-or-later
# Groups of tests once more, with what they test built with AddressSanitizer
# and UndefinedBehaviorSanitizer, for bash.  Sourced.

testsuite=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
top=$(dirname "$testsuite")
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"
. "$testsuite/tap.sh"

flags="-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined"
flags+=" -fno-sanitize-recover=undefined"

# sanitized FILE...: these programs and libraries are.
sanitized()
{
    local file

    for file; do
        ok "${file##*/} is sanitized" eval \
            '{ nm "$file"; nm -D "$file"; } | grep " __asan_init$"'
    done
}

# again GROUP TEST...: run these tests of a group.
again()
{
    local group=$1 log=$top/build/log/sanitize-$1 test why
    shift

    mkdir -p "$log"
    for test; do
        if LOG_PREFIX=sanitize- "$testsuite/$group/$test.t" \
                >"$log/$test" 2>&1 &&
                grep -qE '^(ok |1\.\.0 # SKIP )' "$log/$test"; then
            why=$(sed -n 's/^1\.\.0 # SKIP / # SKIP /p' "$log/$test")
            pass "$group/$test, $(grep -c '^ok ' "$log/$test") tests$why"
        else
            fail "$group/$test; its output is in $log/$test" \
                "$(grep -v '^ok ' "$log/$test" | tail -n 40)"
        fi
    done
}

# tests_of GROUP: their names.
tests_of()
{
    local test

    for test in "$testsuite/$1"/*.t; do
        basename "$test" .t
    done
}
