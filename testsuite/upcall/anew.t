#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A realm that was made anew: tickets from before are passed over, as those that
# have expired are, and what comes next is tried.

. "$(dirname "$0")/lib.sh"
cache=$client_dir/cache
caches=$client_dir/caches
several=KRB5CCNAME=DIR:$caches

# Tickets of each kind, by user and by what there is besides the TGT.
realm_start
other_realm_start
realm_user backup "$pw"
smbd_start
for user in alice bob; do
    ticket "$user-tgt" "$user@NAS" "$pw"
    ticket "$user-service" "$user@NAS" "$pw" cifs/nas@NAS
done
makes "a service ticket, while it is good" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" "$(spnego)" \
    KRB5CCNAME="FILE:$client_dir/alice-service"
is "nobody is logged in who shows a ticket" \
    "$(grep -c "Successful AuthZ" "$server_log")" 1

# The service alone has other keys: the TGT is still good for a new ticket.
cp "$client_dir/alice-service" "$cache"
rm "$server_dir/keytab"
realm_admin NAS "cpw -randkey cifs/nas" \
    "ktadd -norandkey -k $server_dir/keytab cifs/nas host/nas"
makes "an old service ticket, and a TGT that is good" alice \
    "alice@NAS gets in with a ticket for cifs/nas, had through the server$" \
    "$(spnego)"
ok "an old service ticket, and a TGT that is good: they stay" \
    cmp "$cache" "$client_dir/alice-service"

realm_anew OTHER
realm_admin NAS "ktadd -k $server_dir/users.keytab -norandkey alice backup" \
    "ktadd -k $server_dir/backup.keytab -norandkey backup"
declare -A says=(
    [tgt]="the server's KDC does not take the tickets of alice@NAS: .* kdestroy"
    [service]="the server does not take the ticket of alice@NAS for cifs/nas@NAS: .* kdestroy"
)

# with USER KIND: root has these tickets, and no keytab.
with()
{
    rm -rf "$client_dir"/{keytab,client.keytab} "$caches"
    mkdir "$caches"
    cp "$client_dir/$1-$2" "$cache"
}

for kind in tgt service; do
    with alice $kind
    negates "old tickets ($kind) alone" ENOKEY "${says[$kind]}" "$(spnego)"
    ok "old tickets ($kind) alone: they stay" cmp "$cache" \
        "$client_dir/alice-$kind"
    cp "$server_dir/backup.keytab" "$client_dir/client.keytab"
    makes "old tickets ($kind), and the client keytab" backup \
        "backup@NAS gets in .*, had through the server$" "$(spnego)"
    ok "somebody else's old tickets ($kind) stay" cmp "$cache" \
        "$client_dir/alice-$kind"

    with alice $kind
    cp "$server_dir/users.keytab" "$client_dir/keytab"
    makes "old tickets ($kind) of the user who was named" alice \
        "alice@NAS gets in .*, had through the server$" "$(spnego user=alice)"
    makes "old tickets ($kind) of the user who was named: again" alice \
        "alice@NAS gets in" "$(spnego user=alice)"
    with alice $kind
    cp "$server_dir/backup.keytab" "$client_dir/keytab"
    negates "old tickets ($kind) of the one user who will do" ENOKEY \
        "${says[$kind]}" "$(spnego user=alice)"

    with bob $kind
    cp "$server_dir/users.keytab" "$client_dir/keytab"
    makes "somebody else's old tickets ($kind), a user who was named" alice \
        "alice@NAS gets in .*, had through the server$" "$(spnego user=alice)"
    negates "somebody else's old tickets ($kind), nobody was named" ENOKEY \
        "${says[$kind]/alice/bob}" "$(spnego)"

    # Good ones in another cache of the collection.
    with bob $kind
    mv "$cache" "$caches/tkt"
    cp "$client_dir/alice-$kind" "$caches/tktb"
    ticket caches/tktc backup@NAS "$pw"
    makes "old tickets ($kind) of two, and good ones" backup \
        "backup@NAS gets in .*, had through the server$" "$(spnego)" "$several"
    makes "old tickets ($kind) of two, and good ones: again" backup \
        "backup@NAS gets in with a ticket for cifs/nas$" "$(spnego)" "$several"
    negates "old tickets ($kind) in a collection, of the one who will do" \
        ENOKEY "${says[$kind]}" "$(spnego user=alice)" "$several"
done

with alice tgt
cp "$server_dir/users.keytab" "$client_dir/keytab"
realm_admin NAS "cpw -randkey alice"
negates "a key that is refused is the last thing that is tried" ENOKEY \
    "wrong password for alice@NAS$" "$(spnego user=alice)"

# A realm that the server does not serve; by its address, no realm is named as
# the server is.
with alice tgt
ticket cache alice@OTHER "$pw"
cp "$server_dir/backup.keytab" "$client_dir/client.keytab"
makes "a foreign realm's tickets, and the client keytab" backup \
    "backup@NAS gets in .*, had through the server$" \
    "$(spnego "host=$server_ip")"

# Nobody looks at more than so many.
with bob tgt
users=()
for i in {1..6}; do
    users+=("addprinc -pw $pw user$i")
done
realm_admin NAS "${users[@]}"
for i in {1..6}; do
    ticket "caches/tkt$i" "user$i@NAS" "$pw"
done
realm_anew OTHER
size=$(stat -c %s "$kdc_log")
negates "old tickets of many" ENOKEY \
    "the server's KDC does not take the tickets of user" "$(spnego)" "$several"
# krb5 asks twice for each.
is "old tickets of many: five are tried" \
    "$(tail -c +$((size + 1)) "$kdc_log" | grep -c "TGS_REQ.*PROCESS_TGS")" 10

# A KDC in reach refuses them as well.
with alice tgt
realm_admin NAS "ktadd -k $client_dir/client.keytab -norandkey backup"
{
    printf '[libdefaults]\n    default_realm = NAS\n'
    cat "$server_dir/kdc/krb5.conf"
} >"$client_dir/kdc.conf"
upcall_on=("${server[@]}" LD_PRELOAD=)
makes "a KDC, and old tickets" backup "backup@NAS gets in" "$(spnego)" \
    -k "$client_dir/kdc.conf"
upcall_on=("${client[@]}")

# Where the server cannot be asked, or says nothing, the kernel is left to it.
ticket cache bob@NAS "$pw" cifs/nas@NAS
smbd_stop
smbd_start "server support iakerb = no"
makes "a server without IAKERB" bob \
    "bob@NAS gets in with a ticket for cifs/nas$" "$(spnego)"
smbd_stop
ok "no server to show a ticket to" upcall "$(spnego)"
like "no server to show a ticket to: the log" "$(helper_log)" \
    "^info: bob@NAS gets in"
silent_server_start
start=$EPOCHREALTIME
ok "a silent server" upcall "$(spnego)"
at_most "a silent server: not for long" 6 "$start"
done_testing
