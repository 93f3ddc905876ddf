#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A KDC that hangs holds up those who log in, for as long as it may, and nothing
# else: not what comes on their connections, and no other client.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/load/lib.sh"
realm_start
smbd_start

no_answer="IAKERB login from ipv4:$client_ip:[0-9]+ refused: the server's KDC \
did not answer"

# This KDC closes no connection, so these are all that there ever were.
asked()
{
    [ "$(kdc_sockets 03)" -eq "$1" ]
}

# ---- Another client ------------------------------------------------------

said()
{
    [ "$(wc -l <"$client_dir/steady")" -ge "$1" ]
}

# figures FROM TO: how often the client did its work in these seconds, and the
# longest it took.
figures()
{
    awk -v from="$1" -v to="$2" 'NR >= from && NR <= to {
            count += $1
            if ($2 > longest)
                longest = $2
        }
        END { print count, longest }' "$client_dir/steady"
}

spawn "${client[@]}" "$top/build/load/steady" smb://nas/share/steady alice \
    "$pw" >"$client_dir/steady" 2>&1
steady=$!
ok "a client is at work" wait_for 20 said 4

kdc_stop
kdc_start_silent
strangers_start many
strangers many connect 20
now=$(wc -l <"$client_dir/steady")
start=$EPOCHREALTIME
strangers many send new 0
ok "20 logins wait for the KDC" wait_for 4 asked 20
ok "the client goes on with its work" wait_for 4 said $((now + 3))
is "and they still wait" \
    "$(grep -cE "$no_answer" "$server_log")" 0
read -r count_before longest_before <<<"$(figures 2 4)"
read -r count longest <<<"$(figures $((now + 1)) $((now + 3)))"
diag "after $(since "$start") s; in 3 seconds before: $count_before" \
    "operations, the longest $longest_before ms; meanwhile: $count, $longest ms;" \
    "ratio $(awk "BEGIN { printf \"%.2f\", $count / $count_before }")"
ok "the client was not held up for half of what they wait" \
    [ "$longest" -le 2500 ]
strangers many answers
is "all 20 have an answer" "$answer" "$more_processing 20"
at_most "in time" 8 "$start"
is "which the server's log has" "$(grep -cE "$no_answer" "$server_log")" 20
strangers_stop many
stop "$steady"
kdc_stop

# ---- The same connection -------------------------------------------------

kdc_start
idle=$(smbd_count)
strangers_start one
strangers one connect 1
strangers_log_in one
is "on a connection alice is logged in" "$answer" "$connected 1"
kdc_stop
kdc_start_silent
strangers one send new 0
ok "another login on it waits for the KDC" wait_for 4 asked 1
start=$EPOCHREALTIME
strangers one echo
strangers one answers
is "what else comes on the connection is answered first" "$answer" \
    "$echo_done 1"
strangers one answers
is "then the login has its answer" "$answer" "$more_processing 1"
diag "after $(since "$start") s"
at_most "in time" 8 "$start"

strangers one send new 0
wait_for 4 asked 2
strangers_stop one
ok "a connection that ends meanwhile ends its process" \
    wait_for 10 smbds "$idle"
unlike "in good order" "$(cat "$server_log")" \
    "PANIC|INTERNAL ERROR|dumping core"

kdc_stop
kdc_start
logs_in "with the KDC back" alice smb -U "alice%$pw" //nas/share -c pwd

done_testing
