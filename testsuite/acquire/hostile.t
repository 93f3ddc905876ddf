#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# iakerb-kinit and a server that lies on the wire of SMB.  Lies in Kerberos
# messages are in test_acquire.c.

. "$(dirname "$0")/lib.sh"
realm_start
smbd_start

port=4450
liar=

# lie NAME STATUS SECONDS REGEX: what iakerb-kinit does when a server lies so.
lie()
{
    local name=$1 status=$2 seconds=$3 regex=$4 got=0 start

    port=$((port + 1))
    spawn "${in_server[@]}" perl "$testsuite/acquire/liar" "$name" "$port" \
        "$server_ip"
    liar=$!
    daemon_ready "the liar" /dev/null listening_tcp "$port"
    start=$EPOCHREALTIME
    output=$(with_password "$pw" --timeout 2 -o "$port" alice nas 2>&1) ||
        got=$?
    is "$name: exit status" "$got" "$status"
    like "$name: the sentence" "$output" "iakerb-kinit: $regex"
    at_most "$name: in time" "$seconds" "$start"
    stop "$liar"
}

# malformed NAME WHAT
malformed()
{
    lie "$1" 1 1 "server \"nas\" sent a malformed $2$"
}

spawn "${in_server[@]}" perl "$testsuite/acquire/liar" truth 4450 "$server_ip"
daemon_ready "the liar" /dev/null listening_tcp 4450
ok "one that only passes on" with_password "$pw" -o 4450 alice nas

lie silence 1 3 "server \"nas\" did not answer in time$"
lie slow 1 3 "server \"nas\" did not answer in time$"
lie reset0 1 1 "server \"nas\" does not speak SMB 2 or later$"
lie reset1 1 1 "the connection to server \"nas\" is lost: "
lie reset3 1 1 "the connection to server \"nas\" is lost: "
lie oversized 1 1 "server \"nas\" sent a reply of 2097152 bytes, more than"
lie oversized2 1 1 "server \"nas\" sent a reply of 16777215 bytes, more than"
lie ssh 1 1 "server \"nas\" does not speak SMB 2 or later$"
lie smb1 1 1 "server \"nas\" does not speak SMB 2 or later$"
lie keepalive 1 1 "server \"nas\" does not speak SMB 2 or later$"

malformed short "SMB header"
lie empty 1 1 "server \"nas\" does not speak SMB 2 or later$"
malformed message_id "SMB header"
malformed command "SMB header"
malformed compound "SMB header"
malformed request "SMB header"
lie pending 1 1 "server \"nas\" does not come to an end$"

lie refused 1 1 "server \"nas\" does not speak any of SMB 2.0.2 to 3.1.1 \
\(status C00000BB\)$"
malformed dialect "SMB negotiate response"
malformed offer_beyond "SMB negotiate response"
malformed offer_before "SMB negotiate response"
lie offer_broken 1 1 "the server's offer of mechanisms is malformed$"

malformed success "SMB session setup response"
lie failure 1 1 \
    "server \"nas\" has ended the conversation \(status C000006D\)$"
malformed token_beyond "SMB session setup response"
malformed token_before "SMB session setup response"
lie no_token 1 1 "the server's SPNEGO token is malformed$"
lie wants_ntlm 1 1 "the server does not take IAKERB but wants NTLM$"
lie rejects 1 1 "the server does not take IAKERB$"
lie accepts 1 1 "the server ends the conversation before anybody has logged on"
lie garbage 1 1 "the server's SPNEGO token is malformed$"
lie replay 1 1 "cannot get a ticket: "

# A server that leaves the first word to the client is no liar.
spawn "${in_server[@]}" perl "$testsuite/acquire/liar" no_offer 4449 \
    "$server_ip"
daemon_ready "the liar" /dev/null listening_tcp 4449
ok "one that offers nothing, but takes IAKERB" \
    with_password "$pw" -o 4449 alice nas
unlike "nobody was ever logged on" "$(<"$server_log")" "Successful AuthZ"
done_testing
