#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A KDC that was broken into: whatever its account writes into its folder, no
# command of root's does more than refuse.

. "$(dirname "$0")/common.sh"
krb5_for_all
if [ "$(id -u)" != 0 ]; then
    skip_all "only root can have another account own the database"
fi
account=61234

# prepare NAME: a machine whose KDC has an account of its own.
prepare()
{
    machine "$1"
    echo "localkdc:x:$account:$account::/:/bin/false" >>"$root/etc/passwd"
    lk setup >/dev/null && user_add alice "correct horse" >/dev/null ||
        give_up "setup failed"
    db=$root/var/lib/localkdc/db
}

# stash REALM: what the account writes in the master key's place, K/M of that
# realm.
stash()
{
    perl -e 'my $realm = shift;
        my $entry = pack("n", 2) . pack("n/a", $realm) . pack("n/a", "K") .
            pack("n/a", "M") . pack("N N C n n/a N", 1, time, 1, 20,
                "k" x 32, 1);
        print pack("n", 0x502), pack("N/a", $entry)' "$1" >"$db/stash"
}

# commands: each of root's that reads the realm.
commands=("status" "refresh" "setup" "user list" "user list --json"
    "user disable alice" "user remove alice" "policy" "policy --min-length 9"
    "backup $scratch/backup.json")

# refuse WHAT REGEX: each command refuses, says why in harmless words, and
# changes nothing outside of the account's folder.
refuse()
{
    local what=$1 regex=$2 command before said status

    before=$(snapshot | grep -v " \./var/lib/localkdc/db\| \./var/lib/localkdc\( \|$\)")
    for command in "${commands[@]}"; do
        status=0
        # shellcheck disable=SC2086  # words
        said=$(lk $command 2>&1) || status=$?
        ok "$what: $command ends by itself with an error ($status)" \
            test "$status" -ge 1 -a "$status" -le 3
        like "$what: $command says why" "$said" "$regex"
        unlike "$what: $command is harmless to read" \
            "$(tr -d '\n\40-\176' <<<"$said")" "."
        rm -f "$scratch/backup.json"
    done
    is "$what: nothing else has changed" "$(snapshot | grep -v \
        " \./var/lib/localkdc/db\| \./var/lib/localkdc\( \|$\)")" "$before"
}

# ---- The realm's name ------------------------------------------------------

prepare injected
other="the master key is of another realm than NAS, which this machine is: refused"
stash $'x = {\n plugin_base_dir = /tmp\n}\n[libdefaults]\n default_realm = x'
refuse "a realm that is a configuration" "$other"
stash CORP.EXAMPLE
refuse "another realm" "$other"
stash $'\e[2J\xe2\x80\xae'
refuse "a realm that does things to a terminal" "$other"
stash ""
refuse "no name" "$other|master key"
: >"$db/stash"
refuse "an empty stash" "master key"

# A realm that was made before its name had a file is what kdc.conf says.
prepare before
rm "$root/var/lib/localkdc/realm"
ok "a realm without a file for its name" lk user list
ok "refresh" lk refresh
is "writes it" "$(cat "$root/var/lib/localkdc/realm")" NAS
rm "$root/var/lib/localkdc/realm" "$root/etc/localkdc/kdc.conf"
refused "neither says it" 1 "it is to say which realm this machine is, and does not" lk refresh
echo 'NAS }' >"$root/var/lib/localkdc/realm"
refused "what is no name" 1 "that is not a realm's name" lk refresh

# ---- Who reads the database ------------------------------------------------

prepare reader
whole=$scratch/whole
cp "$db/principal" "$whole"
rm "$db/principal"
mkfifo "$db/principal"
chown "$account:$account" "$db/principal"
localkdc --root "$root" user list >/dev/null 2>&1 &
waiting=$!
reads()
{
    child=$(pgrep -P "$waiting") && grep -q "^NoNewPrivs:	1" \
        "/proc/$child/status"
}
wait_for 10 reads
child=$(pgrep -P "$waiting")
status=$(cat "/proc/$child/status")
like "the database is read by the account" "$status" \
    "^Uid:(	$account){4}$"
like "and its group" "$status" "^Gid:(	$account){4}$"
like "which cannot become root again" "$status" "^NoNewPrivs:	1$"
isnt_session()
{
    [ "$(awk '{ print $6 }' "/proc/$child/stat")" != \
        "$(awk '{ print $6 }' "/proc/$waiting/stat")" ]
}
ok "nor reach root's terminal" isnt_session
is "nor the lock, nor anything else that root has open" \
    "$(find "/proc/$child/fd" -lname "$root/var/lib/localkdc/lock" | wc -l)" 0
is "what it has open is not root's" \
    "$(for fd in 0 1; do readlink "/proc/$child/fd/$fd"; done | xargs)" \
    "/dev/null /dev/null"
kill "$waiting" "$child"
wait "$waiting" 2>/dev/null
rm "$db/principal"

# ---- What is in it ---------------------------------------------------------

# mutate SEED: some bytes are others.
mutate()
{
    perl -e 'srand(shift); local $/; my $data = <STDIN>;
        for (1 .. 1 + int rand 8) {
            substr($data, int rand length $data, 1) = chr int rand 256;
        }
        print $data' "$1" <"$whole" >"$db/principal"
    chown "$account:$account" "$db/principal"
    chmod 0600 "$db/principal"
}

bad=() unrestorable=()
for seed in {1..40}; do
    mutate "$seed"
    for command in "status" "user list" "backup $scratch/backup-$seed.json"; do
        status=0
        # shellcheck disable=SC2086
        timeout 60 localkdc --root "$root" $command >/dev/null 2>&1 ||
            status=$?
        [ "$status" -le 3 ] || bad+=("$seed $command: $status")
    done
done
is "forty damaged databases: no command dies or hangs" "${bad[*]}" ""
written=0
for seed in {1..40}; do
    [ -e "$scratch/backup-$seed.json" ] || continue
    written=$((written + 1))
    machine "restored-$seed"
    lk restore "$scratch/backup-$seed.json" >/dev/null 2>&1 ||
        unrestorable+=("$seed")
done
is "each of the $written backups that were written can be restored" \
    "${unrestorable[*]}" ""
root=$scratch/reader

head -c 5000 "$whole" >"$db/principal"
commands=("status" "refresh" "user list" "backup $scratch/backup.json")
refuse "a database cut off" \
    "the database is damaged, or its disk is full: work on it ended with|malformed|cannot"

# One byte of alice's key.
cp "$whole" "$db/principal"
perl -e 'local $/; open my $in, "<", $ARGV[0] or die; my $data = <$in>;
    my $at = index($data, "alice\@NAS\0") ; die if $at < 0;
    substr($data, $at + 160, 1) ^= "\1";
    open my $out, ">", $ARGV[0] or die; print $out $data' "$db/principal"
commands=("status" "backup $scratch/backup.json")
refuse "a byte of a key" "the entry of alice@NAS is damaged"

done_testing
