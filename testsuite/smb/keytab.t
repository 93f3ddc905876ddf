#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A login with a keytab.  Samba's tools take none, so a login of libiakerb's
# gets the tickets, and smbclient uses them.

. "$(dirname "$0")/../testbed.sh"

env PKG_CONFIG_PATH="$STAGE/lib/pkgconfig:$KRB5_PREFIX/lib/pkgconfig" \
    LD_LIBRARY_PATH="$STAGE/lib:$KRB5_PREFIX/lib" \
    make -s -C "$testsuite/smb" ../../build/smb/half_login ||
    give_up "half_login does not compile"
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
done_testing
