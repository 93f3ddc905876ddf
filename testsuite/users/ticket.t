#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a ticket says of its user, as a service reads it: how the user logged in,
# groups, times.

. "$(dirname "$0")/common.sh"
export PATH=$STAGE/bin:$PATH LD_LIBRARY_PATH=$STAGE/lib:$LD_LIBRARY_PATH
realm alice bob carol
keytab=$root/etc/krb5.keytab
cat >"$root/etc/group" <<GROUP
users:x:100:
disk:x:6:alice
wheel:x:10:bob,alice
GROUP
kdc_start
login alice "correct horse" >/dev/null || give_up "no login"

# says: what a service learns from a new ticket.
says()
{
    login alice "correct horse" >/dev/null 2>&1
    output=$(iakerb-whoami -k "$keytab" 2>&1)
}

# ---- From the folder of another root --------------------------------------

says
like "who it is" "$output" "^principal +alice@NAS$"
like "who vouches for that" "$output" "^vouched for by NAS$"
like "how that was proved" "$output" "^indicators +spake$"
like "groups, the primary one first" "$output" \
    "^groups +users\(100\) disk\(6\) wheel\(10\)$"
like "when" "$output" "^authenticated +$(date +%F) "
like "an account without an end" "$output" "^account ends +never$"

# ---- With a user database -------------------------------------------------

kdc_stop
with_userdb
userdb_record alice
userdb_start
kdc_start

# groups COUNT [NAME]: alice is in so many.
groups()
{
    python3 -c 'import json, sys
count, name = int(sys.argv[1]), sys.argv[2]
all = {name % n: {"gid": 2000 + n, "members": ["alice", "zoe"]}
       for n in range(count)}
all["users"] = {"gid": 100, "members": []}
print(json.dumps(all))' "$1" "${2:-g%d}" >"$records/groups"
    forget
}
groups 2
says
like "groups of systemd's multiplexer" "$output" \
    "^groups +users\(100\) g0\(2000\) g1\(2001\)$"
says
groups 0
says
like "none but the primary one" "$output" "^groups +users\(100\)$"
groups 100
says
like "as many as are listed" "$output" "^groups .* g98\(2098\) and 1 more$"
groups 3000
says
like "three thousand are counted" "$output" \
    "^groups .* g98\(2098\) and 2901 more$"
groups 50 "$(printf 'g%%d%0200d' 0)"
says
like "long names are cut off at the same size" "$output" \
    "^groups +users\(100\) g0.* and 40 more$"
groups 1 "$(printf 'g%%d%03000d' 0)"
says
like "one that is too long is left out" "$output" \
    "^groups +users\(100\) and 1 more$"
now=$(date +%s)
userdb_record alice "\"notAfterUSec\":$((now + 3600))000000"
groups 1
says
end=$(date -d "@$((now + 3600))" "+%F %T")
like "when the account ends" "$output" "^account ends +$end "
like "and the session with it" "$output" "^session ends +$end "
userdb_record alice

# ---- A user database that lies about groups -------------------------------

# unknown WHAT FAULT
unknown()
{
    echo "$2" >"$records/groups"
    forget
    says
    like "$1: groups are unknown" "$output" "^groups +unknown$"
    like "$1: the rest is there" "$output" "^indicators +spake$"
}
unknown "an end" "!close"
unknown "somebody else's groups" "!raw b'{\"parameters\":{\"userName\":\"bob\",\
\"groupName\":\"wheel\"}}\\0'"
unknown "a gid that is none" "!raw b'{\"parameters\":{\"record\":{\
\"groupName\":\"wheel\",\"gid\":4294967295}}}\\0'"
unknown "a name that is none" "!raw b'{\"parameters\":{\"record\":{\
\"groupName\":7,\"gid\":1}}}\\0'"
start=$EPOCHREALTIME
unknown "bytes without an end" "!endless"
unknown "silence" "!silent"
at_most "is waited for a second" 8 "$start"
ok "the KDC is still there" kill -0 "$kdc_pid"

# ---- Which proof a service insists on -------------------------------------

rm "$records/groups"
forget
ok "cifs wants a certificate or a one-time password" \
    lk require cifs pkinit otp
is "says the command" "$output" "cifs wants any of: pkinit otp"
like "and localkdc status" "$(lk status)" \
    "^ok +require +cifs wants any of: pkinit otp$"
says
refused "a password is not enough" 1 \
    "HIGHER AUTHENTICATION REQUIRED, ANY OF: pkinit otp" kvno cifs/nas
refused "by any of the service's names" 1 "ANY OF: pkinit otp" \
    kvno cifs/nas.example.org
ok "for another service it is" kvno host/nas
refused "nor for who asks the KDC for that service at once" 1 \
    "KDC policy rejects request" bash -c \
    "echo 'correct horse' | KRB5CCNAME=MEMORY: kinit -S cifs/nas alice"
like "smbd takes tickets for host too: localkdc status" "$(lk status)" \
    "^note +require +smbd takes tickets for host too, which may prove less"
ok "host wants less" lk require host pkinit spake
like "that is not enough" "$(lk status)" "smbd takes tickets for host too"
ok "host wants a certificate" lk require host pkinit
unlike "that is" "$(lk status)" "smbd takes tickets for host too"
ok "host wants nothing" lk require host --none
ok "cifs wants what a password proves" lk require cifs spake otp
ok "then it is" kvno cifs/nas
ok "cifs wants nothing" lk require cifs --none
is "says the command" "$output" "cifs takes every ticket"
unlike "localkdc status has no line for it" "$(lk status)" "require"
refused "an unknown service" 1 "[Pp]rincipal does not exist" \
    lk require http/nas spake
refused "what is no indicator" 2 "'a b' is no indicator" lk require cifs "a b"
refused "both" 2 "goes with no indicator" lk require cifs spake --none

# ---- Another realm's tickets ----------------------------------------------

# As who has the trust's key can make them.
KRB5_KDC_PROFILE=$root/etc/localkdc/kdc.conf KRB5_CONFIG=/dev/null \
    kadmin.local -q "addprinc -pw trust krbtgt/NAS@FAR" >/dev/null 2>&1
until=$(($(date +%s) + 3600))
for query in "setstr krbtgt/NAS@FAR trust_until $until" \
        "setstr krbtgt/NAS@FAR trust_services \"cifs host\"" \
        "ktadd -norandkey -k $scratch/trust.keytab krbtgt/NAS@FAR"; do
    KRB5_KDC_PROFILE=$root/etc/localkdc/kdc.conf KRB5_CONFIG=/dev/null \
        kadmin.local -q "$query" >/dev/null 2>&1
done
make -s -C "$testsuite/smb" "$top/build/smb/forge" B="$top/build/smb" ||
    give_up "the forger does not compile"
# forge KEYTAB SERVICE CLIENT CCACHE
forge()
{
    LD_PRELOAD='' "$top/build/smb/forge" "$@" NAS 3600 pkinit wheel
}
# Told to a service at once, the same words count: the forger makes them well.
ok "a service's own KDC is believed" \
    forge "$keytab" host/nas@NAS alice@NAS "$scratch/own"
like "in indicators" "$(iakerb-whoami -c "$scratch/own" -S host/nas \
    -k "$keytab")" \
    "^indicators +pkinit$"
like "and groups" "$(iakerb-whoami -c "$scratch/own" -S host/nas \
    -k "$keytab")" \
    "^groups +wheel\(10\)$"
ok "a ticket of another realm that says pkinit and wheel" \
    forge "$scratch/trust.keytab" krbtgt/NAS@FAR zoe@FAR "$scratch/far"
ok "is good for a ticket here" kvno -c "$scratch/far" host/nas@NAS
output=$(iakerb-whoami -c "$scratch/far" -S host/nas -k "$keytab" 2>&1)
like "that is zoe's" "$output" "^principal +zoe@FAR$"
like "for whom nobody here vouches" "$output" "^vouched for by another realm$"
like "without the indicator" "$output" "^indicators +unknown$"
like "and the groups" "$output" "^groups +unknown$"
lk require cifs pkinit >/dev/null
refused "so it is not enough for who wants pkinit" 1 "ANY OF: pkinit|policy" \
    kvno -c "$scratch/far" cifs/nas@NAS
ok "a local user's name in it" forge "$scratch/trust.keytab" \
    krbtgt/NAS@FAR alice@NAS "$scratch/liar"
refused "is refused" 1 "while getting credentials for host/nas@NAS" \
    kvno -c "$scratch/liar" host/nas@NAS
like "no fault in the KDC's log" \
    "$(grep -c 'Sanitizer' "$scratch/kdc.log")" "^0$"
done_testing
