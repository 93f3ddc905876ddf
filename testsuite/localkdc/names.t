#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Which names and addresses localkdc finds, and which it keeps: full names, a
# machine without a name, a name server that does not answer.

. "$(dirname "$0")/common.sh"

# A network of one's own, where root's hosts and name server can be replaced.
namespace=(unshare -nmu)
"${namespace[@]}" mount -t tmpfs none "$scratch" 2>/dev/null ||
    namespace=(unshare -Urnmu)

# named NAME COMMAND...: on a machine of this name.
named()
{
    env NSS_WRAPPER_HOSTNAME="$1" "${@:2}"
}

# names: those that the realm has keys for.
names()
{
    klist -k "$root/etc/krb5.keytab" | sed -n 's,.* cifs/\(.*\)@.*,\1,p' |
        sort -u | paste -sd ' '
}

machine full
: >"$scratch/hosts"
ok "a machine whose name is a full one" \
    named nas2.example.net localkdc --root "$root" setup
like "is the realm of the short one" "$output" "^Realm NAS2: done"
like "and has keys under both" " $(names) " \
    " nas2 .*nas2.example.net .*nas2.local "

machine local
for name in localhost localhost.localdomain; do
    refused "a machine called $name" 1 \
        "is called localhost, as any can be; give it a name, .*--realm" \
        named "$name" localkdc --root "$root" setup
done
ok "with --realm" named localhost localkdc --root "$root" setup --realm HOME
ok "and after that" named localhost localkdc --root "$root" refresh

# ---- A name server that does not answer ----------------------------------

machine nas
echo "192.0.2.10 nas.example.org nas" >"$scratch/hosts"
ok "setup" lk setup --name old.example.org --name nas.old.example.org
sed -i '/old/d' "$root/etc/localkdc/names"
echo "127.0.0.1 localhost" >"$scratch/bare"
echo "nameserver 192.0.2.53" >"$scratch/resolv.conf"
echo "hosts: files dns" >"$scratch/nsswitch.conf"
# shellcheck disable=SC2016  # for the inner shell
alone=("${namespace[@]}" env -u LD_PRELOAD sh -c '
    hostname nas && mount --bind "$0/bare" /etc/hosts &&
    mount --bind "$0/resolv.conf" /etc/resolv.conf &&
    mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf && exec "$@"' "$scratch")
# shellcheck disable=SC2016  # for perl
ok "no name server answers" "${alone[@]}" perl -MSocket=:all -e '
    my ($error) = getaddrinfo("nas", "");
    exit($error + 0 == EAI_AGAIN ? 0 : 1);'
ok "refresh" "${alone[@]}" localkdc --root "$root" refresh
like "keeps the full name, and what it cannot tell from it" " $(names) " \
    " nas.example.org .*nas.old.example.org "
unlike "but no other" "$(names)" " old.example.org"
like "and says which are gone" "$output" "^    old.example.org$"
like "clients find the realm by it" \
    "$(<"$root/etc/krb5.conf.d/localkdc.conf")" "^ +nas.example.org = NAS$"
printf '[libdefaults]\n    default_realm = EXAMPLE.ORG\n' \
    >"$root/etc/krb5.conf.d/other.conf"
for time in once twice; do
    ok "refresh where the full name is another realm's, $time" "${alone[@]}" \
        localkdc --root "$root" refresh
    like "keeps it" " $(names) " " nas.example.org "
done
unlike "and leaves it to that realm" \
    "$(<"$root/etc/krb5.conf.d/localkdc.conf")" "nas.example.org = NAS"
rm "$root/etc/krb5.conf.d/other.conf"
ok "refresh when it answers" lk refresh
like "says what else is gone" "$output" "^    nas.old.example.org$"
ok "refresh when it knows no such name" env NSS_WRAPPER_HOSTS="$scratch/bare" \
    localkdc --root "$root" refresh
like "says that, too" "$output" "^    nas.example.org$"
unlike "and the name is gone" "$(names)" "nas.example.org"

# A lookup that takes long holds nobody up: it comes before the lock.
strace -o "$scratch/calls" -e trace=openat,fcntl \
    localkdc --root "$root" refresh >/dev/null
is "names are looked up before the realm is held" "$(grep -oE \
    "$NSS_WRAPPER_HOSTS|F_SETLK" "$scratch/calls" | uniq | paste -sd ' ')" \
    "$NSS_WRAPPER_HOSTS F_SETLK"

# ---- Addresses -----------------------------------------------------------

kdc_start
# One spelling of an address, and no last dot: what clients ask for.
ok "an address that is spelled otherwise" \
    lk refresh --name FD12:0:0:0::0007 --name Alias.Example.Org.
for name in fd12::7 alias.example.org ALIAS.EXAMPLE.ORG; do
    like "is the name $name" " $(names | xargs) " " $name "
done
unlike "and no other one" " $(names | xargs) " " (FD12|.*::0007|[^ ]*[.]) "

mkdir "$scratch/bin"
status=(env PATH="$scratch/bin" "$STAGE/sbin/localkdc" --root "$root" status)
# shellcheck disable=SC2016  # for the inner shell
ok "status with an address more" "${namespace[@]}" sh -c '
    ip link set lo up && ip address add 192.0.2.77/32 dev lo &&
    exec "$@"' - "${status[@]}"
like "has a note of it" "$output" \
    "^note +names +peers cannot use the address: cifs/192.0.2.77, .*refresh"
unlike "and no problem" "$output" "^problem"

# shellcheck disable=SC2016  # for the inner shell
output=$("${namespace[@]}" sh -c '
    ip link add name eth0 type veth peer name eth1 &&
        ip link set eth0 up && ip link set eth1 up && ip link set lo up &&
        echo 2 >/proc/sys/net/ipv6/conf/eth0/use_tempaddr &&
        ip address add 2001:db8::77/64 dev eth0 mngtmpaddr nodad || exit
    for try in $(seq 50); do
        ip -6 address show dev eth0 temporary | grep "inet6 2001:db8:" && break
        sleep 0.1
    done
    localkdc --root "$1" refresh' - "$root" 2>&1)
if grep -q "inet6 2001:db8:" <<<"$output"; then
    like "a lasting address is a name" " $(names) " " 2001:db8::77 "
    is "a temporary one is not" "$(names | grep -o '2001:[^ ]*' | wc -l)" 1
else
    skip "a temporary address" "none can be had"
fi
kdc_stop

done_testing
