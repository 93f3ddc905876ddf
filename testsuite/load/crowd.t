#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two hundred logins of two users at once: none fails, and each is who it was.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/load/lib.sh"
realm_start
smbd_start
count=200

# ---- Logins --------------------------------------------------------------

mkdir "$client_dir/crowd"
users=(alice bob)
start=$EPOCHREALTIME
for ((i = 0; i < count; i++)); do
    smb -U "${users[i % 2]}%$pw" //nas/share -c pwd \
        >"$client_dir/crowd/$i" 2>&1 &
    pids[i]=$!
done
failed=
for ((i = 0; i < count; i++)); do
    wait "${pids[i]}" || failed+=$(cat "$client_dir/crowd/$i")
done
diag "$count logins at once took $(since "$start") s"
is "no login failed" "$failed" ""
for user in "${users[@]}"; do
    is "the server recorded those of $user" "$(grep -c \
        "Successful AuthZ: \[SMB2,IAKERB\] user \[[A-Z]*\]\\\\\[$user\]" \
        "$server_log")" $((count / 2))
done

# ---- All at the KDC at the same moment -----------------------------------

# More than in a backlog of the usual length.
queued()
{
    [ "$(kdc_sockets 02)" -gt 128 ]
}

strangers_start crowd
strangers crowd connect "$count"
kill -STOP "$kdc_pid"
strangers crowd send new 0
start=$EPOCHREALTIME
ok "more than 128 messages wait for the KDC" wait_for 4 queued
kill -CONT "$kdc_pid"
strangers crowd answers
is "all are answered" "$answer" "$more_processing $count"
diag "after $(since "$start") s"
is "and none by the server itself" \
    "$(grep -c "the server's KDC did not answer" "$server_log")" 0
is "nor did the KDC drop a connection" \
    "$(grep -c "too many connections" "$kdc_log")" 0
strangers_stop crowd

done_testing
