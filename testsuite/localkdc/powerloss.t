#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Power loss, simulated: setup, restore and remove are killed before each
# system call that changes a file.  The next command must find the old state,
# whole, or the new one.
#
# Filling a new database takes hundreds of calls of write and fsync, which all
# go to staged files that the next command removes: of write and fsync some
# eight stand for all, to keep this test short.  Of openat, those that make a
# file are taken.

. "$(dirname "$0")/common.sh"

steps=(rename unlink unlinkat rmdir mkdir chmod fchmod chown fchown lchown
    pwrite64 link openat write fsync)

# points SYSCALL COMMAND...: at which of these calls to kill COMMAND.
points()
{
    local name=$1 number
    shift

    strace -o "$scratch/trace" -e trace="$name" "$@" >/dev/null 2>&1
    grep "^$name(" "$scratch/trace" >"$scratch/calls"
    number=$(wc -l <"$scratch/calls")
    case $name in
    openat) grep -n O_CREAT "$scratch/calls" | cut -d: -f1 ;;
    write | fsync) seq 1 "$((number / 8 + 1))" "$number" ;;
    *) seq "$number" ;;
    esac
}

# Make the machine be as it was.
reset()
{
    rm -rf "$root"
    cp -a "$scratch/saved" "$root"
}

# The old state is as it was, to the byte; in the new one nothing is missing
# and nothing left over.  Prints which it is.
which_state()
{
    lk user list >/dev/null 2>&1
    if [ "$(snapshot)" = "$old" ]; then
        echo old
        return
    fi
    if [ -n "$(find "$root" -name '*localkdc-*' -o -name journal)" ]; then
        echo "neither: something is left over"
        find "$root" -name '*localkdc-*' -o -name journal
        return
    fi
    new_is_whole
}

# kill_everywhere WHAT COMMAND...
kill_everywhere()
{
    local what=$1 name at state bad='' counts
    local -A found=()
    shift

    for name in "${steps[@]}"; do
        reset
        for at in $(points "$name" "$@"); do
            reset
            # In a shell of its own, which says nothing of the kill.
            (strace -o /dev/null -e trace="$name" \
                -e inject="$name:signal=KILL:when=$at" "$@"; :) >/dev/null 2>&1
            state=$(which_state)
            found[${state%%:*}]=$((${found[${state%%:*}]-0} + 1))
            case $state in
            old | new) ;;
            *) bad+="$name $at: $state"$'\n' ;;
            esac
        done
    done
    counts="old ${found[old]-0}, new ${found[new]-0}"
    is "$what, killed at each step ($counts): the old state or the new one" \
        "$bad" ""
    is "both were seen" "$((${found[old]-0} > 5 && ${found[new]-0} > 5))" 1
}

# A realm with all its files, and users as there are to be.
new_is_whole()
{
    local output

    output=$(lk setup 2>&1)
    case $output in
    *"nothing has changed"*) ;;
    *)
        echo "neither: $output"
        return
        ;;
    esac
    if [ "$(lk user list --json | jq length)" = "$users" ]; then
        echo new
    else
        echo "neither: the users are not right"
    fi
}

# ---- setup ---------------------------------------------------------------

machine nas
printf '[libdefaults]\n    rdns = false\n' >"$root/etc/krb5.conf"
cp -a "$root" "$scratch/saved"
old=$(snapshot)
users=0
kill_everywhere setup localkdc --root "$root" setup
mkdir "$scratch"/saved/etc/{localkdc,krb5.conf.d}
reset
old=$(snapshot)
kill_everywhere "setup, its folders there" localkdc --root "$root" setup

# A killed kdb5_util is a failure like any other.
reset
strace -f -o /dev/null -e trace=fsync -e inject=fsync:signal=KILL:when=3 \
    -P "$root/var/lib/localkdc/db.localkdc-new/principal" \
    localkdc --root "$root" setup >/dev/null 2>&1
is "kdb5_util killed: the old state" "$(which_state)" old

# ---- restore, in place of a realm ----------------------------------------

reset
lk setup >/dev/null
user_add alice "correct horse" >/dev/null
user_add bob "correct horse" >/dev/null
lk backup "$scratch/backup" >/dev/null
lk user remove bob >/dev/null
# So that all files change.
echo >"$root/etc/localkdc/kdc.conf"
rm "$root/etc/krb5.keytab"
rm -rf "$scratch/saved"
cp -a "$root" "$scratch/saved"
old=$(snapshot)
users=2
kill_everywhere "restore" localkdc --root "$root" restore --replace \
    "$scratch/backup"

# ---- remove --------------------------------------------------------------

reset
lk refresh >/dev/null
rm -rf "$scratch/saved"
cp -a "$root" "$scratch/saved"
old=$(snapshot)
removed=$(lk remove --yes >/dev/null; snapshot)
new_is_whole()
{
    if [ "$(snapshot)" = "$removed" ]; then
        echo new
    else
        echo "neither: $(snapshot | diff - <(echo "$removed"))"
    fi
}
kill_everywhere "remove" localkdc --root "$root" remove --yes

done_testing
