#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a login gives away: to the server nothing to guess the password from, if
# the client insists on that, and to the logs no password at all.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/smb/file_manager.sh"
realm_start
smbd_start "log level = 10"

# insisting ARGUMENT...: as docs/security.md has it.
sed -n '/^<!-- for krb5.conf -->$/,/^```$/{/^ *[[A-Z}d]/p}' \
    "$top/docs/security.md" >"$client_dir/insisting.conf"
ok "the page has lines for krb5.conf" \
    grep -q disable_encrypted_timestamp "$client_dir/insisting.conf"
insisting()
{
    client KRB5_CONFIG="$client_dir/insisting.conf" \
        KRB5_TRACE="$client_dir/trace" smbclient --use-kerberos=required "$@"
}

# proofs: which kinds of preauthentication the client has sent; SPAKE is 151,
# an encrypted timestamp 2.
proofs()
{
    grep -ohE "Produced preauth for next request: .*" "$client_dir/trace" |
        grep -oE "\([0-9]+\)" | sort -u | paste -sd ' '
    rm -f "$client_dir/trace"
}

logs_in "a client that insists" alice insisting -U "alice%$pw" //nas/share \
    -c pwd
like "a client that insists: SPAKE" "$(proofs)" "\(151\)"

# The KDC has nothing better than an encrypted timestamp now.
kdc_stop
sed -i /spake/d "$server_dir/kdc/kdc.conf"
kdc_start
refused "a client that insists, and a KDC without SPAKE" \
    NT_STATUS_LOGON_FAILURE "IAKERB login to cifs/nas failed: " - \
    insisting -U "alice%$pw" //nas/share -c pwd
unlike "nothing that depends on the password is sent" "$(proofs)" "\(2\)"
logs_in "a client that does not insist" alice \
    client KRB5_TRACE="$client_dir/trace" smbclient \
    --use-kerberos=required -U "alice%$pw" //nas/share -c pwd
like "a client that does not insist: an encrypted timestamp" "$(proofs)" \
    "\(2\)"

# Who names the realm is not misled by a server that names another one.
realm_make OTHER
realm_admin OTHER "addprinc -pw $pw alice"
kdc_stop
sed -i /spake/d "$server_dir/kdc/kdc.conf"
kdc_start OTHER
smbd_stop
smbd_start "log level = 10" "realm = OTHER"
refused "a server of another realm" NT_STATUS_NO_SUCH_USER \
    "the server does not serve the realm of alice@NAS" - \
    insisting -U "alice@NAS%$pw" //nas/share -c pwd
unlike "and it gets nothing that depends on the password" "$(proofs)" "\(2\)"
like "nor from a file manager, whatever the domain" \
    "$(client KRB5_CONFIG="$client_dir/insisting.conf" \
        KRB5_TRACE="$client_dir/trace" "$file_manager" smb://nas/share \
        alice@NAS NAS "$pw" 2>&1)" "^failed: "
unlike "and neither then" "$(proofs)" "\(2\)"
smbd_stop
smbd_start "log level = 10"

# ---- Logs ----------------------------------------------------------------

smb -d 10 -U "alice%$pw" //nas/share -c pwd >"$client_dir/verbose.log" 2>&1
printf '%s\n' "$pw" | client smbclient -d 10 --use-kerberos=required \
    -U alice //nas/share -c pwd >>"$client_dir/verbose.log" 2>&1
for log in "$server_log" "$client_dir/verbose.log" "$kdc_log"; do
    ok "${log##*/} has something" test -s "$log"
    is "${log##*/} has no password" "$(grep -cF "$pw" "$log")" 0
done
like "and the server's was talkative" "$(grep -c . "$server_log")" "....."

done_testing
