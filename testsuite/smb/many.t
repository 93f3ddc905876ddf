#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fifty logins of two users at once: none fails, and each is who it was.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

count=50
mkdir "$client_dir/many"
users=(alice bob)
for ((i = 0; i < count; i++)); do
    smb -U "${users[i % 2]}%$pw" //nas/share -c pwd \
        >"$client_dir/many/$i" 2>&1 &
    pids[i]=$!
done
failed=
for ((i = 0; i < count; i++)); do
    wait "${pids[i]}" || failed+=$(cat "$client_dir/many/$i")
done
is "no login failed" "$failed" ""
for user in "${users[@]}"; do
    is "the server recorded those of $user" "$(grep -c \
        "Successful AuthZ: \[SMB2,IAKERB\] user \[[A-Z]*\]\\\\\[$user\]" \
        "$server_log")" $((count / 2))
done

done_testing
