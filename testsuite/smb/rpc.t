#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# DCE/RPC over a named pipe, with IAKERB once more for its own signing and
# sealing, which is without framing (DCE style).

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

for binding in 'ncacn_np:nas' 'ncacn_np:nas[spnego,sign]' \
    'ncacn_np:nas[spnego,seal]' 'ncacn_np:nas[sign]' 'ncacn_np:nas[seal]'; do
    ok "$binding" client rpcclient --use-kerberos=required \
        -U "alice%$pw" "$binding" -c srvinfo
    like "is answered" "$output" '^[[:space:]]*NAS '
done

# Plain Kerberos has to get its ticket by itself, and says that it cannot.
output=$(client rpcclient --use-kerberos=required -U "alice@NAS%$pw" \
    'ncacn_np:nas[krb5,sign]' -c srvinfo 2>&1)
is "krb5: fails" "$?" 1
like "krb5: says why" "$output" \
    "Kinit for alice@NAS to access host/nas failed: Cannot find KDC"
like "krb5: the status" "$output" "NT_STATUS_NO_LOGON_SERVERS"

# With a ticket for the pipe it gets in; the one for the session is there too.
ticket service alice@NAS "$pw" cifs/nas@NAS
ok "a ticket for the pipe" "${server[@]}" LD_PRELOAD= \
    KRB5_CONFIG="$server_dir/kdc/krb5.conf" \
    KRB5CCNAME="FILE:$client_dir/service" kvno host/nas@NAS
for iakerb in yes no; do
    ok "krb5, tickets, client use iakerb = $iakerb" \
        client rpcclient --use-kerberos=required \
        --option=clientuseiakerb=$iakerb \
        --use-krb5-ccache="FILE:$client_dir/service" \
        'ncacn_np:nas[krb5,sign]' -c srvinfo
done

# Who has switched IAKERB off gets what Samba does without.
for iakerb in "yes 9" "no 16"; do
    ok "client use iakerb = ${iakerb% *}" \
        client rpcclient -d 5 --use-kerberos=required \
        --option=clientuseiakerb="${iakerb% *}" \
        --use-krb5-ccache="FILE:$client_dir/service" \
        'ncacn_np:nas[sign]' -c srvinfo
    like "client use iakerb = ${iakerb% *}: the type of authentication" \
        "$output" "^Bind RPC Pipe: host nas auth_type ${iakerb#* },"
done

done_testing
