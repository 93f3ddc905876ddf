#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A principal that only looks like a local user is not that user: alice of
# another realm, whose service key the server has too, and alice/admin.  Nor is
# alice who she is by the word of another realm's KDC.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/access.sh"
realm_start
other_realm_start
realm_admin NAS "addprinc -pw $pw alice/admin"
echo "staff:x:200:alice" >>"$server_dir/group"
server_start

from="IAKERB login from ipv4:$client_ip:[0-9]+"

# Plain Kerberos, with a ticket for the service.
ticket local alice@NAS "$pw" cifs/nas@NAS
ok "alice@NAS with a ticket" with_cache local
ticket other alice@OTHER "$pw" cifs/nas@OTHER
login_refused "alice@OTHER with a ticket" NT_STATUS_ACCESS_DENIED \
    "NT_STATUS_ACCESS_DENIED" "Refused \[alice@OTHER\]" with_cache other
ticket admin alice/admin@NAS "$pw" cifs/nas@NAS
login_refused "alice/admin@NAS with a ticket" NT_STATUS_ACCESS_DENIED \
    "NT_STATUS_ACCESS_DENIED" "Refused \[alice/admin@NAS\]" with_cache admin

# IAKERB, with a TGT.
ticket local alice@NAS "$pw"
logs_in "alice@NAS with a TGT" alice with_cache local
ticket other alice@OTHER "$pw"
login_refused "alice@OTHER with a TGT" NT_STATUS_NO_SUCH_USER \
    "the server does not serve the realm of alice@OTHER" \
    "$from failed: the client asks for another realm than NAS" \
    with_cache other
ticket admin alice/admin@NAS "$pw"
login_refused "alice/admin@NAS with a TGT" NT_STATUS_ACCESS_DENIED \
    "NT_STATUS_ACCESS_DENIED" "Refused \[alice/admin@NAS\]" with_cache admin

# forge CLIENT REALM: a ticket by the KDC of REALM, which says that the client
# is this one.
forge()
{
    local client_realm=${1#*@}

    ok "a ticket for $1 is forged" "${server[@]}" LD_PRELOAD= \
        KRB5_CONFIG="$server_dir/kdc/krb5.conf" "$top/build/smb/forge" \
        "FILE:$server_dir/keytab" "cifs/nas@$2" "$1" \
        "FILE:$client_dir/forged" "$client_realm"
}

# The KDC of OTHER says that somebody is alice@NAS.
ok "the tools compile" make -s -C "$testsuite/smb"
forge alice@NAS OTHER
login_refused "alice@NAS by the word of OTHER" NT_STATUS_LOGON_FAILURE \
    "NT_STATUS_LOGON_FAILURE" \
    "Refused \[alice@NAS\]: the ticket was made by the KDC of another realm" \
    with_cache forged

# ---- username map --------------------------------------------------------

# The one way in is to be named there, with the realm as the domain.
ticket other alice@OTHER "$pw" cifs/nas@OTHER
unnamed="Refused \[alice@OTHER\]: the realm is not this server's own"
shares=()

# map LINE...
map()
{
    printf '%s\n' "$@" >"$server_dir/map"
    settings "username map = $server_dir/map" "${shares[@]}"
}

for line in "bob = alice" "bob = alice@OTHER" "bob = @staff" \
    'bob = NAS\alice' "alice = bob" "OTHER\alice = alice"; do
    map "$line"
    login_refused "alice@OTHER and $line" NT_STATUS_ACCESS_DENIED \
        NT_STATUS_ACCESS_DENIED "$unnamed" with_cache other
done

# To lookup_name() a group's members are also in the domain "Unix User"; and
# even the KDC of NAS could not make anybody of that realm one of them.
forge "alice@UNIX USER" NAS
for line in "bob = @staff" "bob = +staff" "bob = *"; do
    map "$line"
    login_refused "alice@UNIX USER and $line" NT_STATUS_ACCESS_DENIED \
        NT_STATUS_ACCESS_DENIED \
        "Refused \[alice@UNIX USER\]: the realm is named as" with_cache forged
done

# name_in SHARE [CACHE]: whose name is in the file there.
name_in()
{
    smb --use-krb5-ccache="FILE:$client_dir/${2:-other}" "//nas/$1" \
        -c "get name -" 2>/dev/null
}

for user in alice bob; do
    mkdir -p "$server_dir"/{U/$user,D/NAS,D/OTHER}
    echo "$user" >"$server_dir/U/$user/name"
    printf '%s\n' "[included]" "path = $server_dir/U/$user" \
        >"$server_dir/$user.conf"
done
echo bob >"$server_dir/D/NAS/name"
shares=("include = $server_dir/%U.conf"
    "[files]" "path = $server_dir/U/%u"
    "[names]" "path = $server_dir/U/%U"
    "[lists]" "path = $server_dir/U/bob" "valid users = bob"
    "invalid users = alice"
    "[forced]" "path = $server_dir/U/%u" "force user = %U"
    "[domain]" "path = $server_dir/D/%D"
    "[hers]" "path = $server_dir/U/alice"
    'valid users = alice alice@OTHER OTHER\alice')
map '!bob = OTHER\alice'

# In every respect: files, lists, %U, %D and what is included for %U.
for share in files names lists forced domain included; do
    is "alice@OTHER is mapped to bob: $share" "$(name_in $share)" bob
done
is "and nowhere alice" "$(name_in hers)" \
    "tree connect failed: NT_STATUS_ACCESS_DENIED"
logs_in "alice@NAS is alice all the same" alice with_cache local
map "bob = *"
is "a wildcard is for everybody, of any realm" "$(name_in files)" bob

# A script gets the name with the domain, and decides.
# shellcheck disable=SC2016  # for the script
script()
{
    printf '#!/bin/sh\n%s\n' "$1" >"$server_dir/map.sh"
    chmod 0755 "$server_dir/map.sh"
    settings "username map script = $server_dir/map.sh" "${shares[@]}"
}
script '[ "$1" = '\''OTHER\alice'\'' ] && echo bob'
is "a script that names alice@OTHER" "$(name_in files)" bob
script '[ "$1" = alice ] && echo bob'
login_refused "alice@OTHER and a script for alice" NT_STATUS_ACCESS_DENIED \
    NT_STATUS_ACCESS_DENIED "$unnamed" with_cache other

# The KDC of OTHER speaks for its own users only, that of NAS for others too.
map '!bob = THIRD\alice'
forge alice@THIRD OTHER
login_refused "alice@THIRD by the word of OTHER, though she is mapped" \
    NT_STATUS_LOGON_FAILURE NT_STATUS_LOGON_FAILURE \
    "Refused \[alice@THIRD\]: the ticket was made by the KDC of another realm" \
    with_cache forged
forge alice@THIRD NAS
is "alice@THIRD by the word of NAS" "$(name_in files forged)" bob

# A map is no reason to pass anything on to the KDC of OTHER.
map '!bob = OTHER\alice'
ticket other alice@OTHER "$pw"
login_refused "alice@OTHER with a TGT, though she is mapped" NT_STATUS_NO_SUCH_USER \
    "the server does not serve the realm of alice@OTHER" \
    "$from failed: the client asks for another realm than NAS" \
    with_cache other

# A realm that is called like the server's own domain.
smbd_stop
echo '!bob = OTHER\alice' >"$server_dir/map"
smbd_start "workgroup = OTHER" "username map = $server_dir/map"
ticket other alice@OTHER "$pw" cifs/nas@OTHER
login_refused "alice@OTHER, where OTHER is the workgroup" NT_STATUS_ACCESS_DENIED \
    "NT_STATUS_ACCESS_DENIED" \
    "Refused \[alice@OTHER\]: the realm is named as this server's own domain" \
    with_cache other

done_testing
