#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A local realm on a machine that has another realm's configuration, in any of
# the files that /etc/krb5.conf includes: the default realm, the other realm's
# names and the machine's own principal there stay what they were.

. "$(dirname "$0")/common.sh"
machine nas

other_realm=$'[libdefaults]\n    default_realm = EXAMPLE.ORG
    dns_lookup_kdc = false\n[realms]\n    EXAMPLE.ORG = {\n        kdc = 127.0.0.1:1\n    }\n'
mapping=$'[domain_realm]\n    .example.org = EXAMPLE.ORG
    example.org = EXAMPLE.ORG\n'
snippet=$root/etc/krb5.conf.d/localkdc.conf

# layout NAME: an /etc/krb5.conf, and files that it includes, of this kind.
layout()
{
    rm -rf "$root"/etc/{krb5*,localkdc,more} "$root"/var/lib/localkdc
    mkdir -p "$root"/etc/{krb5.conf.d,more}
    case $1 in
    "all in one file")
        printf '%s%s' "$other_realm" "$mapping" >"$root/etc/krb5.conf"
        ;;
    "an includedir before the rest")
        printf 'includedir %s/etc/krb5.conf.d\nincludedir %s/etc/more/\n%s' \
            "$root" "$root" "$other_realm" >"$root/etc/krb5.conf"
        echo "$mapping" >"$root/etc/more/domain_realm_example_org"
        ;;
    "all in an included folder")
        echo "includedir $root/etc/more" >"$root/etc/krb5.conf"
        printf '%s%s' "$other_realm" "$mapping" >"$root/etc/more/all"
        ;;
    "all in an included file")
        echo "include $root/etc/more/file" >"$root/etc/krb5.conf"
        printf '%s%s' "$other_realm" "$mapping" >"$root/etc/more/file"
        ;;
    "the folder that nothing included yet")
        echo "$mapping" >"$root/etc/krb5.conf"
        echo "$other_realm" >"$root/etc/krb5.conf.d/example.conf"
        ;;
    "no names, as with Active Directory")
        echo "$other_realm" >"$root/etc/krb5.conf"
        ;;
    esac
    printf 'addent -password -p host/nas.example.org@EXAMPLE.ORG -k 1
        -e aes256-cts\nsecret\nwkt %s\n' "$root/etc/krb5.keytab" |
        sed -z 's/\n *-e/ -e/' | ktutil >/dev/null
}

for kind in "all in one file" "an includedir before the rest" \
        "all in an included folder" "all in an included file" \
        "the folder that nothing included yet" \
        "no names, as with Active Directory"; do
    layout "$kind"
    ok "$kind: setup" lk setup --name files.lan
    like "says how to use the realm" "$output" \
        "keeps its default realm EXAMPLE.ORG: .*'kinit NAME@NAS'"
    refused "kinit asks the other realm still" 1 "realm 'EXAMPLE.ORG'" \
        login alice "correct horse"
    refused "and kinit -k is the machine of it" 1 "realm 'EXAMPLE.ORG'" \
        kinit -k -t "$root/etc/krb5.keytab"
    user_add alice "correct horse" >/dev/null
    kdc_start
    ok "kinit with this realm's name" login alice@NAS "correct horse"
    ok "and names that are this one's" kvno -S cifs files.lan
    ok "and its others, where it is named" kvno cifs/nas.example.org@NAS
    kdc_stop
    like "status says what is so" "$(lk status)" \
        "^note +krb5.conf .*default realm EXAMPLE.ORG: .*@NAS"
    ok "refresh" lk refresh
    like "has nothing to do" "$output" "nothing has changed"
done
like "what was left to the other realm can be read" "$(<"$snippet")" \
    "^# Left to EXAMPLE.ORG: nas.example.org$"

# ---- What comes later ----------------------------------------------------

layout none
lk setup >/dev/null
printf '[libdefaults]\n    default_realm = EXAMPLE.ORG\n' \
    >"$root/etc/krb5.conf.d/zzz.conf"
refused "another default realm that is read too late" 3 \
    "^problem +krb5.conf .*names the default realm EXAMPLE.ORG, and" lk status
ok "refresh" lk refresh
like "lets it be" "$output" "localkdc.conf$"
like "as status says" "$(lk status)" "^note +krb5.conf .*realm EXAMPLE.ORG"
printf '[domain_realm]\n    nas.local = EXAMPLE.ORG\n' \
    >"$root/etc/krb5.conf.d/zzz.conf"
lk refresh >/dev/null
cat "$snippet" >"$scratch/snippet"
sed -i '/Left to/s/.*/    nas.local = NAS/' "$snippet"
refused "a name that another realm has meanwhile" 3 \
    "^problem +krb5.conf .*takes them away: nas.local; run" lk status
ok "refresh" lk refresh
ok "leaves it alone" cmp "$snippet" "$scratch/snippet"
rm "$root/etc/krb5.conf.d/zzz.conf"
lk refresh >/dev/null
sed -i '/default_realm/d' "$snippet"
refused "no default realm at all" 3 \
    "^problem +krb5.conf .*has no default realm; run" lk status

# ---- What else a krb5.conf can have set ----------------------------------

layout none
printf '[libdefaults]\n    noaddresses = false\n' >"$root/etc/krb5.conf"
lk setup >/dev/null
user_add alice "correct horse" >/dev/null
kdc_start
ok "kinit where other realms want addresses in tickets" \
    login alice "correct horse"
ok "its ticket" kvno cifs/nas@NAS
sed -i '/noaddresses = true/d' "$snippet"
login alice "correct horse" >/dev/null
refused "which fails without a word for this realm" 1 "net address" \
    kvno cifs/nas@NAS
printf '[libdefaults]\n    permitted_enctypes = arcfour-hmac\n' \
    >"$root/etc/krb5.conf"
lk refresh >/dev/null
refused "encryption types that this realm has not" 3 \
    "^problem +krb5.conf +with what .*/krb5.conf says, nobody on this mach" \
    lk status
kdc_stop

# ---- What cannot be read -------------------------------------------------

before=$(snapshot)
printf '[realms]\n    X.ORG = {\n' >"$root/etc/krb5.conf.d/bad.conf"
echo "not a line of it" >>"$root/etc/krb5.conf.d/bad.conf"
refused "a mistake in a file that is included" 1 \
    "krb5.conf, or a file that it includes, has a mistake in it" lk refresh
rm "$root/etc/krb5.conf.d/bad.conf"
is "changes nothing" "$(snapshot)" "$before"

done_testing
