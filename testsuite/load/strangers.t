#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What those cost who begin logins and never end them: memory, files and time.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/load/lib.sh"
realm_start
smbd_start
kdc_files=$(open_files "$kdc_pid")

minute_over()
{
    awk "BEGIN { exit !($EPOCHREALTIME - $began > 61) }"
}

failed="IAKERB login from ipv4:$client_ip:[0-9]+ failed: the"
refused="IAKERB login from ipv4:$client_ip:[0-9]+ refused: there are 32 logins \
on the connection that are not done"

# ---- Many logins on one connection ---------------------------------------

strangers_start one
strangers one connect 1
strangers_log_in one
is "on a connection alice is logged in" "$answer" "$connected 1"
smbd=$(newest_smbd)
began=$EPOCHREALTIME
before=$(memory "$smbd")
for ((i = 0; i < 32; i++)); do
    strangers one leg new 15000
    for _ in 2 3 4; do
        strangers one leg same 15000
    done
    [ "$answer" = "$more_processing 1" ] || break
    [ "$i" -gt 0 ] || files=$(open_files "$smbd")
done
is "it may have 32 logins that are not done" "$i" 32
each=$((($(memory "$smbd") - before) / 32))
diag "$each KiB of memory for a login with all the bytes that it may have"
ok "a login has at most 512 KiB" [ "$each" -le 512 ]
is "no login after the first keeps a file open" "$(open_files "$smbd")" \
    "$files"

size=$(stat -c %s "$server_log")
strangers one leg new 0
is "the 33rd is refused: NT_STATUS_INVALID_PARAMETER" "$answer" \
    "$invalid_parameter 1"
like "and the server's log says why" "$(server_log_since "$size")" "$refused"

# ---- A client that takes its time ----------------------------------------

# Nothing is passed on when less is left of the minute than the 5 seconds that
# the KDC may take, so the leg after 57 seconds is refused.
strangers_start slow
strangers slow connect 1
slow_legs()
{
    local i start=$SECONDS

    strangers slow leg new 0
    echo "$answer"
    for ((i = 1; i <= 8; i++)); do
        sleep $((7 * i + 1 - (SECONDS - start)))
        strangers slow leg same 0
        echo "$answer"
    done
}
slow_legs >"$client_dir/slow" &
slow=$!

# ---- Many connections ----------------------------------------------------

idle=$(smbd_count)
strangers_start silent
strangers silent connect 20
strangers silent leg new 0
strangers_start crowd
strangers crowd connect "$connections"
before=$(all_memory)
strangers crowd leg new 0
is "$connections connections have begun a login" "$answer" \
    "$more_processing $connections"
each=$((($(all_memory) - before) / connections))
diag "$((before / connections)) KiB for a connection, $each KiB more for its" \
    "login"
ok "a login on a connection of its own has at most 256 KiB" [ "$each" -le 256 ]
logs_in "among $connections that are silent" alice \
    smb -U "alice%$pw" //nas/share -c pwd
is "no connection to the KDC is left" "$(open_files "$kdc_pid")" "$kdc_files"
strangers_stop crowd

# ---- Logins one after the other ------------------------------------------

strangers_start again
strangers again connect 1
smbd=$(newest_smbd)
size=$(stat -c %s "$server_log")
for ((i = 0; i < 20; i++)); do
    strangers again leg "$([ "$i" -gt 0 ] && echo same || echo new)" 0
    [ "$answer" = "$more_processing 1" ] || break
done
is "a login may have 20 legs" "$i" 20
strangers again leg same 0
is "the 21st ends it: NT_STATUS_LOGON_FAILURE" "$answer" "$logon_failure 1"
like "and the server's log says why" "$(server_log_since "$size")" \
    "$failed peer has sent more tokens than the limit of 20\$"

# cut_off COUNT: so many logins, each until the server cuts it off, because the
# fifth token has more bytes than are left.
cut_off()
{
    local i

    for ((i = 0; i < $1; i++)); do
        strangers again leg new 15000
        for _ in 2 3 4 5; do
            strangers again leg same 15000
        done
        [ "$answer" = "$logon_failure 1" ] || return 1
    done
}
size=$(stat -c %s "$server_log")
ok "20 logins after each other are cut off" cut_off 20
like "and the server's log says why" "$(server_log_since "$size")" \
    "$failed peer has sent more than the limit of 65536 bytes\$"
before=$(memory "$smbd")
ok "500 more" cut_off 500
grown=$(($(memory "$smbd") - before))
diag "$grown KiB more of memory after 500 logins that were cut off"
ok "nothing of them is kept" [ "$grown" -le 256 ]
strangers_stop again

# ---- After a minute ------------------------------------------------------

wait "$slow"
is "a login may take 55 seconds" \
    "$(sort "$client_dir/slow" | uniq -c | xargs)" \
    "8 $more_processing 1 1 $logon_failure 1"
like "and the server's log says why" "$(grep failed "$server_log")" \
    "$failed login has taken 5[5-9] seconds, too many for the limit of 60\$"
strangers slow answers
is "a minute is also all that a connection has that comes to no share" \
    "$answer" "closed 1"
strangers silent answers
is "and the server ends those that were silent" "$answer" "closed 20"
ok "with their processes" wait_for 60 smbds "$idle"

wait_for 61 minute_over
strangers one leg new 0
is "the connection with 32 logins may have new ones" "$answer" \
    "$more_processing 1"
strangers one leg same 0
is "and go on with them" "$answer" "$more_processing 1"

done_testing
