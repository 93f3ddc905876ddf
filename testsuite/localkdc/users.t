#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# localkdc user and policy.

. "$(dirname "$0")/common.sh"
machine nas
lk setup >/dev/null || give_up "setup failed"
kdc_start

# ---- Adding --------------------------------------------------------------

ok "add, with the password from a pipe" user_add alice "correct horse"
ok "which is good for kinit" login alice "correct horse"
refused "another one is not" 1 "Password incorrect" login alice "wrong horse"
refused "add again" 1 "alice@NAS: this user exists already" \
    user_add alice "another horse"
ok "leaves the password as it was" login alice "correct horse"

exec 7<<<"staple battery"
ok "add, with the password from a file descriptor" \
    lk user add --password-fd 7 bob
exec 7<&-
ok "which is good too" login bob "staple battery"

# ask ANSWER...: what the command asks on a terminal gets these answers.
ask()
{
    local command=$1
    shift

    { for answer; do sleep 0.3; echo "$answer"; done; sleep 0.3; } |
        script -qec "$command" /dev/null
}
ok "passwd, on a terminal" ask \
    "localkdc --root $root user passwd bob" "battery horse" "battery horse"
unlike "shows no password" "$output" "battery horse"
like "asks twice" "$output" "The same again"
ok "it is changed" login bob "battery horse"
refused "two that differ" 1 "two passwords differ; nothing has changed" \
    ask "localkdc --root $root user passwd bob" "one password" "another one"
ok "change nothing" login bob "battery horse"

refused "no local account" 1 "carol: this machine has no such account" \
    user_add carol "correct horse"
refused "passwd for nobody" 1 "carol@NAS: there is no such user" \
    bash -c "echo correct horse | localkdc --root $root user passwd carol"
for action in disable enable unlock remove; do
    refused "$action nobody" 1 "carol@NAS: there is no such user" \
        lk user $action carol
done

# ---- States --------------------------------------------------------------

state()
{
    lk user list --json | jq -r ".[] | select(.name == \"$1\").state"
}

is "enabled" "$(state alice)" enabled
ok "a ticket of the realm" login alice "correct horse"
ok "disable" lk user disable alice
like "says what it does not do" "$output" \
    "^alice@NAS disabled: gets no ticket any more; tickets for services"
is "disabled" "$(state alice)" disabled
refused "no login" 1 "credentials have been revoked" \
    env KRB5CCNAME="$KRB5CCNAME.new" bash -c 'echo correct horse | kinit alice'
refused "nor tickets for services, with the realm's" 1 \
    "credentials have been revoked" kvno cifs/nas
ok "enable" lk user enable alice
ok "a ticket" login alice "correct horse"

ok "three failures lock out" lk policy --max-failures 3
for _ in 1 2 3; do
    login alice "wrong horse" >/dev/null 2>&1
done
is "locked" "$(state alice)" locked
refused "no ticket with the right password" 1 \
    "credentials have been revoked" login alice "correct horse"
ok "nor anybody else" login bob "battery horse"
ok "unlock" lk user unlock alice
is "enabled again" "$(state alice)" enabled
ok "a ticket again" login alice "correct horse"
is "the last login is known" "$(lk user list --json |
    jq ".[0].last_login > $(date +%s) - 60")" true

for list in "list" "list --json"; do
    # shellcheck disable=SC2016,SC2086  # for the inner shell
    refused "user $list, which nobody can read" 1 \
        "the output cannot be written: No space left" \
        bash -c 'localkdc "$@" >/dev/full' - --root "$root" user $list
done
ok "a user for a moment" bash -c "
    echo carol:x:1003:1003::/:/bin/sh >>$root/etc/passwd
    echo 'purple horse' | localkdc --root $root user add carol"
ok "removed, which nobody can read" \
    bash -c 'localkdc "$@" >/dev/full' - --root "$root" user remove carol
like "and says why" "$output" \
    "^localkdc: the output cannot be written: No space left .*; this was done:$"
like "and that it is done" "$output" "^carol@NAS removed from the realm; "
# shellcheck disable=SC2016  # for the inner shell
ok "disabled, with nobody at the other end" bash -c '
    localkdc "$@" > >(exec true) 2>&1' - --root "$root" user disable alice
is "is so" "$(state alice)" disabled
lk user enable alice
ok "list" lk user list
like "is a table" "$output" "^alice +enabled +20..-"
is "of users only" "$(wc -l <<<"$output")" 3

# ---- Policy --------------------------------------------------------------

refused "too short a password" 1 \
    "alice@NAS: the password is too short; it needs 8 characters" \
    bash -c "echo short | localkdc --root $root user passwd alice"
refused "the user's own name" 1 "is the user's name or the realm's" \
    bash -c "localkdc --root $root policy --min-length 1 >/dev/null
        echo alice | localkdc --root $root user passwd alice"
ok "stricter rules" lk policy --min-length 10 --min-classes 3 --history 2
like "are shown" "$output" "^min-classes 3"
refused "too few kinds" 1 "needs 3 kinds of characters" bash -c \
    "echo 'correct horse' | localkdc --root $root user passwd alice"
ok "enough of them" bash -c \
    "echo 'Correct horse 1' | localkdc --root $root user passwd alice"
refused "an old one" 1 "alice@NAS: the user had this password before" bash -c \
    "echo 'Correct horse 1' | localkdc --root $root user passwd alice"
refused "rules that cannot be" 2 "--min-classes 9: the most is 5" \
    lk policy --min-classes 9
refused "no number" 2 "max-life -1: give a number" lk policy --max-life=-1

ok "passwords that expire" lk policy --max-life 1
ok "a new one" bash -c \
    "echo 'Correct horse 2' | localkdc --root $root user passwd alice"
is "expires in a day" "$(lk user list --json | jq '.[0] |
    .password_expires - .password_changed')" 86400
kadmin()
{
    env -u LD_PRELOAD KRB5_CONFIG=/dev/null \
        KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" \
        kadmin.local -q "$1" >/dev/null
}
kadmin 'modpol -lockoutduration "30 seconds" users'
ok "a rule that kadmin.local has set" lk policy --min-length 9
like "is shown in seconds, where minutes do not do" "$output" \
    "^lockout 30 seconds$"
ok "and not changed with another one" lk policy
like "so it is shown again" "$output" "^lockout 30 seconds$"
like "and the other one is changed" "$output" "^min-length 9 char"
ok "it can be changed" lk policy --lockout 1
like "to minutes" "$output" "^lockout 1 minutes$"
kadmin "modprinc -pwexpire now alice"
sleep 1.1
is "expired" "$(state alice)" expired
refused "no ticket after that" 1 "Password expired|password has expired" \
    login alice "Correct horse 2"

# ---- Removing ------------------------------------------------------------

ok "remove" lk user remove bob
refused "gone" 1 "not found in Kerberos database" login bob "battery horse"
is "from the list" "$(state bob)" ""

# ---- Bad input -----------------------------------------------------------

long=$(printf 'x%.0s' {1..256})
before=$(lk user list --json)
for action in "add --password-fd 8" passwd remove; do
    # shellcheck disable=SC2086  # words
    for bad in "a/b|cannot be a user's name" "a@NAS|cannot be" \
            'a\b|cannot be' "a b|cannot be" "|name is empty" \
            $'a\nb|newline' $'a\xff|not UTF-8' "$long|has 256 bytes"; do
        refused "$action: ${bad#*|}" 1 "${bad#*|}" \
            lk user $action -- "${bad%|*}"
    done
done 8<<<"correct horse"
refused "a name that begins like an option" 1 "cannot be a user's name" \
    lk user remove -- -x
refused "a password of no bytes" 1 "alice: the password is empty" \
    bash -c "echo | localkdc --root $root user passwd alice"
refused "a password with a zero byte" 1 "alice: there is a zero byte" \
    bash -c "printf 'ab\0cdefghijk\n' | localkdc --root $root \
        user passwd alice"
refused "a password of 1024 bytes" 1 "longer than 1023 bytes" bash -c \
    "printf '%01024d\n' 1 | localkdc --root $root user passwd alice"
refused "no such file descriptor" 1 "password: Bad file descriptor" \
    lk user passwd --password-fd 99 alice
refused "a password as an argument" 2 "what is 'secret'" \
    lk user passwd alice secret
refused "no name" 2 "user add: NAME is missing" lk user add
refused "no such verb" 2 "'user frobnicate': there is no such" lk user frobnicate alice
refused "no such option" 2 "there is no option --frob" \
    lk user list --frob
is "nothing has changed" "$(lk user list --json)" "$before"

# ---- Standard descriptors that are closed --------------------------------

# What is printed must not get into the database, nor what is read out of it.
for closed in "<&-" ">&-" "2>&-" "<&- >&- 2>&-"; do
    ok "disable, started with $closed" \
        bash -c "localkdc --root $root user disable alice $closed"
    like "disable, started with $closed: it is done" "$(lk user list)" \
        "^alice +disabled"
    ok "enable, started with $closed" \
        bash -c "localkdc --root $root user enable alice $closed"
done
is "and the database is as it was" "$(lk user list --json)" "$before"

done_testing
