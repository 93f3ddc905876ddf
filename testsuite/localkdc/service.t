#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The units: socket activation of krb5kdc, its end when idle, its account, and
# the hardening.

. "$(dirname "$0")/common.sh"
machine nas
lk setup >/dev/null || bail_out "setup failed"
user_add alice "correct horse" >/dev/null
units=$STAGE/lib/systemd/system
socket=$root/run/localkdc/kdc.sock

# ---- Socket activation ---------------------------------------------------

env -u LD_PRELOAD systemd-socket-activate --listen="$socket" \
    -E KRB5_CONFIG=/dev/null -E LOCALKDC_IDLE_SECONDS=2 \
    -E KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" \
    -E LD_LIBRARY_PATH="$LD_LIBRARY_PATH" \
    "$KRB5_PREFIX/sbin/krb5kdc" -n 2>"$scratch/kdc.log" &
activator=$!
started+=("$activator")
wait_for kdc_listens || bail_out "systemd-socket-activate does not listen"
is "nothing runs before the first login" \
    "$(readlink "/proc/$activator/exe" | sed 's,.*/,,')" \
    systemd-socket-activate

ok "the first login" login alice "correct horse"
is "has started krb5kdc" "$(readlink "/proc/$activator/exe" |
    sed 's,.*/,,')" krb5kdc
sleep 1.5
start=$EPOCHREALTIME
ok "a request" kvno cifs/nas
wait "$activator"
is "krb5kdc ends when idle, in good order" "$?" 0
ok "two seconds after the last request" \
    awk "BEGIN { exit !($(since "$start") > 1.5) }"
like "as on SIGTERM" "$(cat "$scratch/kdc.log")" "shutting down"
rm -f "$socket"

kdc_start
sleep 0.1
unlike "without the socket it is not idle-timed" \
    "$(grep -i localkdc_idle "/proc/$kdc_pid/environ" | tr '\0' '\n')" "."
kdc_stop

# ---- The units -----------------------------------------------------------

like "the socket is the one in kdc.conf" "$(cat "$units/localkdc.socket")" \
    "^ListenStream=/run/localkdc/kdc.sock$"
like "for all users" "$(cat "$units/localkdc.socket")" "^SocketMode=0666$"
ok "systemd knows all of it" systemd-analyze verify --man=no \
    "$units/localkdc.service" "$units/localkdc.socket"
unlike "and has nothing to say" "$output" "localkdc"
ok "systemd-analyze security: at most 0.5 out of 10" systemd-analyze \
    security --no-pager --offline=true --threshold=5 \
    "$units/localkdc.service"
like "says" "$output" "Overall exposure level"
diag "$(tail -n 1 <<<"$output")"

# ---- The KDC's account ---------------------------------------------------

if [ "$(id -u)" -ne 0 ]; then
    echo "ok $((++tap_count)) - # SKIP the account: only as root"
    done_testing
fi

# What the tests run may lie where that account cannot go: copy it there, in a
# mount namespace of its own.
machine account
echo "localkdc:x:64999:64998::/:/bin/false" >>"$root/etc/passwd"
# shellcheck disable=SC2016  # for the inner shell
apart=(unshare -m sh -c '
    prefix=$1 folder=/$(echo "$1" | cut -d/ -f2) && shift
    mount -t tmpfs none /mnt && mkdir /mnt/krb5 &&
    mount --bind "$prefix" /mnt/krb5 &&
    cp "$0" /mnt/localkdc && mount -t tmpfs -o mode=755 none "$folder" &&
    mkdir -p "$prefix" && mount --bind /mnt/krb5 "$prefix" &&
    exec "$@"' "$STAGE/sbin/localkdc" "$KRB5_PREFIX")
if [ "$KRB5_PREFIX" = /usr ]; then
    apart=(unshare -m sh -c '
        mount -t tmpfs none /mnt && cp "$0" /mnt/localkdc && exec "$@"' \
        "$STAGE/sbin/localkdc")
fi
ok "setup" "${apart[@]}" /mnt/localkdc --root "$root" setup
owners()
{
    (cd "$root" && find etc/krb5.keytab etc/localkdc var/lib/localkdc \
        -printf '%U:%G %p\n' | sort -k 2)
}
expected="0:0 etc/krb5.keytab
0:0 etc/localkdc
0:0 etc/localkdc/kdc.conf
0:0 etc/localkdc/names
0:0 var/lib/localkdc
64999:64998 var/lib/localkdc/db
64999:64998 var/lib/localkdc/db/principal
64999:64998 var/lib/localkdc/db/principal.kadm5
64999:64998 var/lib/localkdc/db/principal.kadm5.lock
64999:64998 var/lib/localkdc/db/principal.ok
64999:64998 var/lib/localkdc/db/stash
0:0 var/lib/localkdc/lock"
is "the database is the account's, the rest root's" "$(owners)" "$expected"
ok "a user" "${apart[@]}" sh -c "echo correct horse |
    /mnt/localkdc --root '$root' user add alice"
ok "a backup" "${apart[@]}" /mnt/localkdc --root "$root" \
    backup "$scratch/backup"
ok "restore" "${apart[@]}" /mnt/localkdc --root "$root" \
    restore --replace "$scratch/backup"
is "and all that changes no owner" "$(owners)" "$expected"

chown 64999 "$root/run/localkdc"
"${apart[@]}" setpriv --reuid 64999 --regid 64998 --clear-groups \
    env -u LD_PRELOAD LD_LIBRARY_PATH="$KRB5_PREFIX/lib" \
    KRB5_CONFIG=/dev/null KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" \
    "$KRB5_PREFIX/sbin/krb5kdc" -n >"$scratch/kdc.log" 2>&1 &
started+=("$!")
wait_for kdc_listens || diag "$(cat "$scratch/kdc.log")"
ok "as that account the KDC works" login alice "correct horse"
ok "status" "${apart[@]}" sh -c "PATH=$KRB5_PREFIX/sbin:/bin \
    /mnt/localkdc --root '$root' status | grep -v samba"
unlike "sees nothing wrong" "$output" "^problem"

# A KDC that somebody broke into cannot make root write elsewhere.
mv "$root/var/lib/localkdc/db/principal" "$scratch/principal"
cp "$scratch/principal" "$scratch/target"
chmod 0600 "$scratch/target"
ln -s "$scratch/target" "$root/var/lib/localkdc/db/principal"
before=$(sha256sum "$scratch/target")
refused "a link to a file of root's is not followed" 1 "denied" \
    "${apart[@]}" sh -c "echo correct horse |
    /mnt/localkdc --root '$root' user add bob"
is "and that file is as it was" "$(sha256sum "$scratch/target")" "$before"

done_testing
