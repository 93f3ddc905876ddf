#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# smb.conf's ways to say who gets what: as whom somebody is taken ("username
# map"), who may use a share, and as whom.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/access.sh"
realm_start
realm_user carol "$pw"
echo "staff:x:200:alice" >>"$server_dir/group"
server_start "ntlm auth = ntlmv2-only"
for user in alice bob carol; do
    passdb "$user"
done

# What the server says that it took somebody for: "%U %u", by a share that
# has only that file.
for asked in alice bob carol; do
    for taken in alice bob carol; do
        mkdir -p "$server_dir/who/$asked/$taken"
        echo "$asked $taken" >"$server_dir/who/$asked/$taken/name"
    done
done
who=("[who]" "path = $server_dir/who/%U/%u")

# taken_for WHAT USER NAMES WAY...
taken_for()
{
    local what=$1 user=$2 names=$3 way
    shift 3

    for way; do
        is "$what, $way" "$("$way" "$user" who "get name -" 2>/dev/null)" \
            "$names"
    done
}

# map LINE...: with this username map.
map()
{
    printf '%s\n' "$@" >"$server_dir/map"
    settings "username map = $server_dir/map" "${who[@]}"
}

kerberos=(password service_ticket)
all=(nt_password "${kerberos[@]}")

# ---- username map --------------------------------------------------------

settings "${who[@]}"
taken_for "no map" alice "alice alice" "${all[@]}"
map "bob = alice"
taken_for "bob = alice" alice "alice bob" "${all[@]}"
taken_for "who is not in it" carol "carol carol" "${kerberos[@]}"
map "bob = ALICE"
taken_for "case does not matter" alice "alice bob" "${all[@]}"
map 'bob = NAS\alice' "bob = alice@NAS"
taken_for "the map has local users without domain or realm" \
    alice "alice alice" "${all[@]}"
map "bob = @staff"
taken_for "bob = @staff" alice "alice bob" "${all[@]}"
taken_for "who is not in staff" carol "carol carol" "${kerberos[@]}"
map "bob = alice" "carol = bob *"
taken_for "the last line counts" alice "alice carol" "${all[@]}"
map "!bob = alice" "carol = *"
taken_for "but for one with !" alice "alice bob" "${all[@]}"
map "!alice = alice" "carol = *"
taken_for "and for one that says nothing new" alice "alice alice" "${all[@]}"
map "bob = dave"
realm_admin NAS "addprinc -pw $pw dave"
admitted "a principal without an account of its name" dave share
map "dave = alice"
turned_away "mapped to nobody" NT_STATUS_ACCESS_DENIED \
    "Refused \[alice@NAS\]: there is no local user \[dave\]" alice

# map_script LINE: with a script that consists of this.
map_script()
{
    printf '#!/bin/sh\n%s\n' "$1" >"$server_dir/map.sh"
    chmod 0755 "$server_dir/map.sh"
    settings "username map script = $server_dir/map.sh" "${who[@]}"
}

# shellcheck disable=SC2016  # for the script
map_script '[ "$1" = alice ] && echo bob'
taken_for "a script" alice "alice bob" "${all[@]}"
taken_for "a script that says nothing" carol "carol carol" "${kerberos[@]}"
map_script "exit 1"
taken_for "a script that fails" alice "alice alice" "${kerberos[@]}"

# As Samba has it for a realm that is more than a machine's.
echo 'bob = WORKGROUP\alice' >"$server_dir/map"
settings "realm = NAS" "username map = $server_dir/map" "${who[@]}"
taken_for "with a realm, the map has the workgroup" alice "alice bob" \
    "${kerberos[@]}"

# ---- Who may use a share -------------------------------------------------

# share LINE...: a share of its own, writable unless a line says otherwise.
share()
{
    settings "[own]" "path = $server_dir/share" "read only = no" "$@"
}

denied="tree connect failed: NT_STATUS_ACCESS_DENIED"
for users in alice 'NAS\alice' alice@NAS +staff @staff; do
    share "valid users = $users"
    admitted "valid users = $users: alice" alice own
    excluded "valid users = $users: bob" "$denied" bob own
done
for users in alice @staff; do
    share "invalid users = $users"
    excluded "invalid users = $users: alice" "$denied" alice own
    admitted "invalid users = $users: bob" bob own
done

write="put /etc/hosts file; rm file"
share "write list = alice" "read only = yes"
admitted "write list" alice own "$write"
excluded "who is not in it" NT_STATUS_ACCESS_DENIED bob own "$write"
share "read list = alice"
excluded "read list" NT_STATUS_ACCESS_DENIED alice own "$write"
admitted "who is not in the read list" bob own "$write"

share "hosts deny = $client_ip"
excluded "hosts deny" "$denied" alice own

# ---- As whom -------------------------------------------------------------

# as_whom USER: "user group" of the connection to the share.
as_whom()
{
    password "$1" own "!true" >/dev/null 2>&1
    sed -n '$p' "$server_dir/as"
}

as="root preexec = /bin/sh -c 'echo %u %g >>$server_dir/as'"
share "$as"
is "as oneself" "$(as_whom alice)" "alice users"
share "$as" "force user = bob"
is "force user" "$(as_whom alice)" "bob users"
share "$as" "force group = staff"
is "force group" "$(as_whom bob)" "bob staff"

# A folder that only root can write.
mkdir "$server_dir/roots"
settings "[own]" "path = $server_dir/roots" "read only = no" \
    "admin users = alice"
admitted "admin users" alice own "$write"
excluded "and others" NT_STATUS_ACCESS_DENIED bob own "$write"

# Programs that smbd starts see the krb5 configuration that it was started
# with, not the one with which it finds the KDC.
settings "root preexec = /bin/sh -c 'env >$server_dir/environment'"
logs_in "a program is started at a login" alice password alice share
is "its krb5 configuration is smbd's own" \
    "$(grep ^KRB5_CONFIG= "$server_dir/environment")" \
    "KRB5_CONFIG=$server_dir/krb5.conf"

done_testing
