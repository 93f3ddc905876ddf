#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A KDC that does not answer: the server gives up in time, says so, and serves
# those who are logged in meanwhile.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

to="IAKERB login to cifs/nas failed: the server's KDC did not answer"
from="IAKERB login from ipv4:$client_ip:[0-9]+ refused: the server's KDC did \
not answer"

login()
{
    smb -U "alice%$pw" //nas/share -c pwd
}

hold -U "alice%$pw" //nas/share
echo "put /etc/hosts before" >&"$held"
ok "a client is logged in" wait_for 10 test -e "$server_dir/share/before"

# The server waits for 5 seconds at most; the rest is for a slow machine.
{ kill -KILL "$kdc_pid" && wait "$kdc_pid"; } 2>/dev/null
start=$EPOCHREALTIME
login_refused "a KDC that died" NT_STATUS_NO_LOGON_SERVERS "$to" "$from" login
at_most "a KDC that died: in time" 8 "$start"

kdc_start_silent
start=$EPOCHREALTIME
login >/dev/null 2>&1 &
waiting=$!
ok "a login waits for the KDC" wait_for 5 unix_socket 03 "$kdc_socket"
echo "put /etc/hosts meanwhile" >&"$held"
ok "the client that was logged in works" \
    wait_for 2 test -e "$server_dir/share/meanwhile"
ok "while the login still waits" kill -0 "$waiting"
login_refused "a silent KDC" NT_STATUS_NO_LOGON_SERVERS "$to" "$from" login
at_most "a silent KDC: in time" 8 "$start"
wait "$waiting"
is "and the login that waited is refused too" "$?" 1

kdc_stop
kdc_start
logs_in "with the KDC back" alice login

# Then the server does not even offer IAKERB.
kdc_stop
rm -f "$kdc_socket"
login_refused "no KDC's socket" NT_STATUS_INVALID_PARAMETER \
    "IAKERB login to cifs/nas: the server did not take it up" \
    - login

done_testing
