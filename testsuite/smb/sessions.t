#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A second user on the same connection, with smbclient's "logon".

. "$(dirname "$0")/../testbed.sh"
realm_start
mkdir -m 0777 "$server_dir/bobs"
smbd_start "ntlm auth = ntlmv2-only" \
    "[bobs]" "path = $server_dir/bobs" "read only = no" "valid users = bob"
passdb bob
echo content >"$client_dir/file"

# port_of USER: the port from which USER logged in, with IAKERB.
port_of()
{
    sed -nE "s/.*AuthZ: \[SMB2,IAKERB\] user \[[A-Z]*\]\\\\\[$1\] .*$(
        )host \[ipv4:$client_ip:([0-9]+)\] local.*/\1/p" "$server_log"
}

put="put $client_dir/file"
output=$(smb -U "alice%$pw" //nas/share -c "$put first; tcon bobs;
    logon bob $pw; tcon bobs; $put second; logon alice wrong; $put third" 2>&1)
like "the first user" "$output" " as .first "
like "may not do what the second may" "$output" \
    "^tcon failed: NT_STATUS_ACCESS_DENIED"
like "the second user" "$output" "^tcon to bobs successful"
like "does it" "$output" " as .second "
like "both came on one connection" "$(port_of alice)" "^[0-9]+$"
is "both came on one connection" "$(port_of bob)" "$(port_of alice)"
like "a wrong password" "$output" \
    "^session setup failed: NT_STATUS_LOGON_FAILURE"
like "leaves the session before alone" "$output" " as .third "
is "and the files are there" \
    "$(cd "$server_dir" && echo share/* bobs/*)" \
    "share/first bobs/second bobs/third"
unlike "NTLM was not tried" "$(cat "$server_log")" "NTLMSSP|NTLMv2"

done_testing
