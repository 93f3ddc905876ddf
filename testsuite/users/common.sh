# SPDX-License-Identifier: GPL-3.0-or-later
# For the tests of the KDB driver, in bash: a realm whose KDC asks a service of
# the test's about users.  Sourced.

. "$(dirname "${BASH_SOURCE[0]}")/../localkdc/common.sh"

# Every account that a test needs is one for `localkdc user add`.
# realm NAME...: make it with these users, whose password is "correct horse".
realm()
{
    local name

    machine nas
    for name; do
        grep -q "^$name:" "$root/etc/passwd" ||
            echo "$name:x:1005:100::/:/bin/false" >>"$root/etc/passwd"
    done
    lk setup >/dev/null || give_up "setup failed"
    for name; do
        user_add "$name" "correct horse" >/dev/null || give_up "no $name"
    done
    userdb=$root/run/userdb.sock
    records=$scratch/records
    mkdir "$records"
}

# with_userdb: the KDC of this machine asks there, as that of /etc does.
with_userdb()
{
    sed -i "s|passwd_file = .*|userdb_socket = $userdb|" \
        "$root/etc/localkdc/kdc.conf"
}

userdb_start()
{
    "$testsuite/users/userdb" "$userdb" "$records" 2>"$scratch/userdb.log" &
    userdb_pid=$!
    started+=("$userdb_pid")
    wait_for 10 test -S "$userdb" || give_up "$(cat "$scratch/userdb.log")"
}

# userdb_record NAME [FIELDS]: the service's answer for this user from now on.
userdb_record()
{
    echo "{\"userName\":\"$1\",\"uid\":1005,\"gid\":100${2:+,$2}}" \
        >"$records/$1"
}

# fault NAME FAULT: what it does in the place of an answer.
fault()
{
    echo "$2" >"$records/$1"
}

# An answer is good for two seconds.
forget()
{
    sleep 2.1
}

# denied WHAT USER REGEX: who logs in with the right password is refused.
denied()
{
    refused "$1" 1 "$3" env KRB5CCNAME="MEMORY:" \
        bash -c "echo 'correct horse' | kinit '$2'"
}

# allowed WHAT USER
allowed()
{
    ok "$1" bash -c "echo 'correct horse' | KRB5CCNAME=MEMORY: kinit '$2'"
}
