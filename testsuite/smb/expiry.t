#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A ticket that expires while a file is transferred: the server insists on a
# new login for the same session, the client makes it, and the open file stays.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/smb/file_manager.sh"
realm_start
# The server allows a ticket its clock skew beyond the end.
cat >"$server_dir/krb5.conf" <<'CONF'
[libdefaults]
    clockskew = 1
CONF
life=6
realm_admin NAS "modprinc -maxlife ${life}s cifs/nas"
realm_user carol "$pw"
realm_user dave "$pw"
# No file is there with one READ.
smbd_start "smb2 max read = 65536"
cd "$client_dir" || exit
size=8388608
head -c $size /dev/urandom >file
cp file "$server_dir/share"
ticket tgt alice@NAS "$pw"
ticket named carol@NAS "$pw"
# From now on a TGT too, so that it takes the password to renew a session.
realm_admin NAS "modprinc -maxlife ${life}s krbtgt/NAS"

# trickle: from standard input to standard output, in twice a ticket's life.
trickle()
{
    perl -e '$| = 1;
        while (read STDIN, my $block, $ARGV[0]) {
            print $block;
            select undef, undef, undef, 0.25;
        }' $((size / life / 8))
}

# logins USER [MECHANISM]: how often each connection of USER logged in, a line
# each.
logins()
{
    sed -nE "s/.*AuthZ: \[SMB2,${2-IAKERB}\] user \[[A-Z]*\]\\\\\[$1\] $(
        ).*host \[ipv4:[0-9.]+:([0-9]+)\] local.*/\1/p" "$server_log" |
        sort | uniq -c | awk '{ print $1 }'
}

# start NAME COMMAND...: in the background.
declare -A running
start()
{
    local name=$1
    shift

    "$@" >"$name.log" 2>&1 &
    running[$name]=$!
}

# ended NAME STATUS: what was started ended so.
ended()
{
    wait "${running[$1]}"
    is "$1: its exit status" $? "$2"
}

# put NAME ARGUMENT...
put()
{
    local name=$1
    shift

    trickle <file | smb "$@" //nas/share -c "put - $name"
}

# get NAME ARGUMENT...: in many small reads.
get()
{
    local name=$1
    shift

    smb -b 65536 "$@" //nas/share -c "get file -" | trickle >"$name"
    return "${PIPESTATUS[0]}"
}

# kerberos NAME ARGUMENT...: ordinary Kerberos.  The client cannot ask the KDC,
# so this one is on the server.
kerberos()
{
    local name=$1
    shift

    trickle <file | "${server[@]}" NSS_WRAPPER_HOSTS="$client_dir/hosts" \
        KRB5_CONFIG="$server_dir/kdc/krb5.conf" \
        SMB_CONF_PATH="$client_dir/smb.conf" smbclient \
        --use-kerberos=required --option="client use iakerb = no" \
        "$@" //nas/share -c "put - $name"
}

start put put put -U "alice%$pw"
start sealed get sealed -U "alice%$pw" --client-protection=encrypt
start signed get signed -U "alice%$pw" --client-protection=sign
start older get older -m SMB2_10 -U "alice%$pw"
start tickets put tickets --use-krb5-ccache="FILE:$client_dir/tgt"
start smbget client smbget --limit-rate=$((size / 1024 / life / 2)) -q \
    -o smbget --use-kerberos=required -U "alice%$pw" smb://nas/share/file
start owner client "$file_manager" -w $((life * 2)) smb://nas/share dave "" \
    "$pw"
start kerberos kerberos kerberos -U "carol@NAS%$pw"
start named kerberos named --password="$pw" \
    --use-krb5-ccache="FILE:$client_dir/named"
start refused put refused -U "bob%$pw"
ok "refused: the first login" \
    wait_for 30 server_logged 0 'AuthZ: .*\[bob\]'
realm_admin NAS "cpw -pw other bob"

ended put 0
ok "put: the file" cmp file "$server_dir/share/put"
for name in sealed signed older smbget; do
    ended $name 0
    ok "$name: the file" cmp file $name
done
is "five connections logged in more than once" \
    "$(logins alice | grep -cvx 1)" 5

# One session with the share and one for attributes.
ended owner 0
is "owner: has a name each time" \
    "$(grep -c '^owner Unix User\\root$' owner.log)" 2
is "owner: both connections logged in more than once" \
    "$(logins dave | grep -cvx 1)" 2

ended kerberos 0
ok "kerberos: the file" cmp file "$server_dir/share/kerberos"
is "kerberos: one of two connections logged in more than once" \
    "$(logins carol krb5 | grep -cvx 1) $(logins carol krb5 | wc -l)" "1 2"
ended named 1
like "a password, and a credential cache that comes before it" \
    "$(cat named.log)" "cli_push returned NT_STATUS_NETWORK_SESSION_EXPIRED"

# Whose the tickets are that are in the cache by now is not known.
ended tickets 1
like "tickets and no password" "$(cat tickets.log)" \
    "cli_push returned NT_STATUS_NETWORK_SESSION_EXPIRED"

ended refused 1
like "a password that was changed" "$(cat refused.log)" \
    "cli_push returned NT_STATUS_NETWORK_SESSION_EXPIRED"
like "a password that was changed: why" "$(cat refused.log)" \
    "The session expired, and cannot be renewed: NT_STATUS_LOGON_FAILURE"
is "a password that was changed: there is no second login" "$(logins bob)" 1

done_testing
