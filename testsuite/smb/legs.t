#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How many legs a login takes, which over a long way is what a person feels: the
# realm is guessed before it is asked for, and MICs of the mechanisms are left
# out where they protect nothing.

. "$(dirname "$0")/../testbed.sh"
realm_start
realm_admin NAS "add_alias cifs/files cifs/nas"
smbd_start
names_edit "1i $server_ip files"

# in_legs WHAT LEGS COMMAND...: a login of alice through IAKERB.
in_legs()
{
    local what=$1 legs=$2
    shift 2

    record_start
    logs_in "$what" alice "$@"
    is "$what: legs" "$(record_stop | grep -c "^client SESSION_SETUP ")" "$legs"
}

login()
{
    smb -U "$1%$pw" "${@:2}" -c pwd
}

# What each step saves.
in_legs "a realm that is typed" 4 login alice@NAS //nas/share
in_legs "the realm of the server's name" 4 login alice //nas/share
in_legs "in any spelling" 4 login alice //Nas.Local/share
in_legs "without a first token, and so with MICs" 6 login alice //nas/share \
    --option=spnego:client_no_optimistic=yes
unlike "what the name tells need not be remembered" \
    "$(client net cache list)" "IAKERB/REALM"

# Another realm than the name tells costs the leg that asking for it did, and
# only once.
for host in files "$server_ip"; do
    in_legs "$host: the first time" 5 login alice "//$host/share"
    in_legs "$host: and again" 4 login alice "//$host/share"
    like "$host: is remembered" "$(client net cache list)" \
        "Key: IAKERB/REALM/${host^^}.*Value: NAS"
done

# The memory is a guess too.
client net cache add "IAKERB/REALM/FILES" OTHER 3600 >/dev/null
in_legs "what is remembered is wrong" 5 login alice //files/share
in_legs "and is right again" 4 login alice //files/share
for realm in "N@S" . "x y"; do
    client net cache add "IAKERB/REALM/FILES" "$realm" 3600 >/dev/null
    in_legs "<$realm> is remembered, which is no realm" 5 \
        login alice //files/share
done

# What is typed is meant.
login_refused "a realm that is typed wrong" NT_STATUS_NO_SUCH_USER \
    "the server does not serve the realm of alice@FILES" \
    "refused: the client asks for another realm than NAS" \
    login alice@FILES //nas/share
login_refused "a wrong password, by another name" NT_STATUS_LOGON_FAILURE \
    "wrong password for alice@NAS" "refused: wrong password for alice@NAS" \
    smb -U alice%wrong //files/share -c pwd
done_testing
