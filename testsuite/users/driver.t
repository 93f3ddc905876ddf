#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each rule of the KDB driver, with krb5kdc and a user database that says what
# it is told to.

. "$(dirname "$0")/common.sh"
realm alice bob 1234 Alice
with_userdb
kdc_start

# ---- Where no user database runs: the name service, which is nss_wrapper's --

cat >"$scratch/passwd" <<PASSWD
alice:x:1001:100::/:/bin/false
PASSWD
# kdc_start_nss PRELOADED
kdc_start_nss()
{
    LD_PRELOAD=${PRELOAD:+$PRELOAD:}$1 \
    NSS_WRAPPER_PASSWD=$scratch/passwd NSS_WRAPPER_GROUP=/etc/group \
    KRB5_CONFIG=/dev/null KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" \
        krb5kdc -n >"$scratch/kdc.log" 2>&1 &
    kdc_pid=$!
    started+=("$kdc_pid")
    wait_for 10 kdc_listens || give_up "no KDC"
}
kdc_stop
kdc_start_nss libnss_wrapper.so
allowed "without a user database, who is in the name service" alice
denied "but nobody else" bob "not found in Kerberos database"
like "as the KDC's log says" "$(cat "$scratch/kdc.log")" \
    "NO SUCH ACCOUNT HERE: bob@NAS"
kdc_stop

# One that does not come back for bob.
ok "what hangs compiles" make -s -C "$testsuite/users" B="$top/build/users"
kdc_start_nss "$top/build/users/hang.so:libnss_wrapper.so"
start=$EPOCHREALTIME
denied "the name service hangs" bob \
    "service is not available that is required"
at_most "for a second" 1.9 "$start"
start=$EPOCHREALTIME
allowed "others are served" alice
at_most "meanwhile" 0.5 "$start"
kdc_stop

# ---- What a record can say ------------------------------------------------

userdb_record alice
userdb_start
kdc_start
now=$(date +%s)
if [ -n "${PRELOAD-}" ]; then
    ok "the KDC runs with ${PRELOAD##*/}" \
        grep -q "${PRELOAD##*/}" "/proc/$kdc_pid/maps"
fi
allowed "a user with a record" alice
denied "one without" bob "not found in Kerberos database"

# says WHAT FIELDS REGEX: a user with these fields is refused.
says()
{
    userdb_record bob "$2"
    denied "$1" bob "$3"
}
says "locked" '"locked":true' "credentials have been revoked"
says "expired" "\"notAfterUSec\":$((now - 5))000000" \
    "entry in database has expired"
says "not valid yet" "\"notBeforeUSec\":$((now + 60))000000" \
    "not yet valid - try again later"
says "locked on this machine only" "\"perMachine\":[{\"matchMachineId\":\
\"$(cat /etc/machine-id)\",\"locked\":true}]" "credentials have been revoked"
says "locked on one of this name" "\"perMachine\":[{\"matchHostname\":\
[\"other\",\"$(uname -n)\"],\"locked\":true}]" "credentials have been revoked"

# lets WHAT FIELDS: one with these is let in.
lets()
{
    userdb_record bob "$2"
    allowed "$1" bob
    forget
}
lets "neither" "\"locked\":false,\"notBeforeUSec\":$((now - 60))000000,\
\"notAfterUSec\":$((now + 60))000000"
lets "for ever, in numbers" '"notAfterUSec":18446744073709551615,"x":1e300'
lets "null is as good as nothing" '"locked":null,"notAfterUSec":null'
lets "locked on another machine" '"perMachine":[{"matchMachineId":
"00000000000000000000000000000001","locked":true}]'

# ---- Lies ----------------------------------------------------------------

service="service is not available that is required"
for lie in '"locked":"no"' '"locked":0' '"notAfterUSec":"never"' \
        '"notAfterUSec":-1' '"notAfterUSec":1.5' '"notBeforeUSec":true' \
        '"perMachine":{}' '"perMachine":["x"]' '"locked":false,"locked":true'
do
    printf '{"userName":"bob","uid":1005,%s}' "$lie" >"$records/bob"
    if [[ $lie == *locked*locked* ]]; then
        fault bob "!raw b'{\"parameters\":{\"record\":{\"userName\":\"bob\",\
\"uid\":1005,$lie}}}\\0'"
    fi
    denied "not what a field may be: $lie" bob "$service"
done
for uid in '"0"' -1 4294967295 1.5 null; do
    echo "{\"userName\":\"bob\",\"uid\":$uid}" >"$records/bob"
    denied "a uid of $uid" bob "$service"
done
echo '{"userName":"alice","uid":1001}' >"$records/bob"
denied "somebody else's record" bob "not found in Kerberos database"
echo '{"userName":"Bob","uid":1001}' >"$records/bob"
denied "a name in other letters" bob "not found in Kerberos database"
echo '{"uid":1001}' >"$records/bob"
denied "a record without a name" bob "$service"
userdb_record Alice
echo '{"userName":"alice","uid":1001}' >"$records/Alice"
denied "Alice is not alice" Alice "not found in Kerberos database"
userdb_record 1234
denied "a number is no name" 1234 "not found in Kerberos database"
unlike "and not asked for" "$(cat "$records/log")" "^1234$"

for bytes in "{}" "" "[]" '{"parameters":[]}' '{"parameters":{}}' "x" \
        '{"error":"io.systemd.UserDatabase.ServiceNotAvailable"}' \
        '{"error":7,"parameters":{"record":{"userName":"bob","uid":1}}}' \
        '{"continues":true,"parameters":{"record":{"userName":"bob","uid":1}}}'
do
    fault bob "!raw b'$bytes\\0'"
    denied "an answer of $bytes" bob "$service"
done
fault bob "!raw b'{\"parameters\":{\"record\":{\"userName\":\"bob\",\
\"uid\":1}}}\\0{}\\0'"
denied "two answers" bob "$service"
fault bob "!raw b'[' * 60000 + b'\\0'"
denied "sixty thousand brackets" bob "$service"
fault bob "!raw b'\\xff\\xfe\\0'"
denied "what is not UTF-8" bob "$service"
fault bob '!close'
denied "an end" bob "$service"
start=$EPOCHREALTIME
fault bob '!endless'
denied "bytes without an end" bob "$service"
at_most "are not waited for" 0.9 "$start"
ok "the KDC is still there" kill -0 "$kdc_pid"
userdb_record bob
allowed "and who is well described, is let in" bob

# ---- Slow ----------------------------------------------------------------

forget
fault bob '!slow 2 {"userName":"bob","uid":1005}'
start=$EPOCHREALTIME
denied "who takes two seconds is refused" bob "$service"
at_most "after one" 1.9 "$start"
start=$EPOCHREALTIME
denied "and again" bob "$service"
at_most "at once" 0.5 "$start"
allowed "others are not" alice
sleep 1.5
allowed "the answer that came late is good for the next try" bob

fault bob '!trickle'
sleep 6
start=$EPOCHREALTIME
denied "one byte after the other" bob "$service"
at_most "a second, and not longer" 1.9 "$start"
start=$EPOCHREALTIME
ok "services are served" kinit -k -t "$root/etc/krb5.keytab" "host/nas@NAS"
at_most "meanwhile" 0.5 "$start"

# All of the KDC's patience: each of twenty users is a slow one.
kdc_stop
many=() pids=()
for n in {1..20}; do
    many+=("user$n")
    echo "user$n:x:1006:100::/:/bin/false" >>"$root/etc/passwd"
    user_add "user$n" "correct horse" >/dev/null
    fault "user$n" '!silent'
done
kdc_start
start=$EPOCHREALTIME
for name in "${many[@]}"; do
    (echo "correct horse" | KRB5CCNAME=MEMORY: kinit "$name") \
        >/dev/null 2>&1 &
    pids+=("$!")
done
wait "${pids[@]}"
at_most "twenty users who hang keep the KDC for two seconds in all" 4 "$start"
ok "and then services are served" \
    kinit -k -t "$root/etc/krb5.keytab" "host/nas@NAS"
is "with eight threads and its own" \
    "$(find "/proc/$kdc_pid/task" -mindepth 1 -maxdepth 1 | wc -l)" 9
kdc_stop
kdc_start

# ---- One that needs a ticket itself --------------------------------------

fault bob "!run kinit -k -t $root/etc/krb5.keytab -c MEMORY: host/nas@NAS"
denied "a database that needs a ticket of this KDC to answer" bob "$service"
sleep 0.5
allowed "gets it, and the next one is let in" bob

# ---- Locked means locked --------------------------------------------------

userdb_record bob
forget
ok "a ticket" login bob "correct horse"
ok "for a service" kvno cifs/nas
userdb_record bob '"locked":true'
forget
kdestroy -q -c "$KRB5CCNAME.copy" 2>/dev/null
refused "locked: no other service" 1 "credentials have been revoked" \
    kvno host/nas
like "says the log" "$(cat "$scratch/kdc.log")" \
    "TGS_REQ.*ACCOUNT LOCKED: .*bob@NAS for host/nas@NAS"
refused "nor is it renewed" 1 "revoked|KDC can't fulfill" kinit -R
rm "$records/bob"
forget
refused "no account any more" 1 "not found in Kerberos database" kvno host/nas
userdb_record bob

# In a user's name, as a service asks that has proved who the user is.
forget
service=$scratch/service
ok "a service's own ticket" kinit -c "$service" \
    -k -t "$root/etc/krb5.keytab" host/nas@NAS
# in_name_of USER: what it gets with that, anew.
in_name_of()
{
    cp "$service" "$service.new"
    kvno -c "$service.new" -U "$1" host/nas
}
ok "is good for one in a user's name" in_name_of bob
userdb_record bob '"locked":true'
forget
refused "not if the account is locked" 1 "credentials have been revoked" \
    in_name_of bob
rm "$records/bob"
forget
refused "nor if there is none" 1 "not found in Kerberos database" \
    in_name_of bob

# ---- Other names -----------------------------------------------------------

# bob is called robert now: the records know no bob, and the database no robert.
userdb_record robert
forget
denied "a renamed account: its old name" bob "not found in Kerberos database"
denied "and its new one" robert "not found in Kerberos database"
echo "robert:x:1009:100::/:/bin/false" >>"$root/etc/passwd"
ok "it becomes a user" user_add robert "correct horse"
forget
allowed "until it is a user's" robert
denied "the number of an account" 1005 "not found in Kerberos database"
denied "other letters" ROBERT "not found in Kerberos database"
unlike "which nobody is asked about" "$(cat "$records/log")" "^ROBERT$|^1005$"
userdb_record bob
kill "$userdb_pid"
wait "$userdb_pid" 2>/dev/null
rm -f "$userdb"

# ---- db2 is as it was -----------------------------------------------------

userdb_start
userdb_record bob '"locked":true'
forget
denied "locked by the system" bob "revoked"
is "which the database knows nothing of" "$(lk user list --json |
    jq -r '.[] | select(.name == "bob").state')" enabled
userdb_record bob
lk policy --max-failures 3 >/dev/null
for _ in 1 2 3; do
    login bob "wrong horse" >/dev/null 2>&1
done
is "db2 locks out after failures" "$(lk user list --json |
    jq -r '.[] | select(.name == "bob").state')" locked
asked=$(grep -c bob "$records/log")
forget
denied "and refuses" bob "revoked"
is "without a question" "$(grep -c bob "$records/log")" "$asked"
lk user unlock bob >/dev/null
allowed "until unlocked" bob
for tool in "getprinc bob" "listprincs" "getpol users" \
        "modprinc -maxlife 1h bob" "renprinc -force Alice carol" \
        "delprinc -force carol"; do
    ok "kadmin.local: $tool" env LD_PRELOAD="${PRELOAD-}" \
        KRB5_CONFIG=/dev/null \
        KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" kadmin.local -q "$tool"
    unlike "has no fault" "$output" "kadmin.local: |[Uu]nable"
done
kdc_stop
like "no fault in the KDC's log" \
    "$(grep -c 'Sanitizer' "$scratch/kdc.log")" "^0$"
done_testing
