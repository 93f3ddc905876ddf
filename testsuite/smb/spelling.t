#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What people type for a user: the server's name in every form is that server,
# a name that cannot be is refused with the reason in every tool, and names
# beyond ASCII are right whatever "unix charset" says.

. "$(dirname "$0")/../testbed.sh"
realm_start
realm_user jürgen "$pw"
realm_user müller "größer-$pw"
smbd_start

# ---- The server's name ---------------------------------------------------

for kerberos in required desired; do
    for user in 'nas.local\alice' 'NAS.LOCAL\alice' alice@nas.local \
        alice@Nas.Local '.\alice' alice@. 'NAS\alice' 'nas\alice' \
        alice@NAS 'NAS\alice@NAS' 'nas.local\alice@NAS'; do
        logs_in "Kerberos $kerberos, -U '$user'" alice \
            client smbclient --use-kerberos=$kerberos -U "$user%$pw" \
            //nas.local/share -c pwd
    done
done
logs_in "the server by address, and -U 'ADDRESS\\alice'" alice \
    smb -U "$server_ip\\alice%$pw" "//$server_ip/share" -c pwd

# The name of the host, as it is typed.
ticket tgt alice@NAS "$pw"
for host in Nas NAS.local nas.LOCAL nas. NAS.local.; do
    names_edit "1i $server_ip $host"
    logs_in "//$host/share" alice smb -U "alice%$pw" "//$host/share" -c pwd
    logs_in "//$host/share, with a TGT" alice \
        client KRB5CCNAME="FILE:$client_dir/tgt" \
        smbclient --use-kerberos=required -N "//$host/share" -c pwd
done
# An address that is not written as it is in a principal; and a link-local one,
# whose scope is the client's.
"${in_server[@]}" ip address add fd00::10/64 dev eth0 nodad
"${in_server[@]}" ip address add fe80::10/64 dev eth0 nodad
"${in_client[@]}" ip address add fd00::30/64 dev eth0 nodad
for address in fd00::10 fe80::10; do
    realm_admin NAS "add_alias cifs/$address cifs/nas"
done
smbd_stop
smbd_start "bind interfaces only = no"
for host in fd00::10 FD00:0:0::0010 fe80::10%eth0; do
    logs_in "//$host/share" alice smb -U "alice%$pw" "//$host/share" -c pwd
done
ok "iakerb-kinit by such an address" client KRB5CCNAME="FILE:$client_dir/six" \
    iakerb-kinit alice FD00:0:0::0010 <<<"$pw"
logs_in "and with its tickets" alice client KRB5CCNAME="FILE:$client_dir/six" \
    smbclient --use-kerberos=required -N //fd00::10/share -c pwd

elsewhere=elsewhere.example.org
names_edit "1i $server_ip $elsewhere"
login_refused "a name that the server does not know" \
    NT_STATUS_INVALID_COMPUTER_NAME \
    "does not know the service cifs/$elsewhere" \
    "does not know the service cifs/$elsewhere@NAS" \
    smb -U "alice%$pw" "//$elsewhere/share" -c pwd

# Not the server, and no part of the user's name that disappears.
login_refused "-U 'OTHER\\alice@NAS'" NT_STATUS_LOGON_FAILURE \
    'OTHER\\\\alice@NAS' 'OTHER\\\\alice' \
    smb -U "OTHER\\alice@NAS%$pw" //nas/share -c pwd

# ---- What cannot be ------------------------------------------------------

# says_why WHAT REGEX COMMAND...: it fails, and says why.
says_why()
{
    local what=$1 regex=$2 failed=0
    shift 2

    output=$(client "$@" 2>&1 <<<"") || failed=1
    is "$what: fails" "$failed" 1
    like "$what: says why" "$output" "$regex"
}

empty="Not using IAKERB to cifs/nas: .*password"
for tool in "smbclient //nas/share -c pwd" "rpcclient -c getusername nas" \
    "net rpc info -S nas" "smbget smb://nas/share/file" \
    "smbcacls //nas/share ."; do
    # shellcheck disable=SC2086  # words
    {
        says_why "${tool%% *}, Enter at the prompt" "$empty" \
            $tool --use-kerberos=required -U alice
        says_why "${tool%% *}, alice@NAS@NAS" \
            "Not using IAKERB to cifs/nas: .*alice@NAS@NAS" \
            $tool --use-kerberos=required -U "alice@NAS@NAS%$pw"
        says_why "${tool%% *}, a wrong password" \
            "IAKERB login to cifs/nas failed: .*wrong password" \
            $tool --use-kerberos=required -U "alice%wrong"
    }
done

# As CUPS calls it: Kerberos is desired, and the name is of no use to NTLM.
says_why "smbspool, alice@NAS@NAS" \
    "Not using IAKERB to cifs/nas: .*alice@NAS@NAS" \
    env CLASS=any smbspool "smb://alice%40NAS%40NAS:$pw@nas/printer" \
    1 alice title 1 "" /dev/null
says_why "smbspool, a wrong password" \
    "IAKERB login to cifs/nas failed: .*wrong password" \
    env CLASS=any smbspool "smb://alice:wrong@nas/printer" \
    1 alice title 1 "" /dev/null

# ---- Names beyond ASCII --------------------------------------------------

# in_latin1 TEXT
in_latin1()
{
    iconv -f UTF-8 -t ISO-8859-1 <<<"$1"
}

# logs_in_as WHAT USER COMMAND...: by the server's record, which is in UTF-8
# and in the server's own charset.
logs_in_as()
{
    recorded "$1" "Successful AuthZ: \[SMB2,IAKERB\] user \[NAS\]..$2\]" \
        "${@:3}"
}

logs_in_as "jürgen" jürgen smb -U "jürgen%$pw" //nas/share -c pwd
logs_in_as "müller" müller smb -U "müller%größer-$pw" //nas/share -c pwd
latin1=(--option="unix charset=ISO8859-1")
logs_in_as "jürgen in another charset" jürgen smb "${latin1[@]}" \
    -U "$(in_latin1 "jürgen%$pw")" //nas/share -c pwd
logs_in_as "a password in another charset" müller smb "${latin1[@]}" \
    -U "$(in_latin1 "müller%größer-$pw")" //nas/share -c pwd
smbd_stop

iconv -f UTF-8 -t ISO-8859-1 "$server_dir/passwd" >"$server_dir/latin1" &&
    mv "$server_dir/latin1" "$server_dir/passwd"
smbd_start "unix charset = ISO8859-1"
for user in jürgen müller; do
    password=$pw
    [ "$user" = jürgen ] || password=größer-$pw
    size=$(stat -c %s "$server_log")
    ok "$user on a server with another charset" \
        smb -U "$user%$password" //nas/share -c pwd
    like "$user: the server's record" \
        "$(server_log_since "$size" | iconv -f ISO-8859-1 -t UTF-8)" \
        "Successful AuthZ: \[SMB2,IAKERB\] user \[NAS\]..$user\]"
done

done_testing
