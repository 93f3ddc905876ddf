#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A principal that only looks like a local user is not that user: alice of
# another realm, whose service key the server has too, and alice/admin.

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

done_testing
