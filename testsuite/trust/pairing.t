#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two machines, each its own realm, whose owners agree on a trust: from the code
# to a file that is read, and to the trust's end.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/pairing.sh"
host_add laptop
at laptop local_realm alice carol ALICE
at nas local_realm bob alice
smbd_start "username map = $root/var/lib/localkdc/username.map"
echo "of NAS" >"$server_dir/share/file"

# alice@LAPTOP, with the ticket of her own machine and no password.
of_laptop()
{
    at laptop of_laptop_here "$@"
}

of_laptop_here()
{
    server env LD_PRELOAD="$sanitizer" KRB5CCNAME="FILE:$server_dir/$user" "$@"
}

reads()
{
    of_laptop smbclient --use-kerberos=required //nas/share -c "get file -"
}

# fresh_tickets USER: nothing but a TGT.
fresh_tickets()
{
    user=$1
    of_laptop kinit "$user" <<<"${host_pw[laptop]}" >/dev/null ||
        give_up "no TGT for $user"
}

nothing_is_left()
{
    local host

    for host in nas laptop; do
        is "$1: no key at $host" "$(keys_at "$host")" ""
        is "$1: no file at $host" "$(files_at "$host" |
            grep -E 'LAPTOP|alice')" ""
    done
}

# ---- Without ---------------------------------------------------------------

fresh_tickets alice
isnt_read()
{
    local failed=0

    output=$(reads 2>&1) || failed=1
    is "$1: not read" "$failed" 1
    unlike "$1: nothing of the file" "$output" "of NAS"
}
isnt_read "no trust"

# ---- The whole way ---------------------------------------------------------

meet --for 1h --map alice=bob
is "both screens show one check value" "$(check_of nas)" "$(check_of laptop)"
like "of six digits" "$(check_of nas)" "^[0-9]{3} [0-9]{3}$"
for host in nas laptop; do
    like "$host sees who, and the direction" "$(<"$bed/screen.$host")" \
        "NAS lets users of LAPTOP in, until"
    like "$host sees who becomes whom" "$(<"$bed/screen.$host")" \
        "alice is bob there"
done
nothing_is_left "before anybody said yes"
owner_types nas yes
screen_waits nas "Waiting for the other owner"
nothing_is_left "when one has said yes"
owner_types laptop yes
owner_is "the trust" nas 0 "Done: this machine trusts LAPTOP"
owner_is "the trust" laptop 0 "Done: NAS lets users of this machine in"

for host in nas laptop; do
    is "$host has the key, and no code any more" "$(keys_at "$host")" \
        "krbtgt/NAS@LAPTOP"
done
key_of()
{
    at "$1" kdb_keys
}
kdb_keys()
{
    "${kdc[@]}" kadmin.local -r "$server_realm" \
        -q "ktadd -norandkey -k $server_dir/out krbtgt/NAS@LAPTOP" >/dev/null
    "${kdc[@]}" klist -kKet "$server_dir/out" | tail -n +4
    rm -f "$server_dir/out"
}
# Without the time at which it was written into the keytab.
bare_key_of()
{
    key_of "$1" | awk '{ print $1, $4, $5, $6 }'
}
is "it is the same on both" "$(bare_key_of nas)" "$(bare_key_of laptop)"
like "and it is there" "$(key_of nas)" "aes256-cts-hmac-sha384-192"

fresh_tickets alice
size=$(stat -c %s "$server_log")
ok "alice@LAPTOP reads a file on NAS" reads
like "the file" "$output" "of NAS"
like "as bob, by IAKERB" "$(server_log_since "$size")" \
    'Successful AuthZ: \[SMB2,IAKERB\] user \[NAS\]\\\[bob\]'
ok "and again" reads
like "with the ticket in her cache" "$(server_log_since "$size")" \
    'Successful AuthZ: \[SMB2,krb5\] user \[NAS\]\\\[bob\]'
ok "list, as JSON" at nas lk trust list --json
is "the list has it" "$(jq -r '.[] | .by + " " + .of + " " + .map.alice' \
    <<<"$output")" "NAS LAPTOP bob"
ok "refresh leaves it alone" at laptop lk refresh

fresh_tickets carol
isnt_read "carol@LAPTOP, whom nobody has named"
user=alice
fresh_tickets alice

refused_again()
{
    owner_begin nas offer
    screen_waits nas "^The code is"
    owner_begin laptop join nas
    owner_types laptop "$(code_of nas)"
    owner_is "a second one" nas 1 "NAS trusts LAPTOP already"
    owner_is "a second one" laptop 1 "nothing has changed"
}
refused_again

ok "a backup while there is a trust" lk backup "$server_dir/backup.json"

# ---- Removed ---------------------------------------------------------------

ok "remove, on NAS" lk trust remove LAPTOP
like "says what that means" "$output" "no new tickets"
isnt_read "removed"
fresh_tickets alice
isnt_read "removed, with new tickets"
ok "remove, on LAPTOP" at laptop lk trust remove NAS
nothing_is_left removed
output=$(lk trust remove LAPTOP 2>&1)
like "there is nothing to remove any more" "$output" "there is no trust"

# What was removed does not come back with what was kept before.
ok "the backup is restored" lk restore --replace "$server_dir/backup.json"
like "says that trusts are not" "$output" \
    "The trust with LAPTOP was not restored"
nothing_is_left "after a restore"
isnt_read "after a restore"

# ---- To its end ------------------------------------------------------------

end=$((SECONDS + 8))
trust_made --for 8s --map alice=bob
fresh_tickets alice
ok "for eight seconds" reads
while [ "$SECONDS" -le "$end" ]; do sleep 0.1; done
isnt_read "when they are over"
fresh_tickets alice
isnt_read "when they are over, with new tickets"
like "the list has it no more" "$(lk trust list)" "There is no trust"

# ---- Two at once -----------------------------------------------------------

# The first pairing comes to its end while the owners of the second one think.
owner_begin nas offer --for 1h --map alice=bob
screen_waits nas "^The code is"
owner_begin laptop join nas
owner_types laptop "$(code_of nas)"
screen_waits nas "^Check value"
screen_waits laptop "^Check value"
owner_begin nas:2 offer --port 4689 --map alice=alice
screen_waits nas:2 "^The code is"
owner_begin laptop:2 join --port 4689 nas
owner_types laptop:2 "$(code_of nas:2)"
screen_waits nas:2 "^Check value"
screen_waits laptop:2 "^Check value"
owner_types nas yes
owner_types laptop yes
owner_is "the first of two" nas 0 "Done: this machine trusts LAPTOP"
owner_is "the first of two" laptop 0 "Done: NAS lets users"
first=$(bare_key_of nas)
owner_types nas:2 yes
owner_types laptop:2 yes
owner_is "the second of two" nas:2 1 "NAS trusts LAPTOP already"
owner_is "the second of two" laptop:2 1 "nothing has changed"
is "the first one's key is still there" "$(bare_key_of nas)" "$first"
fresh_tickets alice
ok "and still lets alice in" reads

# Samba does not tell ALICE from alice: the KDC does.
fresh_tickets ALICE
isnt_read "ALICE, where alice was named"
like "she has no ticket" "$(at nas kdc_said)" "TRUST_NAME_NOT_PLAIN"
output=$(lk trust offer --map ALICE=bob 2>&1)
like "nor is she mapped" "$output" "has capital letters"
ok "both are removed" lk trust remove LAPTOP
ok "on LAPTOP too" at laptop lk trust remove NAS

# A key that is good is not written over, though it is on no list: another
# pairing may be about to end.
at nas kdc_keys_by_hand
by_hand=$(bare_key_of nas)
meet --map alice=bob
owner_types nas yes
owner_types laptop yes
owner_is "a key that is good" nas 1 "has a key for LAPTOP that is still good"
owner_is "a key that is good" laptop 1 "nothing has changed"
is "it is as it was" "$(bare_key_of nas)" "$by_hand"
is "and LAPTOP has none" "$(keys_at laptop)" ""

# A key that kadmin.local made is removed like others, and not denied.
ok "a key that was made by hand is removed" lk trust remove LAPTOP
is "and is gone" "$(keys_at nas)" ""

# ---- The host --------------------------------------------------------------

# What the other machine calls itself is no host's name, but where its owner
# typed that name.
owner_begin nas offer
screen_waits nas "^The code is"
owner_begin laptop join "${host_address[nas]}"
owner_types laptop "$(code_of nas)"
screen_waits nas "^Check value"
screen_waits laptop "The host ${host_address[nas]} is NAS"
owner_types nas yes
owner_types laptop yes
owner_is "joined by an address" nas 0 "^Done"
owner_is "joined by an address" laptop 0 "^Done"
is "that host alone is taken for NAS" "$(at laptop files_here |
    grep -E '^ +[^ ]+ = NAS$' | xargs)" "${host_address[nas]} = NAS"
ok "this one is removed" lk trust remove LAPTOP
ok "here too" at laptop lk trust remove NAS

# The code lets nobody in at anything else.
owner_begin nas offer
screen_waits nas "^The code is"
code=$(code_of nas)
ok "with the code there is a TGT" from nas server \
    KRB5CCNAME="FILE:$server_dir/join" kinit trust/join@NAS <<<"${code// }"
output=$(from nas server KRB5CCNAME="FILE:$server_dir/join" kvno cifs/nas@NAS 2>&1)
like "and no other ticket" "$output" "KDC policy rejects request"
like "for the reason" "$(at nas kdc_said)" "TRUST_CODE_FOR_NOTHING_ELSE"
owner_begin laptop join nas
owner_types laptop "$code"
screen_waits laptop "^Check value"
owner_types laptop no
owner_end laptop
owner_end nas

# ---- No --------------------------------------------------------------------

meet --map alice=bob
owner_types laptop no
owner_is "LAPTOP's owner says no" laptop 1 "you did not say yes"
owner_is "LAPTOP's owner says no" nas 1 "said no, or the connection is lost"
meet --map alice=bob
owner_types laptop yes
owner_types nas no
owner_is "NAS's owner says no" nas 1 "you did not say yes"
owner_is "NAS's owner says no" laptop 1 "said no|connection"
meet --map alice=bob
owner_types laptop yes
kill -INT "${owner_pid[nas]}" 2>/dev/null
pkill_child()
{
    pkill -INT -P "${owner_pid[nas]}" 2>/dev/null
}
pkill_child
owner_is "Ctrl-C" nas 1 "nobody has answered|nothing has changed"
owner_is "Ctrl-C" laptop 1 "nothing has changed"

# ---- The wrong code --------------------------------------------------------

owner_begin nas offer
screen_waits nas "^The code is"
right=$(code_of nas)
for try in 1 2 3; do
    owner_begin laptop join nas
    owner_types laptop "000 000 00$try"
    owner_is "a wrong code, $try" laptop 1 "not the code|not good|no code"
done
owner_is "after three" nas 1 "three wrong codes"
owner_begin laptop join nas
owner_types laptop "$right"
owner_is "the right one comes too late" laptop 1 "has to wait|no code"
like "nobody can try the code any more" "x$(keys_at nas | grep trust/)x" "^xx$"

done_testing
