#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The units: socket activation of krb5kdc, its end when idle, its account, and
# the hardening.

. "$(dirname "$0")/common.sh"
machine nas
lk setup >/dev/null || give_up "setup failed"
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
wait_for 10 kdc_listens || give_up "systemd-socket-activate does not listen"
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

LOCALKDC_IDLE_SECONDS=1 kdc_start
sleep 2.5
ok "one that no socket started stays" kill -0 "$kdc_pid"
ok "and answers" login alice "correct horse"
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
    skip "the KDC's account" "only root can use it"
    done_testing
fi

# What the tests run may lie where that account cannot go: copy it there, in a
# mount namespace of its own.
machine account
echo "localkdc:x:64999:64998::/:/bin/false" >>"$root/etc/passwd"
# shellcheck disable=SC2016  # for the inner shell
apart=(unshare -m sh -c '
    modules=$1/lib/localkdc prefix=$2 && shift 2
    mount -t tmpfs none /mnt && mkdir /mnt/krb5 /mnt/modules &&
    mount --bind "$prefix" /mnt/krb5 && cp "$0" /mnt/localkdc &&
    cp "$modules"/* /mnt/modules && case $prefix in
    /usr) ;;
    *) mount -t tmpfs -o mode=755 none "/$(echo "$prefix" | cut -d/ -f2)" &&
        mkdir -p "$prefix" && mount --bind /mnt/krb5 "$prefix" ;;
    esac &&
    mkdir -p "$modules" && mount --bind /mnt/modules "$modules" &&
    exec "$@"' "$STAGE/sbin/localkdc" "$STAGE" "$KRB5_PREFIX")
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
0:0 var/lib/localkdc/folders
0:0 var/lib/localkdc/lock
0:0 var/lib/localkdc/realm"
is "the database is the account's, the rest root's" "$(owners)" "$expected"
ok "a user" "${apart[@]}" sh -c "echo correct horse |
    /mnt/localkdc --root '$root' user add alice"
ok "a backup" "${apart[@]}" /mnt/localkdc --root "$root" \
    backup "$scratch/backup"
ok "restore" "${apart[@]}" /mnt/localkdc --root "$root" \
    restore --replace "$scratch/backup"
is "and all that changes no owner" "$(owners)" "$expected"

# What the manual says for a machine without systemd, on one whose /etc and
# /run are this one's; krb5kdc ends with its process namespace.
groff -man -Tascii -P-c -P-b -P-u "$STAGE/share/man/man8/localkdc.8" |
    sed -n '/^ *install -d/,/ krb5kdc)$/p' >"$scratch/recipe"
is "the manual has four commands for that" "$(grep -oE \
    '^ +install|umask|setpriv|krb5kdc\)$' "$scratch/recipe" | wc -l)" 4
echo "localkdc:x:64998:" >"$root/etc/group"
rmdir "$root/run/localkdc"
# shellcheck disable=SC2016  # for the inner shell
"${apart[@]}" unshare -p --fork --kill-child env -u LD_PRELOAD sh -c '
    mount --bind "$0/etc" /etc && mount --bind "$0/run" /run &&
    . "$1"; trap exit TERM; sleep 60 & wait' "$root" "$scratch/recipe" \
    >"$scratch/kdc.log" 2>&1 &
outside=$!
wait_for 10 kdc_listens || diag "$(cat "$scratch/recipe" "$scratch/kdc.log")"
# unshare ends with the first process in the namespace, and not when told to.
read -r inside <"/proc/$outside/task/$outside/children"
started+=("${inside% }" "$outside")
ok "as the manual has it, without systemd, the KDC works" \
    login alice "correct horse"
is "as its own account, for everybody" "$(stat -c '%u:%g %a' \
    "$root/run/localkdc" "$root/run/localkdc/kdc.sock" | tr '\n' ,)" \
    "64999:64998 755,64999:64998 666,"
ok "kinit by an ordinary user" "${apart[@]}" sh -c "echo correct horse |
    setpriv --reuid 1001 --regid 100 --clear-groups \
    env KRB5CCNAME=MEMORY: kinit alice"
ok "status" "${apart[@]}" sh -c "PATH=$KRB5_PREFIX/sbin:/bin \
    /mnt/localkdc --root '$root' status | grep -v samba"
unlike "sees nothing wrong" "$output" "^problem"

# ---- Where that account may not go ---------------------------------------

mkdir -m 0700 "$scratch/closed"
mkdir "$scratch/open"
printf '#!/bin/sh\necho "no libraries" >&2\nexit 127\n' \
    >"$scratch/open/kdb5_util"
cp "$scratch/open/kdb5_util" "$scratch/closed"
chmod 0755 "$scratch/open/kdb5_util" "$scratch/closed/kdb5_util"
# setup_with FOLDER...: on a new machine, with kdb5_util from there.
setup_with()
{
    local root=$scratch/closed.root folder path=/usr/bin:/bin

    for folder; do
        path=$scratch/$folder:$path
    done
    rm -rf "$root"
    mkdir -p "$root"/{etc,var/lib}
    echo "localkdc:x:64999:64998::/:/bin/false" >"$root/etc/passwd"
    # Without the kdb5_util that it was built with.
    # shellcheck disable=SC2016  # for the inner shell
    PATH=$path unshare -m sh -c \
        '[ "$0" = /usr ] || mount -t tmpfs none "$0/sbin"; exec "$@"' \
        "$KRB5_PREFIX" "$STAGE/sbin/localkdc" --root "$root" setup
}
if [ "$KRB5_PREFIX" != /usr ]; then
    ok "without a PATH it runs the krb5 that it was built with" \
        env -i PATH=/nowhere "$STAGE/sbin/localkdc" --root "$scratch/nas" \
        backup "$scratch/no-path"
    ok "with one, too" env PATH="$scratch/open:$PATH" \
        localkdc --root "$scratch/nas" backup "$scratch/wrong-path"
fi
if [ "$KRB5_PREFIX" != /usr ]; then
    refused "a kdb5_util in a closed folder" 1 \
        "kdb5_util cannot be run as the account localkdc: .*IAKERB_CACHE=/opt" \
        setup_with closed
    rm "$scratch/closed/kdb5_util"
    refused "none, and a closed folder in PATH" 1 \
        "kdb5_util cannot be run; install the package" setup_with closed
fi
refused "one that does not find its libraries" 1 \
    "kdb5_util failed: no libraries" setup_with open

# ---- A KDC that somebody broke into --------------------------------------

stash=$root/var/lib/localkdc/db/stash
mv "$stash" "$scratch/stash"
echo "a secret of root's" >"$scratch/secret"
ln -s "$scratch/secret" "$stash"
for command in "user list" "backup $scratch/b"; do
    # shellcheck disable=SC2086  # words
    refused "$command: root follows no link to elsewhere" 1 \
        "db/stash: not a regular file" \
        "${apart[@]}" /mnt/localkdc --root "$root" $command
done
rm "$stash"
mkfifo "$stash"
chown 64999:64998 "$stash"
refused "nor waits for a pipe" 1 "db/stash: not a regular file" \
    "${apart[@]}" timeout 5 /mnt/localkdc --root "$root" user list
rm "$stash"
mv "$scratch/stash" "$stash"

# It cannot make root write elsewhere.
mv "$root/var/lib/localkdc/db/principal" "$scratch/principal"
cp "$scratch/principal" "$scratch/target"
chmod 0600 "$scratch/target"
ln -s "$scratch/target" "$root/var/lib/localkdc/db/principal"
before=$(sha256sum "$scratch/target")
refused "a link to a file of root's is not followed" 1 "denied" \
    "${apart[@]}" sh -c "echo correct horse |
    /mnt/localkdc --root '$root' user add bob"
is "and that file is as it was" "$(sha256sum "$scratch/target")" "$before"
chgrp 64997 "$scratch/target"
chmod 0660 "$scratch/target"
refused "nor to one that root's further groups can write" 1 "denied" \
    "${apart[@]}" setpriv --groups 64997 strace -o "$scratch/groups" \
    -e trace=setgroups /mnt/localkdc --root "$root" user list
is "and root has these groups again afterwards" \
    "$(grep -o 'setgroups([01]' "$scratch/groups" | tail -n 2)" \
    $'setgroups(0\nsetgroups(1'

done_testing
