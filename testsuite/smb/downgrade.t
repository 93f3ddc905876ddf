#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A man in the middle who would have the two agree on NTLM, as docs/fallback.md
# tells: with Kerberos required he gets no NTLM, and where he changes the
# client's list of mechanisms its MIC ends the login, in SMB 2.1 too, which
# protects nothing else of it.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start "ntlm auth = ntlmv2-only"
passdb alice
ticket service alice@NAS "$pw" cifs/nas@NAS

# He has an address of his own, and the client takes it for the server's.
middle_ip=10.53.57.11
middle_pid=
"${in_server[@]}" ip address add "$middle_ip/24" dev eth0
names_edit "s/^$server_ip /$middle_ip /"

# between CHANGE...: what the man in the middle does from now on.
between()
{
    [ -z "$middle_pid" ] || stop "$middle_pid"
    spawn "${in_server[@]}" "$testsuite/smb/middleman" "$middle_ip" \
        "$server_ip" "$@"
    middle_pid=$!
    daemon_ready "the man in the middle" /dev/null \
        listening_tcp 445 "$middle_ip"
}

# login PROTOCOL KERBEROS [ARGUMENT...]: with alice's password, or as the
# arguments say.
login()
{
    local protocol=$1 kerberos=$2
    shift 2
    [ $# -gt 0 ] || set -- -U "alice%$pw"

    client smbclient -m "$protocol" --use-kerberos="$kerberos" "$@" \
        //nas/share -c pwd
}

# foiled WHAT STATUS CLIENT SERVER LOGIN...: as refused; and that was the end of
# it on the wire.
foiled()
{
    local what=$1

    record_start
    login_refused "$@"
    wire=$(record_stop)
    like "$what: a login had begun" "$wire" "^client SESSION_SETUP mechs="
    unlike "$what: nothing follows it" "$wire" "^client (TREE_|COMMAND_|ENC)"
}

# With Kerberos required the client must not even offer it.
no_ntlm()
{
    unlike "$1: the client neither offers nor sends NTLM" "$wire" \
        "^client .*ntlm"
}

no_ntlm_sent()
{
    unlike "$1: the client sends no NTLM" "$wire" "^client .* ntlm "
}

not_taken_up="IAKERB login to cifs/nas: the server did not take it up"
mic="failed to verify mechListMIC: NT_STATUS_ACCESS_DENIED"

between
for protocol in SMB2_10 SMB3_11; do
    logs_in "who only looks on is not noticed, $protocol" alice \
        login $protocol desired
done

# The client puts no trust in what the server offers, so it is only the hash of
# SMB 3.1.1 over the negotiation that the change offends: the keys differ.
between offer=ntlmssp
for kerberos in required desired; do
    what="Kerberos $kerberos, IAKERB taken from the offer"
    record_start
    logs_in "$what, SMB2_10" alice login SMB2_10 $kerberos
    wire=$(record_stop)
    like "$what: it shows on the wire" "$wire" \
        "^server NEGOTIATE .*mechs=ntlmssp "
    no_ntlm_sent "$what, SMB2_10"

    record_start
    fails=0
    output=$(login SMB3_11 $kerberos 2>&1) || fails=1
    wire=$(record_stop)
    is "$what, SMB3_11: fails" "$fails" 1
    like "$what, SMB3_11: NT_STATUS_ACCESS_DENIED" "$output" \
        "session setup failed: NT_STATUS_ACCESS_DENIED$"
    like "$what, SMB3_11: the client says why" "$output" \
        "Bad SMB2 \(sign_algo_id=2\) signature for message"
    unlike "$what, SMB3_11: nothing follows it" "$wire" \
        "^client (TREE_|COMMAND_|ENC)"
    no_ntlm_sent "$what, SMB3_11"
done

for change in list=ntlmssp list=ntlmssp,iakerb "list=ntlmssp mic=none"; do
    # shellcheck disable=SC2086  # words
    between $change
    for protocol in SMB2_10 SMB3_11; do
        what="Kerberos required, $change, $protocol"
        foiled "$what" NT_STATUS_INVALID_PARAMETER "$not_taken_up" - \
            login $protocol required
        no_ntlm "$what"
    done
done

# NTLM is sent then: that is what "desired" means where a server seems to have
# nothing better.  But it gets neither him in nor the client.
for change in list=ntlmssp list=ntlmssp,iakerb; do
    between $change
    for protocol in SMB2_10 SMB3_11; do
        what="Kerberos desired, $change, $protocol"
        foiled "$what" NT_STATUS_ACCESS_DENIED NT_STATUS_ACCESS_DENIED "$mic" \
            login $protocol desired
        like "$what: the client sent NTLM" "$wire" "^client .* ntlm "
    done
done
between list=ntlmssp mic=none
for protocol in SMB2_10 SMB3_11; do
    foiled "Kerberos desired, list=ntlmssp mic=none, $protocol" \
        NT_STATUS_ACCESS_DENIED "$mic" - login $protocol desired
done

# caught WHAT LOGIN...: the keys of SMB 3.1.1 or a signature tell.
caught()
{
    local what=$1 fails=0
    shift

    output=$("$@" 2>&1) || fails=1
    is "$what: fails" "$fails" 1
    like "$what: NT_STATUS_ACCESS_DENIED" "$output" \
        "session setup failed: NT_STATUS_ACCESS_DENIED$"
    like "$what: the client says why" "$output" \
        "Bad SMB2 \(sign_algo_id=[0-9]\) signature for message"
}

# No MICs are exchanged where the server takes the client's first token: what
# stands behind that in the list plays no part, and the login is what it would
# have been.  SMB 3.1.1 does not let it pass all the same.
for change in list=iakerb list=iakerb,ntlmssp; do
    between $change
    for kerberos in required desired; do
        what="$change, Kerberos $kerberos"
        record_start
        logs_in "$what, SMB2_10" alice login SMB2_10 $kerberos
        wire=$(record_stop)
        no_ntlm_sent "$what, SMB2_10"
    done
done
between list=iakerb
caught "NTLM taken from the list, SMB3_11" login SMB3_11 desired
between list=iakerb,ntlmssp
caught "NTLM added to the list, SMB3_11" login SMB3_11 required

# Without a first token both sides insist on them.
no_token=(-U "alice%$pw" --option=spnego:client_no_optimistic=yes)
between list=iakerb
for protocol in SMB2_10 SMB3_11; do
    what="no first token, NTLM taken from the list, $protocol"
    foiled "$what" NT_STATUS_ACCESS_DENIED "$mic" - login $protocol desired \
        "${no_token[@]}"
    no_ntlm_sent "$what"
done
between list=iakerb,ntlmssp
for protocol in SMB2_10 SMB3_11; do
    what="no first token, NTLM added to the list, $protocol"
    foiled "$what" NT_STATUS_ACCESS_DENIED "$mic" - login $protocol required \
        "${no_token[@]}"
    no_ntlm "$what"

    # With a ticket for the server, which is to take IAKERB instead.
    what="Kerberos taken from the list, $protocol"
    foiled "$what" NT_STATUS_ACCESS_DENIED "$mic" - login $protocol required \
        --use-krb5-ccache="FILE:$client_dir/service"
    no_ntlm "$what"
done
between mic=none
for protocol in SMB2_10 SMB3_11; do
    what="no first token, no MIC, $protocol"
    foiled "$what" NT_STATUS_ACCESS_DENIED NT_STATUS_ACCESS_DENIED "$mic" \
        login $protocol required "${no_token[@]}"
    no_ntlm "$what"
done

# The server's last answer is signed, whatever he takes from it.
caught "no MIC, SMB2_10" login SMB2_10 required

# A server that took IAKERB up and wants NTLM later.
between later=ntlmssp
for kerberos in required desired; do
    for protocol in SMB2_10 SMB3_11; do
        what="NTLM wanted later, Kerberos $kerberos, $protocol"
        foiled "$what" NT_STATUS_INVALID_PARAMETER \
            "The server took up .*\], and now wants .*\] instead: refused" - login $protocol $kerberos
        no_ntlm_sent "$what"
    done
done

# What all this rests on: without MICs, as with Windows 2000, he wins in SMB
# 2.1, and in 3.1.1 it is the keys that differ.
smbd_stop
smbd_start "ntlm auth = ntlmv2-only" "spnego:simulate_w2k = yes"
between list=ntlmssp
size=$(stat -c %s "$server_log")
ok "no MICs, SMB2_10: the man in the middle wins" login SMB2_10 desired \
    -U "alice%$pw" --option=spnego:simulate_w2k=yes
like "by NTLM" "$(server_log_since "$size")" \
    "Successful AuthZ: \[SMB2,NTLMSSP\]"
output=$(login SMB3_11 desired -U "alice%$pw" \
    --option=spnego:simulate_w2k=yes 2>&1)
like "no MICs, SMB3_11: NT_STATUS_ACCESS_DENIED" "$output" \
    "session setup failed: NT_STATUS_ACCESS_DENIED$"
like "no MICs, SMB3_11: the client says why" "$output" \
    "Bad SMB2 \(sign_algo_id=2\) signature for message"

done_testing
