#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# Each target plays the seed corpus and what was once found, and is then fuzzed
# for FUZZ_SECONDS.  What it finds is left in build/fuzz/found; once the cause
# is gone, it goes to the folder found here.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"
. "$top/testsuite/tap.sh"

targets=(token guard acceptor initiator acquire smb description varlink
    identity)
if [ "${CI-}" = true ]; then seconds=60; else seconds=10; fi
seconds=${FUZZ_SECONDS:-$seconds}
build=$top/build/fuzz
found=$build/found
trap 'kill $(jobs -p) 2>/dev/null' EXIT

# fuzz TARGET: for a while, beginning with its corpus.  Leaks are looked for
# at the end: krb5 has known ones, and looking after each input takes most of
# the time.
fuzz()
{
    local work=$build/new/$1 kept

    mapfile -t kept < <(find "$here"/{corpus,found}/"$1" -type d 2>/dev/null)
    rm -rf "$work"
    mkdir -p "$work" "$found"
    exec "$build/fuzz_$1" -max_total_time="$seconds" -detect_leaks=0 \
        -timeout=10 -rss_limit_mb=1024 -max_len=16384 \
        -artifact_prefix="$found/$1-" -print_final_stats=1 \
        "$work" "${kept[@]}" >"$build/$1.log" 2>&1
}

# replayed TARGET: all that is kept is played.
replayed()
{
    local kept

    mapfile -t kept < <(find "$here"/{corpus,found}/"$1" -type f 2>/dev/null)
    [ ${#kept[@]} -gt 0 ] && "$build/fuzz_$1" "${kept[@]}"
}

ok "the targets compile" make -s -C "$here" B="$build"
for target in "${targets[@]}"; do
    ok "$target: what is kept" replayed "$target"
done

for ((i = 0; i < ${#targets[@]}; i += 2)); do
    pids=()
    for target in "${targets[@]:i:2}"; do
        fuzz "$target" &
        pids+=("$!")
    done
    for target in "${targets[@]:i:2}"; do
        if wait "${pids[0]}"; then
            pass "$target: fuzzed for $seconds s, $(grep -oE \
                'Done [0-9]+ runs' "$build/$target.log")"
        else
            fail "$target: fuzzed for $seconds s" "$(
                grep -E 'Test unit written to|ERROR|SUMMARY|runtime error' \
                    "$build/$target.log" || tail -n 20 "$build/$target.log")"
        fi
        pids=("${pids[@]:1}")
    done
done
done_testing
