#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A principal that only looks like a local user is not that user: alice of
# another realm, whose service key the server has too, and alice/admin.  Nor is
# alice who she is by the word of another realm's KDC.

. "$(dirname "$0")/../testbed.sh"
realm_start
realm_make OTHER
realm_admin OTHER "addprinc -pw $pw alice"
realm_admin NAS "addprinc -pw $pw alice/admin"
kdc_stop
kdc_start OTHER
smbd_start

from="IAKERB login from ipv4:$client_ip:[0-9]+"

with_cache()
{
    smb --use-krb5-ccache="FILE:$client_dir/$1" //nas/share -c pwd
}

# Plain Kerberos, with a ticket for the service.
ticket local alice@NAS "$pw" cifs/nas@NAS
ok "alice@NAS with a ticket" with_cache local
ticket other alice@OTHER "$pw" cifs/nas@OTHER
refused "alice@OTHER with a ticket" NT_STATUS_ACCESS_DENIED \
    "NT_STATUS_ACCESS_DENIED" "Refused \[alice@OTHER\]" with_cache other
ticket admin alice/admin@NAS "$pw" cifs/nas@NAS
refused "alice/admin@NAS with a ticket" NT_STATUS_ACCESS_DENIED \
    "NT_STATUS_ACCESS_DENIED" "Refused \[alice/admin@NAS\]" with_cache admin

# IAKERB, with a TGT.
ticket local alice@NAS "$pw"
logs_in "alice@NAS with a TGT" alice with_cache local
ticket other alice@OTHER "$pw"
refused "alice@OTHER with a TGT" NT_STATUS_NO_SUCH_USER \
    "the server does not serve the realm of alice@OTHER" \
    "$from failed: the client asks for another realm than NAS" \
    with_cache other
ticket admin alice/admin@NAS "$pw"
refused "alice/admin@NAS with a TGT" NT_STATUS_ACCESS_DENIED \
    "NT_STATUS_ACCESS_DENIED" "Refused \[alice/admin@NAS\]" with_cache admin

# The KDC of OTHER says that somebody is alice@NAS.
ok "the tools compile" make -s -C "$testsuite/smb"
ok "a ticket is forged" "${server[@]}" LD_PRELOAD= \
    KRB5_CONFIG="$server_dir/kdc/krb5.conf" "$top/build/smb/forge" \
    "FILE:$server_dir/keytab" cifs/nas@OTHER alice@NAS \
    "FILE:$client_dir/forged" NAS
refused "alice@NAS by the word of OTHER" NT_STATUS_LOGON_FAILURE \
    "NT_STATUS_LOGON_FAILURE" \
    "Refused \[alice@NAS\]: the ticket was made by the KDC of another realm" \
    with_cache forged

# A realm that is called like the server's own domain.
smbd_stop
echo '!bob = OTHER\alice' >"$server_dir/map"
smbd_start "workgroup = OTHER" "username map = $server_dir/map"
ticket other alice@OTHER "$pw" cifs/nas@OTHER
refused "alice@OTHER, where OTHER is the workgroup" NT_STATUS_ACCESS_DENIED \
    "NT_STATUS_ACCESS_DENIED" "Refused \[alice@OTHER\]: the realm is named" \
    with_cache other

done_testing
