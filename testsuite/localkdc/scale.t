#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A thousand users: how long adding, listing and logging in take.

. "$(dirname "$0")/common.sh"
machine nas
lk setup >/dev/null || give_up "setup failed"
kdc_start

# logins USER: the seconds of ten logins, the least of three times, because
# something else may be at work.
logins()
{
    local start

    for _ in {1..3}; do
        start=$EPOCHREALTIME
        for _ in {1..10}; do
            login "$1" "correct horse" >/dev/null || return 1
        done
        since "$start"
        echo
    done >"$root/logins"
    sort -n "$root/logins" | head -n 1
}

user_add alice "correct horse" >/dev/null
one=$(logins alice) || fail "a login with one user" "it failed"

# Most of them have a random key, because making one from a password is what
# takes long.
for i in {1..999}; do
    echo "user$i:x:$((2000 + i)):100::/:/bin/false"
done >>"$root/etc/passwd"
printf 'addprinc -randkey -policy users +requires_preauth -allow_svr user%d\n' \
    {1..979} | env -u LD_PRELOAD KRB5_CONFIG=/dev/null \
    KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" kadmin.local >/dev/null
start=$EPOCHREALTIME
for i in {980..999}; do
    user_add "user$i" "correct horse" >/dev/null
done
diag "the last 20 users added in $(since "$start") s"

start=$EPOCHREALTIME
ok "list" lk user list --json
at_most "in less than two seconds" 2 "$start"
diag "1000 users listed in $(since "$start") s"
is "has all of them" "$(jq length <<<"$output")" 1000

thousand=$(logins user999) || fail "a login with 1000 users" "it failed"
diag "10 logins took $one s with one user, $thousand s with 1000"
ok "a login takes at most twice as long" \
    awk "BEGIN { exit !($thousand <= 2 * $one + 0.2) }"
ok "status" bash -c "localkdc --root $root status | grep '^ok *users'"
like "counts them" "$output" "1000, of which 0 locked"

done_testing
