#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What localkdc says to somebody who types it wrong, or names a file that is
# none: what was wrong, on what, and what to do; and nothing changes.

. "$(dirname "$0")/common.sh"
machine nas

# ---- Help ----------------------------------------------------------------

# Nobody needs a realm, or to be root, to read what there is.
as_user=()
[ "$(id -u)" -ne 0 ] ||
    as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
open=$(mktemp -d /var/tmp/localkdc.XXXXXX)
chmod 0755 "$open"
cp "$STAGE/sbin/localkdc" "$open"
cp -L "$KRB5_PREFIX"/lib/lib*.so.* "$open"

helps()
{
    # shellcheck disable=SC2086  # words
    LD_LIBRARY_PATH=$open "${as_user[@]}" "$open/localkdc" $1
}

while IFS='|' read -r command first; do
    ok "localkdc $command" helps "$command"
    is "says how" "$(head -n 1 <<<"$output")" "usage: localkdc $first"
done <<'HELPS'
help|[--root DIR] COMMAND [OPTION...]
-h|[--root DIR] COMMAND [OPTION...]
setup --help|setup [--realm NAME] [--name HOST]... [--dry-run]
setup --realm X --help|setup [--realm NAME] [--name HOST]... [--dry-run]
refresh --help|refresh [--name HOST]...
status -h|status [--json] [--smb-conf FILE]
samba --help|samba [--apply] [--smb-conf FILE]
backup --help|backup FILE
restore --help|restore [--replace] FILE
remove --help|remove [--yes]
user --help|user COMMAND [OPTION...]
user help|user COMMAND [OPTION...]
user add --help|user add [--password-fd N] NAME
user disable --help|user disable NAME
user list --help|user list [--json]
HELPS
rm -rf "$open"
ok "policy --help" lk policy --help
like "knows what the numbers are" "$output" \
    "--failure-window NUMBER  minutes within which they count"

# ---- Words ---------------------------------------------------------------

before=$(snapshot)
while IFS='|' read -r words message; do
    # shellcheck disable=SC2086  # words
    refused "localkdc $words" 2 "^localkdc: $message" lk $words
done <<'TYPED'
satus|'satus': there is no such command; did you mean 'status'\?
refersh|'refersh': there is no such command; did you mean 'refresh'\?
stat|'stat': there is no such command; did you mean 'status'\?
users|'users': there is no such command; did you mean 'user'\?
frobnicate|'frobnicate': there is no such command; see 'localkdc --help'
--rooot x|'--rooot': there is no such option; see 'localkdc --help'
-x status|'-x': there is no such option; see
--root|--root: the folder is missing after it
user ad alice|'user ad': there is no such command; did you mean 'user add'
user alice|'user alice': there is no such command; see 'localkdc user --help'
setup --realm|setup: something is missing after --realm: write --realm NAME
setup --reaml X|setup: there is no option --reaml; did you mean --realm\?
setup --frobnicate|setup: there is no option --frobnicate; see 'localkdc setup
setup -xyz|setup: there is no option -x; see
setup nas|setup: what is 'nas'\? See 'localkdc setup --help'
user list --json=3|user list: --json takes no value
user add|user add: NAME is missing; see 'localkdc user add --help'
user add a b|user add: what is 'b'\? See
user disable|user disable: NAME is missing
backup|backup: FILE is missing; see 'localkdc backup --help'
restore --replace|restore: FILE is missing
policy --lockout long|--lockout long: give a number from 0 to
policy --min-lenght 9|policy: there is no option --min-lenght; did you mean
policy --min-length 0|--min-length 0: the least is 1
policy --min-classes 9|--min-classes 9: the most is 5
policy --history 0|--history 0: the least is 1
samba --smb-conf|samba: something is missing after --smb-conf: write --smb-conf F
TYPED
refused "an empty word" 2 "'': there is no such command" lk ""
refused "an empty file" 2 "the name of the file is empty" lk backup ""
refused "another" 2 "the name of the file is empty" lk samba --smb-conf ""
refused "an empty realm" 1 "the realm's name is empty" lk setup --realm ""
is "none of it changes anything" "$(snapshot)" "$before"

# ---- Files ---------------------------------------------------------------

lk setup >/dev/null
before=$(snapshot)
head -c 1000 /dev/urandom >"$scratch/noise"
: >"$scratch/empty"
echo '{"format": "of another program", "version": 1}' >"$scratch/json"
for file in /etc/passwd noise empty json; do
    refused "restore $file" 1 "$file: this is no backup of localkdc$" \
        lk restore "$(cd "$scratch" && realpath "$file")"
done
ok "a backup" lk backup "$scratch/backup"
head -c 300 "$scratch/backup" >"$scratch/short"
refused "the beginning of one" 1 "short: line [0-9]+: the backup is damaged" \
    lk restore "$scratch/short"
refused "restore of a folder" 1 "$scratch: not a regular file" \
    lk restore "$scratch"
refused "restore of nothing" 1 "/nowhere: there is no such file" \
    lk restore /nowhere
refused "a backup into no folder" 1 \
    "^localkdc: /nonexistent/x: No such file or directory$" \
    lk backup /nonexistent/x
refused "a backup onto a folder" 1 "$scratch: this file exists already" \
    lk backup "$scratch"
is "none of it changes anything" "$(snapshot)" "$before"

echo "not a key of it" >"$root/etc/krb5.keytab"
before=$(snapshot)
refused "a keytab that is none" 1 \
    "krb5.keytab: this is no keytab; move it away, and run the command again" \
    lk refresh
is "is left as it is" "$(snapshot)" "$before"
rm "$root/etc/krb5.keytab"
ok "without it" lk refresh

done_testing
