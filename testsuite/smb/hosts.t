#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed with three machines, each a realm of its own that localkdc made,
# a server and a client: who has an account on one of them logs in there from
# each, and nowhere with the password of another.

. "$(dirname "$0")/../testbed.sh"
hosts_here=(laptop nas other)
start=$EPOCHREALTIME
for host in laptop other; do
    host_add "$host"
done
for host in "${hosts_here[@]}"; do
    at "$host" local_realm alice "$host"
    at "$host" smbd_start
done
diag "three hosts: $(since "$start") s"

# logs_in_at SERVER CLIENT: alice@SERVER, with that realm's password, from
# CLIENT; so the account that is called as the server is.  On the server itself
# it is a Kerberos login like any other, because the KDC can be asked there.
logs_in_at()
{
    local user mechanism=IAKERB

    [ "$1" != "$2" ] || mechanism=krb5
    for user in alice "$1"; do
        at "$1" from "$2" recorded "$user of $1 from $2" \
            "Successful AuthZ: \\[SMB2,$mechanism\\] user \\[${1^^}\\]\\\\\\[$user\\]" \
            smb -U "$user@${1^^}%${host_pw[$1]}" "//$1/share" -c pwd
    done
}

for host in "${hosts_here[@]}"; do
    is "the realm of $host" \
        "$(at "$host" lk status --json |
            perl -MJSON::PP -0777 -ne 'print decode_json($_)->{realm}')" \
        "${host^^}"
    is "$host has its name" "$(from "$host" client uname -n)" "$host"
    for peer in "${hosts_here[@]}"; do
        like "$peer is found from $host" \
            "$(from "$host" client getent hosts "$peer")" \
            "^${host_address[$peer]} "
        logs_in_at "$peer" "$host"
    done
done

wrong_realm()
{
    smb -U "alice@NAS%${host_pw[laptop]}" //nas/share -c pwd
}
at nas from laptop login_refused "another realm's password" \
    NT_STATUS_LOGON_FAILURE "" "" wrong_realm

# A host sees no other one's files, and its own tickets.
for host in laptop other; do
    is "$host sees its own folder alone" \
        "$(from "$host" client ls "$bed/hosts")" "$host"
    ok "alice of $host has a ticket there" \
        from "$host" client KRB5CCNAME="FILE:$bed/hosts/$host/ccache" \
        kinit alice <<<"${host_pw[$host]}"
    like "of its realm" "$(from "$host" client klist \
        "FILE:$bed/hosts/$host/ccache")" "krbtgt/${host^^}@${host^^}"
done

host_cut laptop
ok "laptop is cut off from nas" bash -c '! "$@" 2>&1' - timeout 5 \
    "${client[@]}" smbclient --use-kerberos=required \
    -U "alice@LAPTOP%${host_pw[laptop]}" //laptop/share -c pwd
logs_in_at other nas
host_joined laptop
logs_in_at laptop nas
done_testing
