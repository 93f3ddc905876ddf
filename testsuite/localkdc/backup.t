#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# localkdc backup and restore.

. "$(dirname "$0")/common.sh"
machine nas
lk setup --name files.example.org >/dev/null || give_up "setup failed"
user_add alice "correct horse" >/dev/null
user_add bob "staple battery" >/dev/null
lk user disable bob >/dev/null
lk policy --min-length 9 >/dev/null
kdc_start
login alice "correct horse" >/dev/null
kvno cifs/nas >/dev/null
kdc_stop
backup=$scratch/backup.json

ok "backup" lk backup "$backup"
like "warns" "$output" "keep it safe"
is "its mode" "$(stat -c %a "$backup")" 600
cp -p "$backup" "$backup.copy"
refused "to a file that exists" 1 "exists already; take another name" \
    lk backup "$backup"
ok "leaves that file" cmp "$backup" "$backup.copy"
# As on a file system without links, and as on one that cannot refuse to
# replace; and after a loss of power.
touch "$scratch/second.localkdc-new"
ok "without link()" strace -o /dev/null -e inject=link:error=EPERM \
    localkdc --root "$root" backup "$scratch/second"
is "in place of what a loss of power has left" \
    "$(find "$scratch" -name 'second*')" "$scratch/second"
ok "without RENAME_NOREPLACE" strace -o /dev/null \
    -e inject=renameat2:error=EINVAL \
    localkdc --root "$root" backup "$scratch/third"
is "leaves one file" "$(find "$scratch" -name 'third*')" "$scratch/third"
refused "to a file that came to be meanwhile" 1 \
    "fourth: this file exists already; take another name" strace \
    -o /dev/null -e inject=renameat2:error=EEXIST \
    localkdc --root "$root" backup "$scratch/fourth"
refused "to a folder that is not there" 1 "No such file" \
    lk backup "$scratch/nowhere/b"
refused "on a full disk" 1 "No space left" strace -o /dev/null \
    -P "$scratch/full.localkdc-new" -e inject=write:error=ENOSPC \
    localkdc --root "$root" backup "$scratch/full"
is "leaves no file" "$(find "$scratch" -maxdepth 1 -name 'full*')" ""

# As on a file system without modes: they are changed while it waits.
strace -o /dev/null -P "$scratch/open.localkdc-new" \
    -e inject=fsync:delay_enter=2s localkdc --root "$root" \
    backup "$scratch/open" >"$scratch/said" 2>&1 &
wait_for 10 test -e "$scratch/open.localkdc-new"
chmod 0644 "$scratch/open.localkdc-new"
wait "$!"
is "without modes" "$?" 0
like "it says who can read the file" "$(<"$scratch/said")" \
    "^Others can read it: its file system has no modes"

# ---- On a bare machine ---------------------------------------------------

old=$root
machine bare
sed -i /bob/d "$root/etc/passwd"
ok "restore" lk restore "$backup"
like "says what is next" "$output" "^Next: 'localkdc samba', and 'localkdc st"
ok "status" bash -c 'localkdc --root "$0" status; [ "$?" -eq 3 ]' "$root"
like "has the users whose accounts are missing" "$output" \
    "^note +users +no account on this machine: bob; see 'localkdc user remove'"
is "the modes" "$(cd "$root" && stat -c '%a %n' etc/krb5.keytab \
    var/lib/localkdc/db var/lib/localkdc/db/*)" \
    "$(cd "$old" && stat -c '%a %n' etc/krb5.keytab \
    var/lib/localkdc/db var/lib/localkdc/db/*)"
is "the keytab is the same" "$(klist -kK "$root/etc/krb5.keytab" |
    sed 1d | sort)" "$(klist -kK "$old/etc/krb5.keytab" | sed 1d | sort)"
is "the users" "$(lk user list --json)" \
    "$(root=$old lk user list --json)"
is "the policy" "$(lk policy)" "$(root=$old lk policy)"
is "the names" "$(cat "$root/etc/localkdc/names")" \
    "$(cat "$old/etc/localkdc/names")"
kdc_start
ok "an old ticket gets new ones" kvno host/nas
ok "and is good with the old keytab" kvno -k "$old/etc/krb5.keytab" cifs/nas
ok "and with the new one" kvno -k "$root/etc/krb5.keytab" cifs/nas
ok "the old password" login alice "correct horse"
refused "a disabled user is disabled" 1 "revoked" login bob "staple battery"
kdc_stop

# ---- On a machine with a realm -------------------------------------------

user_add bob x >/dev/null 2>&1
before=$(snapshot)
refused "there is one" 1 "is the realm NAS already.*--replace" \
    lk restore "$backup"
is "nothing has changed" "$(snapshot)" "$before"
lk user remove bob >/dev/null
ok "--replace" lk restore --replace "$backup"
is "brings back what was removed" "$(lk user list --json | jq length)" 2

machine other
lk setup --realm OTHER >/dev/null
before=$(snapshot)
refused "another realm" 1 "is the realm OTHER, and the backup is of NAS" \
    lk restore --replace "$backup"
is "nothing has changed" "$(snapshot)" "$before"

# ---- What is no backup ---------------------------------------------------

machine bad
before=$(snapshot)
bad=$scratch/bad.json
# damaged REGEX JQ: the backup is refused when jq has changed it so.
damaged()
{
    jq "$2" "$backup" >"$bad"
    refused "damaged: $2" 1 "$1" lk restore "$bad"
}
damaged "is no backup of localkdc" '.format = "x"'
damaged "is no backup of localkdc" 'del(.version)'
damaged "format 2; this localkdc reads format 1" '.version = 2'
damaged "the backup is damaged: .*stash" 'del(.stash)'
damaged "cannot be a realm" '.realm = "a/b"'
damaged "the master key is of another realm than OTHER" '.realm = "OTHER"'
damaged "master key in the backup is damaged" '.stash = "zz"'
damaged "master key in the backup is damaged" '.stash |= .[:-1]'
damaged "damaged; nothing has changed" '.stash |= .[:-2]'
damaged "damaged; nothing has changed" '.stash |= .[:-12] + "000000000000"'
damaged "kdb5_util failed: .*header" '.database = ""'
damaged "kdb5_util failed" '.database |= .[:1000]'
damaged "cannot be a host" '.names = ["a/b"]'
damaged "'}' cannot be a host's name: use letters" '.names = ["}"]'
damaged "names is no list" '.names = "a"'

damaged "the rules for passwords are not in the database" \
    '.database |= gsub("\npolicy\t[^\n]*"; "")'

# One digit of one user's key.
perl -pe 's/(\\tbob\@NAS\\t.*?\\t[0-9a-f]{80})(.)/$1 . ($2 eq "0" ? 1 : 0)/e' \
    "$backup" >"$bad"
if cmp -s "$bad" "$backup"; then
    fail "a key is changed" "the pattern finds no key"
fi
refused "a digit of a key" 1 "damaged; nothing has changed" lk restore "$bad"
head -c 1000 "$backup" >"$bad"
refused "half a file" 1 "line [0-9]*: the backup is damaged" lk restore "$bad"
refused "no file" 1 "there is no such file" lk restore "$scratch/nowhere"
refused "a folder" 1 "not a regular file" lk restore "$scratch"
is "nothing has changed" "$(snapshot)" "$before"

done_testing
