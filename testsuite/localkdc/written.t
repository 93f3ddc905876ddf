#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Done is said when it is on the disk: krb5's database module drops errors, so
# what was written is read again.  And nobody is kept out by a reader of lists.

. "$(dirname "$0")/common.sh"
machine nas
lk setup >/dev/null || give_up "setup failed"
user_add alice "correct horse" >/dev/null
lk user add bob <<<"correct horse" >/dev/null
db=$root/var/lib/localkdc/db
cp -r "$db" "$scratch/whole"

# broken CALL COMMAND...: with a disk on which this call fails.
broken()
{
    local call=$1
    shift

    strace -f -qq -o "$scratch/strace" -P "$db/principal" \
        -P "$db/principal.kadm5" \
        -e trace="$call" -e inject="$call:error=ENOSPC" \
        localkdc --root "$root" "$@"
}

# state NAME
state()
{
    lk user list --json | jq -r --arg name "$1" \
        '.[] | select(.name == $name) | .state'
}

for call in write,pwrite64,writev fsync,fdatasync; do
    for command in "user disable alice" "user remove alice" \
        "user passwd alice" "policy --min-length 12"; do
        rm -rf "$db"
        cp -r "$scratch/whole" "$db"
        # shellcheck disable=SC2086  # words
        refused "$call fails: $command" 1 "disk|cannot|No space|damaged|no such user|Failure" \
            broken "$call" $command <<<"battery staple"
        ok "$call fails: $command: the call was made" \
            grep -q INJECTED "$scratch/strace"
        [ "$call" != write,pwrite64,writev ] ||
            is "$call fails: $command: alice is as before" \
                "$(state alice)" enabled
    done
done
rm -rf "$db"
cp -r "$scratch/whole" "$db"
refused "it is said that the change is not there" 1 \
    "the change is not in the database as it is on the disk" \
    broken write,pwrite64,writev user disable alice
rm -rf "$db"
cp -r "$scratch/whole" "$db"
ok "with a good disk" lk user disable alice
is "she is disabled" "$(state alice)" disabled
ok "enable" lk user enable alice
ok "a new password" lk user passwd alice <<<"battery staple"
ok "unlock" lk user unlock alice
ok "a policy" lk policy --min-length 12
like "it says what there is" "$output" "^min-length 12 characters$"
ok "remove" lk user remove alice
is "she is gone" "$(state alice)" ""

# A name that is not UTF-8.
# kadmin QUERY...: as an administrator who does without localkdc.
kadmin()
{
    printf '%s\n' "$@" | env -u LD_PRELOAD KRB5_CONFIG=/dev/null \
        KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" kadmin.local \
        >/dev/null 2>&1
}
kadmin $'addprinc -randkey -policy users al\xffce'
like "is in the list" "$(lk user list)" "^al\\?ce "
is "and in JSON" "$(lk user list --json | jq -r '.[].name' | sort | xargs)" \
    'al?ce bob'

# ---- A reader who does not read ------------------------------------------

mapfile -t queries < <(printf \
    'addprinc -randkey -policy users -allow_svr user%d\n' {1..1498})
kadmin "${queries[@]}"
mkfifo "$scratch/pager"
lk user list >"$scratch/pager" 2>"$scratch/said" &
lister=$!
exec {pager}<"$scratch/pager"
held=$SECONDS
full()
{
    # It waits for the reader.
    grep -q pipe "/proc/$lister/wchan"
}
wait_for 10 full
ok "somebody reads a list slowly, and others work" \
    timeout 8 localkdc --root "$root" user disable bob
while [ $((SECONDS - held)) -lt 12 ]; do sleep 0.2; done
cat <&"$pager" >"$scratch/list"
wait "$lister"
is "the list's reader gets all of it" "$? $(wc -l <"$scratch/list")" "0 1501"
is "and no complaint" "$(cat "$scratch/said")" ""

done_testing
