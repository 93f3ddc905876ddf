#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that cannot be replaced: localkdc finds out before it begins, changes
# nothing, and blocks nothing that comes after.

. "$(dirname "$0")/common.sh"

# As root, or as anybody in a user namespace.
namespace=(unshare -m)
"${namespace[@]}" mount -t tmpfs none "$scratch" 2>/dev/null ||
    namespace=(unshare -Urm)
"${namespace[@]}" mount -t tmpfs none "$scratch" 2>/dev/null ||
    skip_all "nothing can be mounted here"

# mounted PATH COMMAND...: with something mounted there.
mounted()
{
    # shellcheck disable=SC2016  # for the inner shell
    "${namespace[@]}" sh -c 'mount --bind "$0" "$0" && exec "$@"' "$@"
}

# blocked WHAT REGEX COMMAND...: COMMAND is refused, and changes nothing.
blocked()
{
    local before

    before=$(snapshot)
    refused "$1" 1 "$2" "${@:3}"
    is "changes nothing" "$(snapshot)" "$before"
}

fixed="it is mounted, or protected with chattr, and cannot be replaced"

machine nas
echo "[libdefaults]" >"$root/etc/krb5.conf"
blocked "setup, with /etc/krb5.conf mounted as a file" \
    "/etc/krb5.conf: $fixed" \
    mounted "$root/etc/krb5.conf" localkdc --root "$root" setup
refused "there is still no realm" 1 "make one with 'localkdc setup'" \
    lk user list

ok "setup without it" lk setup
user_add alice "correct horse" >/dev/null
lk backup "$scratch/backup" >/dev/null
database=$root/var/lib/localkdc/db
blocked "restore, with the database mounted" "localkdc/db: $fixed" \
    mounted "$database" localkdc --root "$root" restore --replace \
    "$scratch/backup"
blocked "remove" "localkdc/db: $fixed" \
    mounted "$database" localkdc --root "$root" remove --yes
blocked "remove, with the keytab mounted" "/etc/krb5.keytab: $fixed" \
    mounted "$root/etc/krb5.keytab" localkdc --root "$root" remove --yes
# shellcheck disable=SC2016  # for the inner shell
blocked "remove, with a folder that cannot be written to" \
    "/etc/krb5.conf.d: Read-only file system" \
    "${namespace[@]}" sh -c 'mount --bind "$0" "$0" &&
    mount -o remount,bind,ro "$0" && exec "$@"' "$root/etc/krb5.conf.d" \
    localkdc --root "$root" remove --yes
ok "the realm works as before" lk refresh
like "and has nothing left to do" "$output" "nothing has changed"

# Its keys would stay where the link leads.
mv "$database" "$scratch/disk"
ln -s "$scratch/disk" "$database"
for command in "restore --replace $scratch/backup" "remove --yes"; do
    # shellcheck disable=SC2086  # words
    blocked "$command, with a link for a database" \
        "localkdc/db: it is a symbolic link; put the folder in its place" \
        lk $command
done
ok "which works otherwise" lk user list
rm "$database"
mv "$scratch/disk" "$database"

# Of a keytab that can be written to and not replaced, a refresh finds out when
# the database has the name already.
refused "refresh, with the keytab mounted" 1 "/etc/krb5.keytab: $fixed" \
    mounted "$root/etc/krb5.keytab" localkdc --root "$root" refresh \
    --name files.example.org
like "says what has changed" "$output" \
    "db: this has changed already; run the command again"
refused "status sees the rest" 3 "no longer this machine's: cifs/FILES.EXAM" \
    lk status
ok "once more" lk refresh --name files.example.org
like "does it" "$output" "/etc/krb5.keytab$"

# ---- overlayfs, which moves no folder that it has not made ---------------

machine layers
lk setup >/dev/null
# shellcheck disable=SC2016  # for the inner shell
output=$("${namespace[@]}" sh -c '
    mkdir "$1" && mount -t tmpfs none "$1" && mkdir "$1/new" "$1/work" &&
        mount -t overlay none "$2/var" \
            -o "lowerdir=$2/var,upperdir=$1/new,workdir=$1/work" || exit 77
    lk="localkdc --root $2"
    $lk restore --replace "$0" && $lk user list && $lk remove --yes &&
        find "$2/var" -mindepth 1' "$scratch/backup" "$scratch/overlay" \
    "$root" 2>&1)
status=$?
if [ "$status" -eq 77 ]; then
    skip "a database in a lower layer" "no overlay can be had"
else
    is "restore and remove, with the database in a lower layer" "$status" 0
    like "the user is there after restore" "$output" "^alice +enabled"
    is "and nothing after remove" "$(sed '1,/: removed/d' <<<"$output")" \
        "$root/var/lib"
fi

done_testing
