#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Principals whose names come close to a local user's are not that user: other
# case, more components, what Samba takes for a domain, service principals, and
# nobody in particular.  The local realm's KDC may have any of them.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/access.sh"
ok "the tools compile" make -s -C "$testsuite/smb"
realm_start
realm_admin NAS "addprinc -pw $pw root" "addprinc -pw $pw ALICE" \
    "addprinc -pw $pw alice\\@OTHER" "addprinc -pw $pw \"alice \"" \
    "addprinc -pw $pw alice/nas"
realm_user jürgen "$pw"
realm_user Bert "$pw"
server_start

not_local="not the name of a local user"
no_local="there is no local user"

# ---- Plain Kerberos, with any ticket that a KDC could make ---------------

# forged PRINCIPAL: log in with such a ticket.
forged()
{
    local realm=${1##*[^\\]@}

    "${server[@]}" LD_PRELOAD= KRB5_CONFIG="$server_dir/kdc/krb5.conf" \
        "$top/build/smb/forge" "FILE:$server_dir/keytab" cifs/nas@NAS \
        "$1" "FILE:$client_dir/forged" "${realm//\\/}" &&
        with_cache forged
}

# nobody_is PRINCIPAL SERVER: who is refused, and what the server says.
nobody_is()
{
    login_refused "<$1>" NT_STATUS_ACCESS_DENIED NT_STATUS_ACCESS_DENIED \
        "\]: $2" forged "$1"
}

ok "<alice@NAS>" forged alice@NAS
ok "<jürgen@NAS>" forged jürgen@NAS
ok "<Bert@NAS>" forged Bert@NAS
nobody_is Alice@NAS "the local user \[alice\] has another name"
nobody_is ALICE@NAS "the local user \[alice\] has another name"
nobody_is bert@NAS "$no_local"
nobody_is JÜRGEN@NAS "the local user \[jürgen\] has another name"
nobody_is 'alice @NAS' "$no_local"
nobody_is ' alice@NAS' "$no_local"
nobody_is alice.@NAS "$no_local"
nobody_is alice$'\xcc\x81@NAS' "$no_local"
nobody_is $'alic\xff@NAS' 'the name cannot be written in "unix charset"'
nobody_is 'NAS\\alice@NAS' "$not_local"
nobody_is '\\alice@NAS' "$not_local"
nobody_is 'alice\@NAS@NAS' "the realm is not this server's own"
nobody_is 'alice\@OTHER@NAS' "the realm is not this server's own"
nobody_is alice/admin@NAS "$not_local"
nobody_is host/nas@NAS "$not_local"
nobody_is krbtgt/NAS@NAS "$not_local"
nobody_is WELLKNOWN/ANONYMOUS@NAS "$not_local"
nobody_is WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS \
    "the realm is not this server's own"
nobody_is @NAS "$not_local"
for realm in nas Nas WORKGROUP "UNIX USER"; do
    nobody_is "alice@$realm" "the realm is named as this server's own domain"
done
for realm in 'NAS\@OTHER' 'OTHER\@NAS' 'NAS\\X' NAS. BUILTIN; do
    nobody_is "alice@$realm" "the realm is not this server's own"
done

settings "winbind separator = +"
nobody_is NAS+alice@NAS "$not_local"

# ---- IAKERB --------------------------------------------------------------

# nobody_has PRINCIPAL SERVER: with a TGT.
nobody_has()
{
    ticket tgt "$1" "$pw"
    login_refused "IAKERB: <$1>" NT_STATUS_ACCESS_DENIED NT_STATUS_ACCESS_DENIED \
        "\]: $2" with_cache tgt
}

settings ""
nobody_has ALICE@NAS "the local user \[alice\] has another name"
nobody_has 'alice @NAS' "$no_local"
nobody_has 'alice\@OTHER@NAS' "the realm is not this server's own"
nobody_has alice/nas@NAS "$not_local"
logs_in "IAKERB: <jürgen@NAS>" jürgen smb -U "jürgen%$pw" //nas/share -c pwd

# ---- root ----------------------------------------------------------------

# Who makes a principal root@NAS wants it; smb.conf can still say no.
logs_in "root with a password" root smb -U "root%$pw" //nas/share -c pwd
settings "invalid users = root"
excluded "invalid users = root" "tree connect failed: NT_STATUS_ACCESS_DENIED" \
    root share

done_testing
