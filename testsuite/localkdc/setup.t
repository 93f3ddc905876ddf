#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# localkdc setup, refresh and remove.

. "$(dirname "$0")/common.sh"
machine nas

# ---- A first setup -------------------------------------------------------

before=$(snapshot)
ok "a dry run" lk setup --dry-run
like "says the realm" "$output" "^Realm NAS;"
like "says the files" "$output" "/etc/krb5.keytab$"
is "and writes nothing" "$(snapshot)" "$before"

ok "setup" lk setup
like "says what is next" "$output" "localkdc user add"
is "no file is left over" "$(find "$root" -name '*localkdc-*')" ""

modes=$(cd "$root" && stat -c '%a %n' etc/localkdc etc/localkdc/* \
    etc/krb5.conf etc/krb5.conf.d etc/krb5.conf.d/* etc/krb5.keytab \
    var/lib/localkdc var/lib/localkdc/* var/lib/localkdc/db/*)
is "the modes" "$modes" "755 etc/localkdc
644 etc/localkdc/kdc.conf
644 etc/localkdc/names
644 etc/krb5.conf
755 etc/krb5.conf.d
644 etc/krb5.conf.d/localkdc.conf
600 etc/krb5.keytab
711 var/lib/localkdc
700 var/lib/localkdc/db
600 var/lib/localkdc/folders
600 var/lib/localkdc/lock
644 var/lib/localkdc/realm
600 var/lib/localkdc/db/principal
600 var/lib/localkdc/db/principal.kadm5
600 var/lib/localkdc/db/principal.kadm5.lock
600 var/lib/localkdc/db/principal.ok
600 var/lib/localkdc/db/stash"

ok "the keytab" klist -ke "$root/etc/krb5.keytab"
for name in nas NAS nas.local nas.example.org localhost 127.0.0.1; do
    like "has keys for $name" "$output" " cifs/$name@NAS "
done
unlike "AES only" "$output" "arcfour|des|camellia"

# ---- The KDC -------------------------------------------------------------

ok "a user" user_add alice "correct horse"
kdc_start
sockets=$(find "/proc/$kdc_pid/fd" -lname 'socket:*' -printf '%l\n' |
    sed 's/socket:\[\(.*\)\]/\1/' | sort)
unix=$(awk -v path="$root/run/localkdc/kdc.sock" '$8 == path { print $7 }' \
    /proc/net/unix)
is "the KDC's only socket is the one in the machine" "$sockets" "$unix"

ok "kinit with no further configuration" login alice "correct horse"
ok "klist" klist
like "as alice of the realm" "$output" "^Default principal: alice@NAS$"
ok "tickets under each name" kvno cifs/nas cifs/NAS cifs/nas.local \
    cifs/nas.example.org cifs/127.0.0.1 host/nas
refused "no ticket for a user" 1 "valid for user2user only" kvno alice
refused "none for a name that is not the machine's" 1 "not found in Kerb" \
    kvno cifs/other

export KRB5_TRACE=$scratch/trace
login alice "correct horse" >/dev/null
unset KRB5_TRACE
is "SPAKE with edwards25519 (1), whose challenge comes at once" \
    "$(grep -o 'Sending request\|SPAKE challenge received with group 1' \
        "$scratch/trace" | tr '\n' ,)" \
    "Sending request,SPAKE challenge received with group 1,Sending request,"

# ---- Tickets for later ---------------------------------------------------

# later SERVICE: get a ticket that begins in an hour.
later()
{
    kinit -c "$scratch/later" -s 1h -S "$1" alice <<<"correct horse"
}

kadmin()
{
    env -u LD_PRELOAD KRB5_CONFIG=/dev/null \
        KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" \
        kadmin.local "$@" >/dev/null
}

no_ticket_for_later()
{
    local name

    for name in krbtgt/NAS cifs/NAS; do
        refused "no ticket for later: $name" 1 "ineligible for postdating" \
            later "$name"
    done
}

no_ticket_for_later
for name in krbtgt/NAS cifs/nas alice; do
    kadmin modprinc +allow_postdated "$name"
done
ok "a realm that lets a user have them" later krbtgt/NAS
ok "a dry run" lk setup --dry-run
like "says that the database would change" "$output" "^    .*/db\$"
ok "refresh" lk refresh
like "changes it" "$output" "^    .*/db\$"
no_ticket_for_later
ok "nothing is left to do" lk refresh
like "says so" "$output" "nothing has changed"
validate()
{
    kinit -c "$scratch/later" -v
}
refused "the one that was given out will be good" 1 "not yet valid" validate
kadmin cpw -randkey krbtgt/NAS
refused "unless the realm gets a new key" 1 \
    "PROCESS_TGS while validating" validate

# ---- Again ---------------------------------------------------------------

# All but the database and the times in the keytab.
state()
{
    snapshot | grep -v '/db\|  ./etc/krb5.keytab$'
    klist -kK "$root/etc/krb5.keytab" | sort
}

before=$(state)
ok "a second setup" lk setup --realm NAS
like "says that nothing changed" "$output" "nothing has changed"
is "and that is so" "$(state)" "$before"
refused "another realm" 1 "is the realm NAS already.*localkdc remove" \
    lk setup --realm OTHER
is "changes nothing" "$(state)" "$before"

for file in localkdc/kdc.conf krb5.conf.d/localkdc.conf krb5.keytab \
        krb5.conf; do
    rm "$root/etc/$file"
    if [ "$file" = localkdc/kdc.conf ]; then
        refused "without $file" 1 "'localkdc refresh' writes this file" \
            lk user list
    else
        ok "a dry run without $file" lk setup --dry-run
        like "says what it would write" "$output" "^    .*/etc/$file\$"
    fi
    ok "setup makes $file again" lk setup
    like "and says so" "$output" "/etc/$file\$"
    is "and nothing else" "$(state)" "$before"
done
ok "and it still works" login alice "correct horse"

# ---- Names ---------------------------------------------------------------

ok "a ticket from before" kvno cifs/nas
echo "files.example.org" >>"$root/etc/localkdc/names"
refused "a new name is missing" 3 "problem +names +.*cifs/files.example.org" \
    lk status
like "and that is all" "$output" "^ok +keytab "
ok "refresh" lk refresh --name extra.example.org
ok "tickets for it" kvno cifs/files.example.org cifs/extra.example.org
ok "it is in the keytab" klist -k "$root/etc/krb5.keytab"
like "with its service" "$output" "cifs/files.example.org@NAS"
is "the name given is kept" "$(tail -n 1 "$root/etc/localkdc/names")" \
    "files.example.org"
ok "the ticket from before" kvno -k "$root/etc/krb5.keytab" cifs/nas
like "is still good" "$output" "keytab entry valid"

sed -i '/^files/d' "$root/etc/localkdc/names"
ok "refresh without it" lk refresh
refused "no new ticket" 1 "not found in Kerberos" \
    env KRB5CCNAME="$KRB5CCNAME.new" bash -c \
    'echo correct horse | kinit alice && kvno cifs/files.example.org'
ok "the keytab" klist -k "$root/etc/krb5.keytab"
unlike "has it no longer" "$output" "files.example.org"
like "but the other" "$output" "extra.example.org"

# An address more, in a network of its own.
namespace=(unshare -n)
[ "$(id -u)" -eq 0 ] || namespace=(unshare -Urn)
ok "refresh with other addresses" "${namespace[@]}" sh -c "
    ip link set lo up && ip address add 192.0.2.77/32 dev lo &&
    ip address add 2001:db8::77/128 dev lo nodad &&
    localkdc --root '$root' refresh"
ok "tickets for them" kvno cifs/192.0.2.77 "host/2001:db8::77"
ok "refresh when they are gone" lk refresh
refused "no ticket any more" 1 "not found in Kerberos" \
    env KRB5CCNAME="$KRB5CCNAME.new" bash -c \
    'echo correct horse | kinit alice && kvno cifs/192.0.2.77'

echo "192.0.2.10 x}.example.org nas" >"$scratch/hosts"
ok "refresh where a name server has an odd name" lk refresh
unlike "leaves it out" "$(cat "$root/etc/krb5.conf.d/localkdc.conf")" \
    "^ .*}.example"
ok "and Kerberos still reads its configuration" login alice "correct horse"
echo "192.0.2.10 nas.example.org nas" >"$scratch/hosts"

for bad in bad/name '}' '[x]'; do
    printf 'good\n%s\n' "$bad" >"$root/etc/localkdc/names"
    refused "a bad name in the file: $bad" 1 "names: line 2:" lk refresh
done
rm "$root/etc/localkdc/names"
ok "refresh makes the file again" lk refresh

kdc_stop

# ---- Other people's files ------------------------------------------------

ok "remove" lk remove --yes
is "leaves none of the folders that setup made" "$(cd "$root" &&
    find etc var -mindepth 1 | sort)" $'etc/passwd\netc/samba\nvar/lib'

# The folder that setup made has got other files meanwhile.
machine shared
lk setup >/dev/null
cp "$root/etc/krb5.conf" "$scratch/includes"
printf '[realms]\n    X.ORG = {\n        kdc = kdc.x.org\n    }\n' \
    >"$root/etc/krb5.conf.d/mine.conf"
ok "remove, where krb5.conf.d has other files" lk remove --yes
like "says that they are still read" "$output" \
    "/etc/krb5.conf.d has other files; .*/etc/krb5.conf still reads them"
is "leaves them" "$(ls "$root/etc/krb5.conf.d")" mine.conf
ok "and the line that reads them" cmp "$root/etc/krb5.conf" "$scratch/includes"
lk setup >/dev/null
rm "$root/etc/krb5.conf.d/mine.conf"
ok "remove, where it has none any more" lk remove --yes
is "takes the line away" "$(find "$root/etc" -name 'krb5*')" \
    "$root/etc/krb5.conf.d"

machine other
mkdir "$root"/etc/{localkdc,krb5.conf.d}
cat >"$root/etc/krb5.conf" <<-'CONF'
	[libdefaults]
	    default_realm = EXAMPLE.ORG
	[realms]
	    EXAMPLE.ORG = {
	        kdc = kdc.example.org
	    }
CONF
chmod 0640 "$root/etc/krb5.conf"
mv "$root/etc/krb5.conf" "$root/etc/krb5.real"
ln -s krb5.real "$root/etc/krb5.conf"
printf 'addent -password -p nfs/x@EXAMPLE.ORG -k 3 -e aes256-cts
secret
addent -password -p nfs/x@NAS -k 3 -e aes256-cts
secret
wkt %s\n' "$root/etc/krb5.keytab" | ktutil >/dev/null
chmod 0640 "$root/etc/krb5.keytab"
before=$(state)
foreign=$(klist -kK "$root/etc/krb5.keytab" | grep nfs/)
ok "setup" lk setup --realm NAS
like "says how to use the realm" "$output" "kinit NAME@NAS"
is "the mode of the keytab stays" \
    "$(stat -c %a "$root/etc/krb5.keytab")" 640
for mode in 644 600; do
    chmod "$mode" "$root/etc/krb5.keytab"
    ktutil <<<"rkt $root/etc/krb5.keytab
delent 3
wkt $root/etc/keytab" >/dev/null
    cat "$root/etc/keytab" >"$root/etc/krb5.keytab"
    rm "$root/etc/keytab"
    ok "refresh of a keytab of mode $mode" lk refresh
    like "writes it" "$output" "/etc/krb5.keytab$"
    is "and gives others no access" \
        "$(stat -c %a "$root/etc/krb5.keytab")" "${mode%?}0"
done
chmod 0640 "$root/etc/krb5.keytab"
is "and other keys in it" \
    "$(klist -kK "$root/etc/krb5.keytab" | grep nfs/)" "$foreign"
is "krb5.conf stays a link" "$(readlink "$root/etc/krb5.conf")" krb5.real
is "and its mode" "$(stat -c %a "$root/etc/krb5.real")" 640
ok "a user" user_add alice "correct horse"
kdc_start
ok "kinit with the realm's name" login alice@NAS "correct horse"
refused "the default realm is the other one" 1 "EXAMPLE.ORG" \
    login alice "correct horse"

# ---- Remove --------------------------------------------------------------

refused "remove asks on a terminal" 1 "no terminal to ask on" \
    lk remove </dev/null
refused "and for the realm's name" 1 "is not 'NAS'; nothing has changed" \
    script -qec "localkdc --root $root remove" /dev/null <<<"yes"
ok "remove" script -qec "localkdc --root $root remove" /dev/null <<<"NAS"
kdc_stop
is "leaves what was there before" "$(state)" "$before"
refused "a second time" 1 "has no local realm; make one with 'localkdc setup'" \
    lk remove --yes

done_testing
