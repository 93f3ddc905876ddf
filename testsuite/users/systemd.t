#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The KDB driver with systemd-userdbd itself, of the machine's release of
# Debian, in a mount namespace with a /run and an /etc/userdb of its own.

if [ "${1-}" != inside ]; then
    . "$(dirname "$0")/../tap.sh"
    [ "$(id -u)" -eq 0 ] || skip_all "only root can run systemd-userdbd"
    top=$(cd "$(dirname "$0")/../.." && pwd)
    unpacked=$("$top/bootstrap/unpacked" systemd-userdbd) ||
        give_up "systemd-userdbd cannot be had"
    export unpacked
    exec unshare -m "$0" inside
fi

. "$(dirname "$0")/common.sh"
realm alice bob

mount -t tmpfs none /run && mkdir -p /run/systemd /run/userdb ||
    give_up "nothing can be mounted here"
mount -t overlay none /usr/lib/systemd \
    -o "lowerdir=$unpacked/lib/systemd:/usr/lib/systemd" ||
    give_up "systemd-userdbd cannot be put into its place"
userdb=/run/systemd/userdb/io.systemd.Multiplexer
env -u LD_PRELOAD -u LD_LIBRARY_PATH /lib/systemd/systemd-userdbd \
    2>"$scratch/userdbd.log" &
userdbd_pid=$!
started+=("$userdbd_pid")
wait_for 10 test -S "$userdb" || give_up "$(cat "$scratch/userdbd.log")"
with_userdb
kdc_start

# dropin NAME [FIELDS]: a record in a file, as an administrator writes it.
dropin()
{
    echo "{\"userName\":\"$1\",\"uid\":${3-2001},\"gid\":2001,\
\"disposition\":\"regular\"${2:+,$2}}" >"/run/userdb/$1.user"
}

denied "nobody has a record" alice "not found in Kerberos database"
dropin alice
dropin bob '"privileged":{"hashedPassword":["$6$x$y"]}'
allowed "one has" alice
allowed "one with what others may not see" bob
# Groups: a record's that has no name, and one that the name service knows.
export PATH=$STAGE/bin:$PATH LD_LIBRARY_PATH=$STAGE/lib:$LD_LIBRARY_PATH
{ cat /etc/group && echo "staff2:x:2002:alice"; } >"$scratch/group" &&
    mount --bind "$scratch/group" /etc/group || give_up "no group can be added"
forget
login alice "correct horse" >/dev/null
like "groups" "$(iakerb-whoami -k "$root/etc/krb5.keytab" 2>&1)" \
    "^groups +2001\(2001\) staff2\(2002\)$"
echo '{"groupName":"bobs","gid":2001}' >/run/userdb/bobs.group
ln -s bobs.group /run/userdb/2001.group
forget
login bob "correct horse" >/dev/null
like "the primary one only" \
    "$(iakerb-whoami -k "$root/etc/krb5.keytab" 2>&1)" \
    "^groups +bobs\(2001\)$"
ok "a ticket" login alice "correct horse"
ok "and for a service" kvno cifs/nas
dropin alice '"locked":true'
forget
denied "locked" alice "credentials have been revoked"
refused "and no other service" 1 "credentials have been revoked" kvno host/nas
dropin alice "\"notAfterUSec\":$(($(date +%s) - 5))000000"
denied "expired" alice "entry in database has expired"
dropin alice "\"notBeforeUSec\":$(($(date +%s) + 60))000000"
denied "not valid yet" alice "not yet valid"
dropin alice "\"perMachine\":[{\"matchMachineId\":\"$(cat /etc/machine-id)\",\
\"locked\":true}]"
denied "locked on this machine" alice "credentials have been revoked"

mv /run/userdb/alice.user /run/userdb/carol.user
denied "another one's record under the name of a file" alice \
    "not found in Kerberos database"
rm /run/userdb/carol.user

# ---- Ten thousand ---------------------------------------------------------

for n in {1..10000}; do
    echo "{\"userName\":\"u$n\",\"uid\":$((100000 + n)),\"gid\":2001}" \
        >"/run/userdb/u$n.user"
done
dropin alice
allowed "one of ten thousand" alice

# The same realm once more, with db2 alone.
plain=$scratch/plain
cp -a "$root" "$plain"
grep -rlF "$root" "$plain/etc" | xargs sed -i "s|$root|$plain|g"
sed -i 's/db_library = users/db_library = db2/' "$plain/etc/localkdc/kdc.conf"
rm -f "$plain/run/localkdc/kdc.sock"
env LD_PRELOAD="${PRELOAD-}" KRB5_CONFIG=/dev/null \
    KRB5_KDC_PROFILE="$plain/etc/localkdc/kdc.conf" \
    krb5kdc -n >"$scratch/plain.log" 2>&1 &
started+=("$!")
wait_for 10 test -S "$plain/run/localkdc/kdc.sock" ||
    give_up "no second KDC: $(tail -n 5 "$scratch/plain.log")"

# one CONFIGURATION: how long a login takes, in microseconds.
one()
{
    local start=${EPOCHREALTIME/./}

    echo "correct horse" | KRB5_CONFIG=$1 KRB5CCNAME=MEMORY: kinit alice \
        >/dev/null && echo "$((${EPOCHREALTIME/./} - start))"
}

# Side by side, and a question to userdbd for each that has the driver.
for _ in {1..21}; do
    forget
    one "$plain/etc/krb5.conf" >>"$scratch/without"
    one "$root/etc/krb5.conf" >>"$scratch/with"
done
with=$(sort -n "$scratch/with" | sed -n 11p)
without=$(sort -n "$scratch/without" | sed -n 11p)
diag "kinit, median of 21, side by side: $with us with the driver," \
    "$without us with db2 alone"
ok "the driver costs at most a millisecond" test "$((with - without))" -le 1000

# ---- Gone -----------------------------------------------------------------

forget
mapfile -t workers < <(pgrep -P "$userdbd_pid")
kill -STOP "$userdbd_pid" "${workers[@]}"
start=$EPOCHREALTIME
denied "a userdbd that hangs" alice "service is not available"
at_most "keeps the KDC for a second" 1.9 "$start"
ok "and services are served" \
    kinit -k -t "$root/etc/krb5.keytab" "host/nas@NAS"
kill -CONT "$userdbd_pid" "${workers[@]}"
wait_for 10 bash -c "echo 'correct horse' | KRB5CCNAME=MEMORY: kinit alice" \
    >/dev/null 2>&1
allowed "it goes on, and so does the KDC" alice
done_testing
