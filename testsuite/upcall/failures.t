#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Servers that do not help, other keys, and the command line.

. "$(dirname "$0")/lib.sh"

echo "hosts: files" >"$client_dir/nsswitch.conf"
realm_start
ticket cache alice@NAS "$pw"

negates "no server" ENETUNREACH \
    "cannot reach server \"$server_ip\": Connection refused$" \
    "$(spnego)"

smbd_start "server support iakerb = no"
negates "a server without IAKERB" EPROTONOSUPPORT \
    "server \"$server_ip\" speaks SMB but does not offer IAKERB" "$(spnego)"
smbd_stop

smbd_start "gensec:gse_krb5 = no"
makes "a server with IAKERB alone" alice \
    "alice@NAS gets in .* cifs/nas, had through the server$" \
    "$(spnego sec=iakerb)"
makes "a server with IAKERB alone: again" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" "$(spnego sec=iakerb)"
smbd_stop
ticket cache alice@NAS "$pw"

smbd_start
kdc_stop
negates "a server without its KDC" ENETUNREACH \
    "the server's KDC did not answer when alice@NAS logged in$" "$(spnego)"
kdc_start
makes "the KDC is back" alice "alice@NAS gets in" "$(spnego)"

# The name that the address has is the server's, if the one in the UNC is not.
negates "another name" EKEYREJECTED "the KDC of alice@NAS does not know" \
    "$(spnego host=elsewhere)"
makes "--trust-dns" alice "alice@NAS gets in with a ticket for cifs/nas$" \
    "$(spnego host=elsewhere)" --trust-dns
makes "--trust-dns with a name that is the server's" alice \
    "alice@NAS gets in with a ticket for cifs/nas.local, had through" \
    "$(spnego host=nas.local)" -t
makes "--trust-dns with an address that has no name" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" \
    "$(spnego ip4=10.53.57.99)" -t
names_edit "/ nas /d"
negates "--trust-dns with no name at all" EKEYREJECTED \
    "the KDC of alice@NAS does not know the service cifs/elsewhere@NAS$" \
    "$(spnego host=elsewhere)" -t
echo "$server_ip nas nas.local" >>"$client_dir/hosts"

# ---- dns_resolver --------------------------------------------------------

# They are looked up as nobody.
if can_become_others; then
    ok "an address" upcall "dns_resolver;1001;100;39010000;nas.local"
    is "an address: the key" "$(tr '\0' '$' <"$keys/payload")" "$server_ip\$"
    is "an address: for 10 minutes" "$(cat "$keys/timeout")" 600
    is "an address: the log" "$(helper_log)" "info: nas.local is $server_ip"
    ok "who looks it up cannot make the key" \
        upcall "dns_resolver;0;0;39010000;nas" THIEF=yes
    is "who looks it up cannot make the key: its payload" \
        "$(tr '\0' '$' <"$keys/payload")" "$server_ip\$"
    ok "--expire" upcall "dns_resolver;0;0;39010000;nas" --expire=5
    is "--expire: the key" "$(cat "$keys/timeout")" 5
    negates "a host without an address" ENODATA "cannot resolve nowhere: .*" \
        "dns_resolver;0;0;39010000;nowhere"
fi

# ---- The command line ----------------------------------------------------

# used_wrongly ARGUMENT...
used_wrongly()
{
    local status=0

    output=$("${client[@]}" "$helper" "$@" 2>&1) || status=$?
    is "cifs.upcall $*: fails" "$status" 1
    like "cifs.upcall $*: how to use it" "$output" \
        "^Usage: cifs.upcall .* keyid$"
}

used_wrongly
for id in 0 -1 4711x 2147483648; do
    used_wrongly -- "$id"
done
used_wrongly 1 2
used_wrongly --expire=0 1
used_wrongly --expire=soon 1
used_wrongly --unknown 1
for option in -v --version; do
    like "$option" "$("${client[@]}" "$helper" "$option")" \
        "^cifs.upcall [0-9]+\.[0-9]+\.[0-9]+$"
done
makes "-c and --debug mean nothing" alice "alice@NAS gets in" "$(spnego)" \
    -c --debug

rm "$keys"/{log,payload}
touch "$keys/no-authority"
failed=0
upcall_again || failed=1
is "without authority over the key: fails" "$failed" 1
like "without authority over the key: the log" "$(helper_log)" \
    "^warning: no authority over the key: Required key not available$"
is "without authority over the key: nothing is done" \
    "$(cd "$keys" && echo *)" "description log no-authority"
# Started without standard descriptors, which the kernel's helpers may be.
ticket cache alice@NAS "$pw"
ok "without standard descriptors" upcall "$(spnego)"
rm -f "$keys"/{log,payload}
# shellcheck disable=SC2016  # for the inner shell
"${upcall_on[@]}" "${upcall_cache[@]}" KEY_DIR="$keys" \
    LD_PRELOAD="$top/build/upcall/keys.so" \
    sh -c '"$1" 4711 <&- >&- 2>&-' sh "$helper"
ok "without standard descriptors: a key" test -s "$keys/payload"

done_testing
