#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where the tickets come from: a cache, a keytab, a KDC, the server.

. "$(dirname "$0")/lib.sh"
cache=$client_dir/cache

realm_start
realm_make OTHER
realm_admin OTHER "addprinc -pw $pw alice"
user_add backup "$(random_word)"
realm_admin NAS "add_alias host/old host/nas" \
    "addprinc -pw $pw -maxlife 2s -maxrenewlife 0 short" \
    "addprinc -pw $pw carol" \
    "ktadd -k $server_dir/users.keytab -norandkey backup alice"
kdc_stop
kdc_start OTHER
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

ticket short short@NAS "$pw"
sleep 2
negates "an expired TGT" EKEYEXPIRED \
    "the tickets of uid 0 have expired; run kinit or iakerb-kinit$" \
    "$(spnego)" KRB5CCNAME="FILE:$client_dir/short"
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
ok "another one" upcall "$(spnego user=nobody)" "$several"
like "another one: the ticket that is there" "$(helper_log)" \
    "(alice|carol)@NAS gets in with a ticket for cifs/nas$"

# Keytabs.
rm "$cache"
cp "$server_dir/users.keytab" "$client_dir/keytab"
makes "the system's keytab" alice "alice@NAS .*, had through the server$" \
    "$(spnego user=alice)"
before=$(tickets_issued)
makes "the tickets are in the cache" alice "alice@NAS gets in .*cifs/nas$" \
    "$(spnego user=alice)"
is "no other ticket" "$(tickets_issued)" "$before"
rm "$cache"
negates "a user who is not in it" ENOKEY "uid 0 has no tickets" \
    "$(spnego user=bob)"
mv "$client_dir/keytab" "$client_dir/other.keytab"
makes "--keytab" backup "backup@NAS .*, had through the server$" \
    "$(spnego user=backup@NAS)" --keytab="$client_dir/other.keytab"
rm "$cache"
mv "$client_dir/other.keytab" "$client_dir/client.keytab"
makes "the client keytab" backup "backup@NAS .*, had through the server$" \
    "$(spnego user=root)"
realm_admin NAS "cpw -randkey backup"
rm "$cache"
negates "a keytab with an old key" EKEYREJECTED \
    "wrong password for backup@NAS$" "$(spnego)"
rm "$client_dir/client.keytab"

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
rm "$client_dir/keytab"
upcall_on=("${client[@]}")

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

done_testing
