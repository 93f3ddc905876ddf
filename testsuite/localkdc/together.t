#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# remove beside setup, refresh and status: each finds a whole realm or none,
# and nobody hears of files that went meanwhile.  And nobody waits for somebody
# who does not answer, or does not read.

. "$(dirname "$0")/common.sh"

rounds=25

# together WHAT ALLOWED COMMAND...: run the commands, each one word or more, at
# once, each of these many times.  All that they may complain about is ALLOWED.
together()
{
    local what=$1 allowed=$2 command i pids=()
    shift 2

    for command in "$@"; do
        for ((i = 0; i < rounds; i++)); do
            # shellcheck disable=SC2086  # words
            lk $command || echo "$command: exit status $?"
        done >"$scratch/out.${#pids[@]}" 2>&1 &
        pids+=("$!")
    done
    wait "${pids[@]}"
    complaints=$(cat "$scratch"/out.* | grep '^localkdc: ' |
        grep -Ev "$allowed" | sort | uniq -c)
    complaints+=$(cat "$scratch"/out.* | grep 'exit status' |
        grep -Ev ': exit status 1$|^status .*: exit status 3$')
    is "$what: no complaint but that there is no realm" "$complaints" ""
    removed=$(cat "$scratch"/out.* | grep -c ': removed\.$')
    ok "$what: $removed were removed" test "$removed" -ge 2
    rm "$scratch"/out.*
}

no_realm="this machine has no local realm"
machine nas
empty=$(snapshot)
together "setup, remove" "$no_realm" setup "remove --yes" setup "remove --yes"
together "setup, refresh, status, remove" "$no_realm" setup refresh \
    "status --json" "remove --yes" "remove --yes"

ok "a setup after all of that" lk setup
ok "and a remove" lk remove --yes
is "which leaves what was there before" "$(snapshot)" "$empty"

# ---- Somebody who does not answer, or does not read ----------------------

lk setup >/dev/null
mkfifo "$scratch/keys" "$scratch/pager"
exec {keys}<>"$scratch/keys" {pager}<>"$scratch/pager"
script -qfec "localkdc --root $root remove" /dev/null \
    <"$scratch/keys" >"$scratch/asked" 2>&1 &
asking=$!
wait_for 10 grep -q "realm's name: " "$scratch/asked"
ok "remove asks, and others work" timeout 5 localkdc --root "$root" user list
echo NAS >&"$keys"
wait "$asking"
is "an answer" "$?" 0
refused "and the realm has gone" 1 "$no_realm" lk user list

lk setup >/dev/null
names=()
for i in {1..300}; do
    names+=(--name "host$i.example.org")
done
# No more than this fits into a pipe.
head -c 65536 /dev/zero >&"$pager"
localkdc --root "$root" setup --dry-run "${names[@]}" >"$scratch/pager" &
writing=$!
waits_for_reader()
{
    grep -q pipe "/proc/$writing/wchan"
}
ok "setup's reader does not read" wait_for 10 waits_for_reader
ok "and others work" timeout 5 localkdc --root "$root" user list
timeout 5 head -c 65536 <&"$pager" >/dev/null
wait "$writing"
is "setup ends when it has been read" "$?" 0
ok "remove" lk remove --yes

mkdir -p "$root/var/lib"
ln -s nowhere "$root/var/lib/localkdc"
refused "a symbolic link to nothing in the folder's place" 1 \
    "var/lib/localkdc: File exists" timeout 5 localkdc --root "$root" setup

done_testing
