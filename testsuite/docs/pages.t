#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The pages: each command in a block is run, here or by a test that says so;
# each smb.conf is one; each bound is the code's.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"
cd "$top" || exit
: "${SAMBA_PREFIX:=$("$top/bootstrap/samba")}"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
pages=(README.md docs/*.md)

# block AT: the text of the block that begins there.
block()
{
    sed -n "$((${1##*:} + 1)),/^\`\`\`\$/p" "${1%:*}" | sed '$d'
}

# ---- Blocks --------------------------------------------------------------

# runs FILE AT: what is no comment in FILE names the block's page, or has all of
# its lines.
runs()
{
    local line code

    [ -f "$1" ] || return
    code=$(grep -vE '^[[:space:]]*#' "$1")
    grep -qF "$(basename "${2%:*}")" <<<"$code" ||
        while read -r line; do
            [ -z "$line" ] || grep -qF -- "$line" <<<"$code" || return
        done < <(block "$2")
}

run_here=$(sed -n '/^pages=/,/^done/p' testsuite/docs/commands.t)
ok "the blocks can be read" testsuite/docs/blocks list "${pages[@]}"
echo "$output" >"$dir/blocks"
while IFS=$'\t' read -r at language who; do
    page=$(basename "${at%:*}" .md)
    case $language-$who in
    *"-run by "*)
        for test in ${who#run by }; do
            ok "$at is run by $test" runs "${test%,}" "$at"
        done
        ;;
    *"-not run: "*)
        like "$at may be left out" "$(block "$at" | paste -sd ' ')" \
            "^(make (selftest|bench)|SAMBA_TARBALL=.* make test TESTS=smb|\
make demo SAMBA=4\\.24 make test SAMBA=4\\.24 TESTS=smb)$"
        ;;
    sh-*)
        like "$at is run by testsuite/docs/commands.t" "$run_here" \
            "\\b$page\\b"
        ;;
    ini-*)
        { grep -q '^\[' <<<"$(block "$at")" || echo '[global]'; block "$at"; } \
            >"$dir/smb.conf"
        "$SAMBA_PREFIX/bin/testparm" -s "$dir/smb.conf" >"$dir/said" 2>&1
        ok "$at is read by testparm" grep -q "^Loaded services" "$dir/said"
        unlike "$at has nothing unknown in it" "$(<"$dir/said")" \
            "(Unknown|Ignoring|ERROR: )"
        ;;
    text-*)
        # With or without an assignment before it.
        unlike "$at has no commands" \
            "$(block "$at" | sed -E 's/^([A-Z0-9_]+=[^ ]* +)+//')" \
            "^(\\$|localkdc|iakerb-kinit|smbclient|make|bootstrap/run) "
        ;;
    *)
        fail "$at: it is $language, and nobody runs it"
        ;;
    esac
done <"$dir/blocks"
# Which is one round of what the Makefile starts.
for file in Makefile testsuite/bench/bench.t; do
    ok "$file runs the bench" grep -qE \
        '^[^#]*testsuite"?/bench/bench"? (1 |\$\(ROUNDS\))' $file
done
ok "there are blocks" test "$(grep -c "	sh	" "$dir/blocks")" -gt 20

# ---- Numbers -------------------------------------------------------------

# The bounds in docs/security.md, and where they come from.
while IFS='|' read -r text file line; do
    like "docs/security.md: $text" "$(<docs/security.md)" "$text"
    # shellcheck disable=SC2086  # a pattern
    ok "and $file: $line" grep -qE "^\+?$line" $file
done <<'BOUNDS'
16 KiB . `IAKERB_MAX_TOKEN`|samba-patches/4.22/*.patch|#define IAKERB_MAX_TOKEN 16384$
64 KiB, 20 tokens, 60 seconds|libiakerb/limit.c|#define TOKENS 4$
64 KiB, 20 tokens, 60 seconds|libiakerb/limit.c|#define DEFAULT_LEGS 20$
64 KiB, 20 tokens, 60 seconds|libiakerb/limit.c|#define DEFAULT_SECONDS 60$
64 KiB a token|libiakerb/limit.c|#define DEFAULT_TOKEN_BYTES 65536$
32 . `IAKERB_MAX_PENDING`|samba-patches/4.22/*.patch|#define IAKERB_MAX_PENDING 32$
5 seconds . `IAKERB_KDC_TIMEOUT`|samba-patches/4.22/*.patch|#define IAKERB_KDC_TIMEOUT 5$
16 tasks|localkdc/localkdc.service.in|TasksMax=16$
256 MiB|localkdc/localkdc.service.in|MemoryMax=256M$
1024 connections waiting|localkdc/localkdc.socket.in|Backlog=1024$
BOUNDS

done_testing
