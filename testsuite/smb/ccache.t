#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A login with tickets from a credential cache.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

with_cache()
{
    smb --use-krb5-ccache="FILE:$client_dir/$1" "//${2-nas}/share" -c pwd
}

ticket tgt alice@NAS "$pw"
logs_in "a TGT" alice with_cache tgt
logs_in "a TGT, and the server by address" alice with_cache tgt "$server_ip"
logs_in "KRB5CCNAME" alice client KRB5CCNAME="FILE:$client_dir/tgt" \
    smbclient --use-kerberos=required //nas/share -c pwd

ticket service alice@NAS "$pw" cifs/nas@NAS
kdc_stop
size=$(stat -c %s "$server_log")
ok "a ticket for the service needs no KDC" with_cache service
like "and so is used as Kerberos knows it" "$(server_log_since "$size")" \
    "Successful AuthZ: \[SMB2,krb5\] user \[[A-Z]*\]\\\\\[alice\]"

refused "a cache that is not there" NT_STATUS_INVALID_PARAMETER \
    "Could not find a suitable mechtype" - with_cache nothing

done_testing
