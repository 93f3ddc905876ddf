#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed's cable: a server that is far away, one that is cut off, and one
# that is near again.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

# login: with a password.
login()
{
    smb -U "alice@NAS%$pw" //nas/share -c pwd
}

# milliseconds WHAT: what a login takes.
milliseconds()
{
    local start=$EPOCHREALTIME

    logs_in "$1" alice login
    took=$(awk "BEGIN { print int(1000 * ($EPOCHREALTIME - $start)) }")
    diag "$1: $took ms"
}

milliseconds "near"
near=$took
host_slow nas 50
milliseconds "50 ms away"
# Connecting, negotiation, five legs and more at a round trip of 100 ms; and a
# relay that held everything one after the other would take longer than this.
ok "it is far away" test "$((took - near))" -ge 700
ok "but not farther than it is" test "$((took - near))" -le 3000
host_near nas

host_cut nas
start=$EPOCHREALTIME
ok "cut off: nobody logs in" bash -c '! "$@" 2>&1' - \
    timeout 5 "${client[@]}" smbclient --use-kerberos=required \
    -U "alice@NAS%$pw" //nas/share -c pwd
host_joined nas
logs_in "joined again" alice login
unlike "and not through the relay" "$(<"$client_dir/hosts")" "^${server_ip%.*}\.13[0-9] "
done_testing
