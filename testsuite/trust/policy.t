#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What the KDC grants across realms, with the module that keeps to a trust and
# without it: three realms with a trust from OTHER to NAS, and somebody who has
# stolen its key and makes tickets with it.

. "$(dirname "$0")/../testbed.sh"

module=$STAGE/lib/localkdc/trust.so
ok "the tools compile" make -s -C "$testsuite/smb"
realm_start
other_realm_start
realm_make THIRD
realm_admin THIRD "addprinc -pw $pw carol"
sed -i '/OTHER = {/i\    THIRD = {\n        kdc = '"$kdc_socket"'\n    }' \
    "$server_dir/kdc/krb5.conf"
realm_admin NAS "addprinc -randkey -requires_preauth http/nas" "addprinc -randkey krbtgt/THIRD" \
    "setstr krbtgt/THIRD@NAS trust_until 4000000000"

# trusted REALM BY [SECONDS [SERVICES]]: BY believes REALM about its users.
trusted()
{
    local realm key name=krbtgt/$2@$1 queries

    key=$(random_word)
    for realm in "$1" "$2"; do
        queries=("addprinc -pw $key $name")
        [ -z "${3-}" ] ||
            queries+=("setstr $name trust_until $(($(date +%s) + $3))")
        [ -z "${4-}" ] ||
            queries+=("setstr $name trust_services \"$4\"")
        realm_admin "$realm" "${queries[@]}"
    done
    realm_admin "$2" "ktadd -norandkey -k $server_dir/stolen $name"
}
trusted OTHER NAS 600
trusted THIRD OTHER 600 "cifs krbtgt"
kdc_stop
kdc_start OTHER THIRD

asker=("${server[@]}" LD_PRELOAD= KRB5_CONFIG="$server_dir/kdc/krb5.conf")
service()
{
    "${asker[@]}" KRB5CCNAME="FILE:$client_dir/$1" kvno "${@:2}"
}

# forge CACHE CLIENT SECONDS [REALM]: a ticket made with the trust's key, where
# a client of REALM looks for it.
forge()
{
    ok "a ticket of $2 is forged" "${asker[@]}" "$top/build/smb/forge" \
        "FILE:$server_dir/stolen" krbtgt/NAS@OTHER "$2" \
        "FILE:$client_dir/$1" "${4:-OTHER}" "$3"
}

# denied WHAT WHY COMMAND...: the KDC refuses by policy, and logs why.
denied()
{
    local what=$1 why=$2 size failed=0
    shift 2

    size=$(stat -c %s "$kdc_log")
    output=$("$@" 2>&1) || failed=1
    is "$what: fails" "$failed" 1
    like "$what: the KDC's policy" "$output" "KDC policy rejects request"
    like "$what: why" "$(tail -c +$((size + 1)) "$kdc_log")" ": $why:"
}

# ends CACHE SERVICE: how many seconds this ticket still lasts.
ends()
{
    local until

    until=$("${asker[@]}" KRB5CCNAME="FILE:$client_dir/$1" klist |
        awk -v service="$2" '$5 == service { print $3, $4 }')
    echo $(($(date -d "$until" +%s) - $(date +%s)))
}

# ---- Without the module, to see that there is something to keep -----------

forge forged alice@OTHER 200000000
ok "without the module every service has a ticket for the thief" \
    service forged http/nas@NAS

cat >>"$server_dir/kdc/kdc.conf" <<-CONF
	[plugins]
	    kdcpolicy = {
	        module = localkdc_trust:$module
	    }
CONF
kdc_stop
kdc_start OTHER THIRD

# ---- Who is trusted --------------------------------------------------------

ticket alices alice@OTHER "$pw"
ok "alice@OTHER gets a ticket for a share on NAS" service alices cifs/nas@NAS
for name in krbtgt/NAS@OTHER cifs/nas@NAS; do
    left=$(ends alices "$name")
    ok "her ticket for $name ends with the trust ($left s)" \
        test "$left" -gt 0 -a "$left" -le 600
done
denied "another service" TRUST_NOT_FOR_THIS_SERVICE \
    service alices http/nas@NAS
denied "a TGT of NAS" TRUST_NO_TGT_FOR_FOREIGNERS \
    service alices krbtgt/NAS@NAS
denied "the way to a third realm" TRUST_NO_TGT_FOR_FOREIGNERS \
    service alices krbtgt/THIRD@NAS

ticket own alice@NAS "$pw"
ok "users of NAS are not concerned" service own cifs/nas@NAS http/nas@NAS

# ---- The key was stolen ----------------------------------------------------

forge forged alice@OTHER 200000000
ok "a ticket that ends in years is taken for her" service forged cifs/nas@NAS
left=$(ends forged cifs/nas@NAS)
ok "what it gives ends with the trust ($left s)" \
    test "$left" -gt 0 -a "$left" -le 600
denied "nor does it give a ticket for another service" \
    TRUST_NOT_FOR_THIS_SERVICE service forged host/nas@NAS
forge forged bob@NAS 3600 NAS
# That one krb5kdc itself refuses.
denied "NAS's own bob by the word of OTHER" "INVALID LINEAGE" \
    service forged cifs/nas@NAS
forge forged carol@THIRD 3600
denied "carol@THIRD by the word of OTHER" TRUST_CLIENT_OF_ANOTHER_REALM \
    service forged cifs/nas@NAS
forge forged WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS 3600
denied "somebody anonymous by the word of OTHER" \
    TRUST_CLIENT_OF_ANOTHER_REALM service forged cifs/nas@NAS
denied "the realm itself as a user" TRUST_IS_NO_CLIENT \
    "${asker[@]}" KRB5CCNAME="FILE:$client_dir/realm" \
    kinit -k -t "$server_dir/stolen" krbtgt/NAS@OTHER -S cifs/nas@NAS

# ---- Through a realm in between --------------------------------------------

ticket carols carol@THIRD "$pw"
ok "carol@THIRD gets a ticket for a share on OTHER" \
    service carols cifs/nas@OTHER
denied "OTHER sends only its own users on to NAS" TRUST_NO_TGT_FOR_FOREIGNERS \
    service carols krbtgt/NAS@OTHER

# ---- What is no trust, or none any more ------------------------------------

# until REALM VALUE: when that realm thinks that the trust ends.
until_is()
{
    realm_admin "$1" "setstr krbtgt/NAS@OTHER trust_until \"$2\""
}

forge forged alice@OTHER 3600
for value in "$(($(date +%s) - 1))" 0 -1 9999999999999999999999 " 4000000000" \
    0x7fffffff 4000000000s; do
    until_is NAS "$value"
    denied "a trust until \"$value\"" TRUST_ENDED \
        service forged cifs/nas@NAS
done
realm_admin NAS "delstr krbtgt/NAS@OTHER trust_until"
denied "a key that nobody made a trust" TRUST_NONE \
    service forged cifs/nas@NAS
until_is NAS 4000000000
ok "with an end that is yet to come it is one again" \
    service forged cifs/nas@NAS
until_is OTHER 1
ticket alices alice@OTHER "$pw"
denied "at OTHER it has ended" TRUST_ENDED service alices cifs/nas@NAS

# To the second.
end=$(($(date +%s) + 3))
until_is NAS "$end"
forge forged alice@OTHER 3600
ok "a ticket for three seconds, with the trust's last" \
    service forged cifs/nas@NAS
while [ "$(date +%s)" -lt "$end" ]; do sleep 0.05; done
forge forged alice@OTHER 3600
denied "after that there is none" TRUST_ENDED service forged cifs/nas@NAS

done_testing
