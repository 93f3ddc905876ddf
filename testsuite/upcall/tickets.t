#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where the tickets come from: a cache, a keytab, a KDC, the server.

. "$(dirname "$0")/lib.sh"
cache=$client_dir/cache

realm_start
other_realm_start
realm_user backup "$(random_word)"
realm_admin NAS "add_alias host/old host/nas" \
    "addprinc -pw $pw -maxlife 2s -maxrenewlife 0 short" \
    "addprinc -pw $pw carol" \
    "ktadd -k $server_dir/users.keytab -norandkey backup alice"
smbd_start

negates "no cache and no keytab" ENOKEY \
    "uid 0 has no tickets; run kinit or iakerb-kinit$" "$(spnego)"

ticket cache alice@NAS "$pw" cifs/nas@NAS
before=$(tickets_issued)
makes "a ticket for the server" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" "$(spnego)"
is "a ticket for the server: no other one" "$(tickets_issued)" "$before"

ticket cache alice@NAS "$pw"
makes "a TGT" alice "alice@NAS gets .* cifs/nas, had through the server$" \
    "$(spnego)"
is "a TGT: one ticket" "$(tickets_issued)" $((before + 1))
makes "again" alice "alice@NAS gets in with a ticket for cifs/nas$" \
    "$(spnego)"
is "again: the ticket was kept" "$(tickets_issued)" $((before + 1))
makes "by address" alice "alice@NAS gets in .* cifs/$server_ip, had" \
    "$(spnego "host=$server_ip")"
ticket cache alice@NAS "$pw"
makes "a link-local address" alice "alice@NAS .*, had through the server$" \
    "$(spnego | sed 's/ip4=[^;]*/ip6=fe80:0:0:0:0:0:0:1/')"
makes "sec=mskrb5" alice "alice@NAS gets in with a ticket for cifs/nas$" \
    "$(spnego sec=mskrb5)"
ok "sec=mskrb5: Microsoft's OID" \
    env LC_ALL=C grep -qaP '\x2a\x86\x48\x82\xf7\x12' "$keys/payload"

makes "in capitals" alice "alice@NAS gets in with a ticket for cifs/nas$" \
    "$(spnego host=NAS)"

# However the server is spelled, it is one service.
realm_admin NAS "add_alias cifs/fd00::10 cifs/nas"
for host in Nas. Nas.Local.; do
    name=${host,,}
    ticket cache alice@NAS "$pw"
    makes "the server as $host" alice \
        "alice@NAS gets in with a ticket for cifs/$name, had through" \
        "$(spnego "host=$host")"
    makes "the server as $host: again" alice \
        "alice@NAS gets in with a ticket for cifs/$name$" \
        "$(spnego "host=$host")"
    makes "and as ${name%.}" alice \
        "alice@NAS gets in with a ticket for cifs/${name%.}$" \
        "$(spnego "host=${name%.}")"
done
ticket cache alice@NAS "$pw"
makes "an address as nobody spells it" alice \
    "alice@NAS gets in .* had through the server$" "$(spnego host=FD00:0:0::0010)"
makes "the same address" alice \
    "alice@NAS gets in with a ticket for cifs/fd00::10$" \
    "$(spnego host=fd00::10)"
ticket cache alice@NAS "$pw" cifs/nas@NAS

# Names that would turn the log's line around.
turned=$'a\xe2\x80\xaeb'
negates "a server's name that turns the line around" EKEYREJECTED \
    'the KDC of alice@NAS does not know the service cifs/a\?\?\?b@NAS$' \
    "$(spnego "host=$turned")"
negates "a user's name that turns the line around" ENOKEY \
    'uid 0 has no tickets of a\?\?\?b; run' "$(spnego "user=$turned")"

# A domain that this machine is in, and the server is not.
printf '[domain_realm]\n    .local = EXAMPLE.COM\n' >"$client_dir/krb5.conf"
makes "a name with a realm in krb5.conf" alice \
    "alice@NAS gets in with a ticket for cifs/nas.local, had through" \
    "$(spnego host=NAS.local)"
makes "a name with a realm in krb5.conf: again" alice \
    "alice@NAS gets in with a ticket for cifs/nas.local$" \
    "$(spnego host=nas.local)"
: >"$client_dir/krb5.conf"

# Only ENOKEY makes mount.cifs look for the tickets of who runs sudo.
ticket short short@NAS "$pw"
sleep 2
expired="have expired; run kinit or iakerb-kinit$"
negates "an expired TGT of root's" ENOKEY "the tickets of uid 0 $expired" \
    "$(spnego)" KRB5CCNAME="FILE:$client_dir/short"
if can_become_others; then
    chmod 0711 "$bed"
    chown 1001 "$client_dir/short"
    negates "an expired TGT" EKEYEXPIRED "the tickets of uid 1001 $expired" \
        "$(spnego creduid=0x3e9)" KRB5CCNAME="FILE:$client_dir/short"
fi
ticket cache alice@OTHER "$pw"
negates "a foreign realm" EACCES \
    "the server does not serve the realm of alice@OTHER$" "$(spnego)"
ticket cache alice@NAS "$pw"
negates "a service that the KDC does not know" EKEYREJECTED \
    "the KDC of alice@NAS does not know the service cifs/elsewhere@NAS$" \
    "$(spnego host=elsewhere)"

makes "a server with a key for host only" alice \
    "alice@NAS gets in with a ticket for host/old, had through the server$" \
    "$(spnego host=old)"

# Which one of several caches.
mkdir "$client_dir/caches"
several=KRB5CCNAME=DIR:$client_dir/caches
ticket caches/tkt alice@OTHER "$pw"
ticket caches/tkta alice@NAS "$pw"
makes "the realm that is named as the server" alice "alice@NAS gets in" \
    "$(spnego)" "$several"
ticket caches/tktb carol@NAS "$pw"
ok "the user that was asked for" upcall "$(spnego user=carol)" "$several"
like "the user that was asked for: the log" "$(helper_log)" "carol@NAS gets in"
negates "a user who has none" ENOKEY \
    "uid 0 has no tickets of nobody; run kinit or iakerb-kinit$" \
    "$(spnego user=nobody)" "$several"
negates "a user of another realm" ENOKEY "uid 0 has no tickets of carol@OTHER" \
    "$(spnego user=carol@OTHER)" "$several"
for user in @NAS @ alice@NAS@NAS; do
    negates "a user who is nobody: $user" ENOKEY \
        "uid 0 has no tickets of $user; run" "$(spnego user=$user)" "$several"
done
# That is what mount.cifs writes when nobody named anybody.
ok "the account that mounts" upcall "$(spnego user=root)" "$several"
like "the account that mounts: the ticket that is there" "$(helper_log)" \
    "(alice|carol)@NAS gets in with a ticket for cifs/nas$"

# Keytabs.
rm "$cache"
cp "$server_dir/users.keytab" "$client_dir/keytab"
for user in alice backup@NAS alice; do
    makes "the system's keytab, for $user" "${user%@*}" \
        "${user%@*}@NAS .*, had through the server$" "$(spnego "user=$user")"
    ok "the system's keytab, for $user: nobody's default" test ! -e "$cache"
done
negates "a user who is not in it" ENOKEY "uid 0 has no tickets of bob;" \
    "$(spnego user=bob)"
negates "everybody of a realm" ENOKEY "uid 0 has no tickets of @NAS;" \
    "$(spnego user=@NAS)"
negates "another realm's user of that name" ENOKEY \
    "uid 0 has no tickets of alice@OTHER;" "$(spnego user=alice@OTHER)"
collection=KRB5CCNAME=DIR:$client_dir/keytabs
mkdir "$client_dir/keytabs"
for round in "had through the server" "for cifs/nas"; do
    for user in alice backup; do
        makes "a keytab and a collection, $user" $user \
            "$user@NAS gets in .*$round$" "$(spnego user=$user)" "$collection"
    done
done
ok "they are not the collection's default" \
    test ! -e "$client_dir/keytabs/tkt"
mv "$client_dir/keytab" "$client_dir/other.keytab"
makes "--keytab" backup "backup@NAS .*, had through the server$" \
    "$(spnego user=backup@NAS)" --keytab="$client_dir/other.keytab"
mv "$client_dir/other.keytab" "$client_dir/client.keytab"
makes "the client keytab" backup "backup@NAS .*, had through the server$" \
    "$(spnego user=root)"
realm_admin NAS "cpw -randkey backup"
rm "$cache"
negates "root's keytab with an old key" ENOKEY \
    "wrong password for backup@NAS$" "$(spnego)"
if can_become_others; then
    chown 1001 "$client_dir/client.keytab"
    negates "a keytab with an old key" EKEYREJECTED \
        "wrong password for backup@NAS$" "$(spnego creduid=0x3e9)"
fi
rm "$client_dir/client.keytab"

# A keytab for this server, and tickets for another.
cp "$server_dir/users.keytab" "$client_dir/keytab"
ticket cache alice@OTHER "$pw"
makes "a key for this server, tickets for another" alice \
    "alice@NAS gets in .* cifs/nas, had through the server$" \
    "$(spnego user=alice@NAS)"
like "a key for this server: the tickets are still there" \
    "$(client klist "$cache")" "krbtgt/OTHER@OTHER"
rm -r "$client_dir/caches"
mkdir "$client_dir/caches"
ticket caches/tkt alice@OTHER "$pw"
makes "a key for this server, and a collection" alice \
    "alice@NAS gets in .* cifs/nas, had through the server$" \
    "$(spnego user=alice)" "$several"
makes "a key for this server, and a collection: again" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" \
    "$(spnego user=alice)" "$several"
like "a collection: the tickets are still there" \
    "$(client klist "$client_dir/caches/tkt")" "krbtgt/OTHER@OTHER"
ticket cache carol@NAS "$pw"
makes "somebody else's tickets for this server" alice \
    "alice@NAS gets in .* cifs/nas, had through the server$" \
    "$(spnego user=alice)"
like "somebody else's tickets are still there" "$(client klist "$cache")" \
    "principal: carol@NAS"

# A cache that cannot be written.
if can_become_others; then
    ticket cache alice@NAS "$pw"
    chown 1001 "$cache"
    chmod 0400 "$cache"
    chmod 0711 "$bed"
    makes "a cache that cannot be written" alice \
        "alice@NAS gets in .* cifs/nas, had through the server$" \
        "$(spnego creduid=0x3e9)"
fi
rm "$cache"

# together WHAT [ARGUMENT]...: several mounts at once, with the keytab.
together()
{
    local what=$1 i pids=()
    shift

    rm -f "$cache"
    for i in {1..8}; do
        (
            keys=$bed/keys-$i
            upcall "$(spnego user=alice)" "$@"
        ) &
        pids+=("$!")
    done
    wait "${pids[@]}"
    is "$what, eight at once" \
        "$(cat "$bed"/keys-*/log | grep -c "^info: alice@NAS gets in")" 8
}
together "a keytab"

# An ordinary KDC in reach.  The helper runs where its socket is.
upcall_on=("${server[@]}" LD_PRELOAD=)
cp "$server_dir/kdc/krb5.conf" "$client_dir/kdc.conf"
ticket cache alice@NAS "$pw"
makes "a KDC" alice "alice@NAS gets in with a ticket for cifs/nas$" \
    "$(spnego)" --krb5conf="$client_dir/kdc.conf"
cp "$server_dir/users.keytab" "$client_dir/keytab"
rm "$cache"
makes "a KDC and a keytab" alice "alice@NAS gets in .* for cifs/nas$" \
    "$(spnego user=alice)" -k "$client_dir/kdc.conf"
for round in 1 2; do
    together "a KDC and a keytab ($round)" -k "$client_dir/kdc.conf"
done
rm "$client_dir/keytab"

# A KDC that knows the server by the name that the resolver has, and no other.
realm_admin NAS "add_alias cifs/files.local cifs/nas"
echo "$server_ip files.local files" >>"$client_dir/hosts"
# shellcheck disable=SC2016  # for the inner shell
upcall_on=("${server[@]}" LD_PRELOAD= sh -c '
    mount --bind "$1" /etc/hosts && shift && exec env "$@"' server
    "$client_dir/hosts")
printf '[libdefaults]\n    default_realm = NAS\n' >>"$client_dir/kdc.conf"
ticket cache alice@NAS "$pw"
makes "a short name" alice \
    "alice@NAS gets in with a ticket for cifs/files.local$" \
    "$(spnego host=files)" -k "$client_dir/kdc.conf"
upcall_on=("${client[@]}")

# A krb5 that was not built for /usr has a second file.
if [ "$KRB5_PREFIX" != /usr ] && can_become_others; then
    ticket second alice@NAS "$pw"
    # shellcheck disable=SC2016  # for the inner shell
    upcall_on=("${client[@]}" unshare -m sh -c '
        mkdir -p "$2/upper/etc" "$2/work"
        printf "[libdefaults]\n    default_ccache_name = FILE:%s\n" "$3" \
            >"$2/upper/etc/krb5.conf"
        [ ! -e /etc/krb5.conf ] || mount --bind /dev/null /etc/krb5.conf
        mount -t overlay none "$1" \
            -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" &&
            shift 3 && exec env -u KRB5_CONFIG "$@"' \
        sh "$KRB5_PREFIX" "$server_dir" "$client_dir/second")
    upcall_cache=()
    makes "krb5's second file" alice "alice@NAS gets in" "$(spnego)"
    upcall_cache=(KRB5CCNAME="FILE:$cache")
    upcall_on=("${client[@]}")
fi

# One that is configured, and out of reach.
cat >"$client_dir/krb5.conf" <<-CONF
	[realms]
	    NAS = {
	        kdc = 10.53.57.99
	    }
	CONF
ticket cache alice@NAS "$pw"
makes "a KDC out of reach" alice "alice@NAS .*, had through the server$" \
    "$(spnego)"

smbd_stop
smbd_start "server support iakerb = no"
sed -i 's/kdc = .*/kdc = 127.0.0.1:9/' "$client_dir/krb5.conf"
ticket cache alice@NAS "$pw"
negates "a KDC out of reach, and a server without IAKERB" ENETUNREACH \
    "cannot get a ticket for the server: Cannot contact any KDC for realm" \
    "$(spnego)"

done_testing
