#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What smbd makes of what a ticket says: groups give nobody anything, and who
# has not the proof that the KDC wants learns which that is.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/../smb/access.sh"
printf '%s\n' "users:x:100:" "staff:x:200:alice" >"$root/etc/group"
local_realm alice bob carol
# The KDC's machine and the server are one, but they need not agree.
echo "staff:x:200:bob" >>"$server_dir/group"
server_start
printf '[staff]\n    path = %s\n    valid users = @staff\n' \
    "$server_dir/share" >>"$server_dir/smb.conf"
smbd_again

# password USER SHARE, and the same with the ticket that it got.
ok "a ticket" client iakerb-kinit -c "$client_dir/alice" alice nas <<<"$pw"
with_ticket()
{
    smb --use-krb5-ccache="FILE:$client_dir/alice" "//nas/$1" -c pwd
}

# ---- The KDC insists ------------------------------------------------------

ok "the service wants a certificate" lk require cifs pkinit
login_refused "a password is not enough" NT_STATUS_LOGON_FAILURE \
    "HIGHER AUTHENTICATION REQUIRED, ANY OF: pkinit" - password alice share
status=0
output=$(client iakerb-kinit -c "$client_dir/more" alice nas <<<"$pw" 2>&1) ||
    status=$?
is "iakerb-kinit fails" "$status" 1
like "and says why" "$output" "HIGHER AUTHENTICATION REQUIRED, ANY OF: pkinit"
ok "no more" lk require cifs --none

# ---- Groups give nobody anything ------------------------------------------

ok "whom the server has in a group" password bob staff
like "the ticket has alice in it" "$(server iakerb-whoami \
    -c "FILE:$client_dir/alice" -k "$root/etc/krb5.keytab" 2>&1)" \
    "^groups +users\(100\) staff\(200\)$"
output=$(password alice staff 2>&1)
like "the server has not" "$output" \
    "tree connect failed: NT_STATUS_ACCESS_DENIED"
output=$(with_ticket staff 2>&1)
like "nor by a ticket that says so" "$output" \
    "tree connect failed: NT_STATUS_ACCESS_DENIED"

# ---- A locked account -----------------------------------------------------

# shadow BEFORE: bob's line of the shadow file, with this before the password.
shadow()
{
    echo "bob:$1\$y\$x:20000:0:99999:7:::" >"$server_dir/shadow"
}
shadow ""
accountd=$root/run/localkdc/accountd.sock
spawn "${server[@]}" env -u LD_PRELOAD \
    systemd-socket-activate --listen="$accountd" \
    "$STAGE/lib/localkdc/localkdc-accountd" --shadow "$server_dir/shadow" \
    "$(id -un)" >"$server_dir/accountd.log" 2>&1
daemon_ready localkdc-accountd "$server_dir/accountd.log" unix_socket 01 \
    "$accountd"
sleep 2.1
ok "bob, of whom root has nothing to say" password bob staff
shadow "!"
sleep 2.1
login_refused "bob, whom root has locked" NT_STATUS_ACCOUNT_LOCKED_OUT \
    "the account bob@NAS is locked" \
    "IAKERB login from .* refused: the account" password bob staff
done_testing
