#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Keytabs: the client's, to log in with.  Samba's tools take none, so a login
# of libiakerb's gets the tickets, and smbclient uses them.  And the server's,
# where the system keytab has other keys than its own.

. "$(dirname "$0")/../testbed.sh"

env PKG_CONFIG_PATH="$STAGE/lib/pkgconfig:$KRB5_PREFIX/lib/pkgconfig" \
    LD_LIBRARY_PATH="$STAGE/lib:$KRB5_PREFIX/lib" \
    make -s -C "$testsuite/smb" ../../build/smb/half_login \
    ../../build/smb/forge || give_up "half_login or forge does not compile"
half_login=$top/build/smb/half_login

realm_start
realm_admin NAS "ktadd -k $client_dir/alice.keytab alice"
smbd_start

# keytab_login KEYTAB CCACHE: the client's half and the server's, with a pipe
# each way.
keytab_login()
{
    local pipe=$client_dir/pipe status

    rm -f "$pipe"
    mkfifo "$pipe"
    server "$half_login" accept NAS "$kdc_socket" \
        "$server_dir/half_login.conf" "$server_dir/keytab" <"$pipe" |
        client "$half_login" initiate cifs/nas "$1" "$2" >"$pipe"
    status=${PIPESTATUS[1]}
    return "$status"
}

ok "alice's key gets her tickets" \
    keytab_login "$client_dir/alice.keytab" "FILE:$client_dir/tickets"
kdc_stop
size=$(stat -c %s "$server_log")
ok "they log her in, with no KDC" \
    smb --use-krb5-ccache="FILE:$client_dir/tickets" //nas/share -c pwd
like "and the server's record says so" "$(server_log_since "$size")" \
    "Successful AuthZ: .* user \[[A-Z]*\]\\\\\[alice\]"
kdc_start

# The KDC gets new keys for her, and so the keytab is of no use.
realm_admin NAS "cpw -randkey alice"
if keytab_login "$client_dir/alice.keytab" "FILE:$client_dir/none" \
        2>"$client_dir/keytab.log"; then
    fail "an old key is refused"
else
    like "an old key is refused" "$(<"$client_dir/keytab.log")" \
        "^half_login: wrong password: "
fi

# ---- The system keytab ---------------------------------------------------

realm_admin NAS "cpw -pw $pw alice" "addprinc -pw $pw HTTP/nas" \
    "ktadd -k $server_dir/system.keytab cifs/nas host/nas" \
    "ktadd -k $server_dir/system.keytab -norandkey bob HTTP/nas"
server+=(KRB5_KTNAME="FILE:$server_dir/system.keytab")
smbd_stop
smbd_start "kerberos method = default"
logs_in "with a password" alice smb -U "alice%$pw" //nas/share -c pwd
ticket tickets alice@NAS "$pw" cifs/nas@NAS
ok "with a ticket" with_cache tickets

# forged SALT: a ticket for the server of one who says to be alice, made with
# the key that comes of the password and this salt.
forged()
{
    local asker=("${server[@]}" LD_PRELOAD=
        KRB5_CONFIG="$server_dir/kdc/krb5.conf")

    rm -f "$client_dir/forger.keytab"
    printf '%s\n' "addent -password -p cifs/nas@NAS -k 1 \
        -e aes256-cts-hmac-sha1-96 -s $1" "$pw" \
        "wkt $client_dir/forger.keytab" quit | "${asker[@]}" ktutil &&
        "${asker[@]}" "$top/build/smb/forge" \
            "FILE:$client_dir/forger.keytab" cifs/nas@NAS alice@NAS \
            "FILE:$client_dir/forged" NAS
}

# Whoever has a key of the keytab that is not the server's is not everybody.
for forger in bob HTTP/nas; do
    ok "a ticket forged by $forger" forged "NAS${forger/\//}"
    login_refused "a ticket forged by $forger" NT_STATUS_LOGON_FAILURE \
        "NT_STATUS_LOGON_FAILURE" "gss_accept_sec_context failed" \
        with_cache forged
done
# ---- Without the keytab --------------------------------------------------

# A standalone server has no keys in secrets.tdb, so there is nothing to offer.
smbd_stop
smbd_start "kerberos method = secrets only"
for way in "-U alice%$pw" "--use-krb5-ccache=FILE:$client_dir/tickets"; do
    size=$(stat -c %s "$server_log")
    failed=0
    # shellcheck disable=SC2086  # words
    output=$(smb $way //nas/share -c pwd 2>&1) || failed=1
    is "secrets only, ${way%%=*}: fails" "$failed" 1
    like "secrets only, ${way%%=*}: the client says why" "$output" \
        "session setup failed: NT_STATUS_"
    unlike "secrets only, ${way%%=*}: nobody is logged in" \
        "$(server_log_since "$size")" "Successful AuthZ"
done

done_testing
