#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A realm made with localkdc, and smb.conf as localkdc writes it: logins on
# the machine itself with a ticket and no password, and from another one.

. "$(dirname "$0")/../testbed.sh"

# On the server, with what setup made for its Kerberos clients.
local_user()
{
    server env KRB5CCNAME="FILE:$server_dir/ccache" "$@"
}

account_add alice
ok "setup" lk setup
like "the machine's name is the realm's" "$output" "^Realm NAS: done"
ok "user add" lk user add alice <<<"$pw"
localkdc_start

smbd_start "realm = OTHER"
ok "samba --apply" lk samba --apply --smb-conf "$server_dir/smb.conf"
like "says what it wrote" "$output" "realm = NAS"
smbd_again
ok "status" lk status --smb-conf "$server_dir/smb.conf"

ok "kinit on the machine itself" local_user kinit alice <<<"$pw"
# with_ticket MECHANISM NAME [OPTION...]
with_ticket()
{
    local mechanism=$1 name=$2 size
    shift 2

    size=$(stat -c %s "$server_log")
    ok "//$name, with the ticket and no password" local_user smbclient \
        --use-kerberos=required "//$name/share" -c pwd "$@"
    like "is a login of alice" "$(server_log_since "$size")" \
        "Successful AuthZ: \[SMB2,$mechanism\] user \[[A-Z]*\]\\\\\[alice\]"
}

for name in nas NAS nas.local; do
    with_ticket krb5 "$name"
done
with_ticket IAKERB "$server_ip"
with_ticket krb5 nas --option="client use iakerb=no"
ok "kdestroy" local_user kdestroy
login_refused "nothing without a ticket" NT_STATUS_INVALID_PARAMETER \
    "Could not find a suitable mechtype" - local_user \
    smbclient --use-kerberos=required -N //nas/share -c pwd

logs_in "from another machine, which has no way to the KDC" alice \
    smb "//nas/share" -U "alice%$pw" -c pwd
login_refused "another password" NT_STATUS_LOGON_FAILURE "" "" \
    smb "//nas/share" -U "alice%wrong" -c pwd

ok "user disable" lk user disable alice
login_refused "a disabled user" NT_STATUS_ACCOUNT_LOCKED_OUT \
    "is locked, disabled or expired" "" \
    smb "//nas/share" -U "alice%$pw" -c pwd

done_testing
