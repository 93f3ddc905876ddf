#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# localkdc where it cannot work: not root, a full disk, a realm in use, odd
# names; and many at once.

. "$(dirname "$0")/common.sh"

# ---- Who and where -------------------------------------------------------

machine nas
as_user=()
if [ "$(id -u)" -eq 0 ]; then
    as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fi
# Nobody else may be able to enter the folders that these are in.
open=$(mktemp -d /var/tmp/localkdc.XXXXXX)
chmod 0755 "$open"
cp "$STAGE/sbin/localkdc" "$open"
cp -L "$KRB5_PREFIX"/lib/lib*.so.* "$open"
nobody()
{
    LD_LIBRARY_PATH=$open "${as_user[@]}" "$open/localkdc" "$@"
}
for command in "setup" "status" "user list" "remove --yes" "backup $scratch/b"
do
    # shellcheck disable=SC2086  # words
    refused "$command, not as root" 1 "only root can do this" nobody $command
done
rm -rf "$open"
refused "a root that is no absolute path" 1 "give an absolute path" \
    localkdc --root relative setup
refused "one that is not there" 1 "/nowhere: No such file" \
    localkdc --root "$scratch/nowhere" setup
mkdir "$scratch/a b"
refused "one that kdc.conf cannot name" 1 "cannot be written into kdc.conf" \
    localkdc --root "$scratch/a b" setup
long=$(printf 'x%.0s' {1..100})
mkdir "$scratch/$long"
refused "one that is too long" 1 "too long for a UNIX socket" \
    localkdc --root "$scratch/$long" setup
refused "no command" 2 "^usage: localkdc" localkdc
refused "no such command" 2 "'frobnicate': there is no such command" \
    localkdc frobnicate

before=$(snapshot)
for bad in "nas|use upper case" "A/B|leave out" "A@B|leave out" \
        "A B|leave out" "|name is empty" $'A\nB|newline' \
        $'A\xff|not UTF-8' "Ä|use upper case" \
        "$(printf 'X%.0s' {1..256})|has 256 bytes" "A=B|use upper case"; do
    refused "setup --realm: ${bad#*|}" 1 "${bad#*|}" \
        lk setup --realm "${bad%|*}"
done
for bad in "a/b|leave out" "a@b|leave out" $'a\nb|newline' $'a\xff|not UTF-8' \
        "$(printf 'x%.0s' {1..256})|has 256 bytes"; do
    refused "setup --name: ${bad#*|}" 1 "${bad#*|}" \
        lk setup --name "${bad%|*}"
done
for bad in '}' '[x]' '#x' 'a=b' 'a;b' 'a"b' 'a{' 'ä' '.x'; do
    refused "setup --name: $bad" 1 \
        "'$(sed 's/[][{}.]/\\&/g' <<<"$bad")' cannot be a host's name: use" \
        lk setup --name "$bad"
done
refused "a machine with such a name" 1 "'}' cannot be a machine's name: use" \
    env NSS_WRAPPER_HOSTNAME='}' localkdc --root "$root" setup --realm NAS
refused "a machine without a name" 1 "machine's name is empty" \
    env NSS_WRAPPER_HOSTNAME= localkdc --root "$root" setup --realm NAS
is "nothing has changed" "$(snapshot)" "$before"
for command in refresh "user list" policy samba "backup $scratch/b" \
        "remove --yes"; do
    # shellcheck disable=SC2086  # words
    refused "$command without a realm" 1 "make one with 'localkdc setup'" \
        lk $command
done
refused "status without a realm" 3 "problem +realm .*localkdc setup" \
    lk status
is "nothing has changed" "$(snapshot)" "$before"

# ---- A full disk ---------------------------------------------------------

# As root, or as anybody in a user namespace.
namespace=(unshare -m)
"${namespace[@]}" mount -t tmpfs none "$root" 2>/dev/null ||
    namespace=(unshare -Urm)

# full KILOBYTES [FOLDER...]: setup on a disk of that size with these folders,
# and what is on it then.
full()
{
    # shellcheck disable=SC2016  # for the inner shell
    "${namespace[@]}" bash -c 'mount -t tmpfs -o size=$1k,mode=755 none "$2" &&
        cd "$2" && mkdir -p etc var/lib "${@:4}" && find . >"$3" &&
        localkdc --root "$2" setup || echo "exit status $?"
        find . | diff "$3" - && echo "as before"' - "$1" "$root" \
        "$scratch/before" "${@:2}" 2>&1
}
folders=(etc/krb5.conf.d etc/localkdc)
output=$(full 5000)
like "a disk of 5000 kB is large enough" "$output" "^Realm NAS: done"
for size in 16 40 200 3000; do
    output=$(full $size)
    like "one of $size kB is not" "$output" "^exit status 1$"
    like "it says so" "$output" \
        "^localkdc: .*No space left on device: make room"
    like "and leaves what was there before" "$output" "^as before$"
    like "also where the folders were there" \
        "$(full $size "${folders[@]}")" "^as before$"
done

# A file that cannot be written after the others.
no_room()
{
    before=$(snapshot)
    for file in etc/localkdc/kdc.conf etc/krb5.conf etc/krb5.keytab \
            var/lib/localkdc/journal "$@"; do
        refused "no room for $file" 1 "$file.localkdc-new: No space left" \
            strace -o /dev/null -P "$root/$file.localkdc-new" \
            -e inject=fsync:error=ENOSPC localkdc --root "$root" setup
        is "leaves what was there before" "$(snapshot)" "$before"
    done
}
no_room var/lib/localkdc/folders
(cd "$root" && mkdir "${folders[@]}")
no_room
(cd "$root" && rmdir "${folders[@]}")

# ---- In use --------------------------------------------------------------

# lock_hold FILE: lock it as localkdc and krb5 do.
# shellcheck disable=SC2016  # for perl
lock_hold()
{
    exec perl -MFcntl -e '
        open my $file, "+<", $ARGV[0] or die "$ARGV[0]: $!\n";
        my $lock = pack "s s x4 q q l x4", F_WRLCK, 0, 0, 0, 0;
        fcntl $file, F_SETLK, $lock or die "$ARGV[0]: $!\n";
        $| = 1; print "locked\n"; sleep;' "$1"
}

ok "setup" lk setup
other=$root
machine other
lk setup >/dev/null
third=$root
machine third
lk setup >/dev/null
lock_hold "$other/var/lib/localkdc/lock" >"$scratch/1" &
holder=$!
lock_hold "$root/var/lib/localkdc/db/principal.ok" >"$scratch/2" &
started+=("$holder" "$!")
lock_hold "$third/var/lib/localkdc/db/principal.ok" >"$scratch/3" &
started+=("$!")
wait_for 10 grep -q locked "$scratch/1"
wait_for 10 grep -q locked "$scratch/2"
wait_for 10 grep -q locked "$scratch/3"

start=$EPOCHREALTIME
localkdc --root "$other" user list >"$scratch/list" 2>&1 &
waiting=$!
localkdc --root "$third" backup "$scratch/backup" >"$scratch/backup.out" 2>&1 &
waiting+=" $!"
refused "a database that another program keeps locked" 1 \
    "db: another program keeps the database locked; try again" \
    user_add alice "correct horse"
for pid in $waiting; do
    wait "$pid"
done
at_most "after ten seconds" 15 "$start"
like "another command at work" "$(cat "$scratch/list")" \
    "lock: process $holder has been using the realm for 10 seconds"
like "no backup either" "$(cat "$scratch/backup.out")" "keeps the database"
kill "${started[@]}"
wait "${started[@]}" 2>/dev/null
ok "the first one's end" localkdc --root "$other" user list
is "the other one's list is as it was" "$(lk user list --json)" "[]"

# ---- Many at once --------------------------------------------------------

pids=()
for i in {1..10}; do
    echo "user$i:x:$((2000 + i)):100::/:/bin/false" >>"$root/etc/passwd"
done
for i in {1..10}; do
    user_add "user$i" "correct horse" >"$scratch/out.$i" 2>&1 &
    pids+=("$!")
done
failed=0
for pid in "${pids[@]}"; do
    wait "$pid" || failed=$((failed + 1))
done
is "ten users added at once" "$failed" 0
is "are all there" "$(lk user list --json | jq length)" 10
kdc_start
ok "and can log in" bash -c 'for i in {1..10}; do
    echo "correct horse" | kinit user$i || exit 1; done'

pids=()
for i in {1..5}; do
    user_add alice "correct horse" >/dev/null 2>&1 &
    pids+=("$!")
done
added=0
for pid in "${pids[@]}"; do
    wait "$pid" && added=$((added + 1))
done
is "the same user added five times at once: once" "$added" 1

# Removing takes the lock's folder away, while others wait for it or make it.
kdc_stop
: >"$scratch/said"
for _ in {1..20}; do
    pids=()
    for command in "remove --yes" setup refresh "remove --yes" setup status; do
        # shellcheck disable=SC2086  # words
        lk $command >>"$scratch/said" 2>&1 &
        pids+=("$!")
    done
    wait "${pids[@]}"
done
is "setup beside remove: nobody misses the lock" \
    "$(grep -c "lock: No such file" "$scratch/said")" 0
lk remove --yes >/dev/null 2>&1
ok "and a realm can be made" lk setup

done_testing
