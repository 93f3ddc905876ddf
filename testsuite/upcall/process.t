#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The process that asks: its user, environment and namespaces; what the helper
# gives up before it works, and when it stops.

. "$(dirname "$0")/lib.sh"
can_become_others || skip_all "only root can become other users"

# asker UID VARIABLE...: a process of two threads on the client, in a user
# namespace that knows three users, with a cache that is in no other mount
# namespace, and belongs to the user 1001; root's is there too, and so are the
# traps.  Its pid is in $asker.
asker()
{
    local uid=$1 map
    shift

    # shellcheck disable=SC2016  # for the inner shell
    spawn "${client[@]}" "$@" sh -c 'mount -t tmpfs none /tmp &&
            mount --bind "$0/krb5.conf" "$1" &&
            mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf &&
            mount --bind "$0" "$2" && shift 2 && exec "$@"' \
        "$bed/traps" "$client_dir/krb5.conf" "$bed/loaded-from" \
        unshare --user --pid --ipc --fork sh -c '
        until grep -q 1001 /proc/self/gid_map; do sleep 0.02; done
        install -m 600 -o 1001 "$1" /tmp/hidden &&
            install -m 600 "$3" /tmp/krb5cc_0 &&
            install -m 600 -o 1001 "$1" /tmp/krb5cc_1001 &&
            exec setpriv --reuid "$2" --regid 1002 --clear-groups \
                /usr/bin/python3 -c "
import threading, time
threading.Thread(target=time.sleep, args=(999,)).start()
time.sleep(999)"' \
        sh "$client_dir/alice" "$uid" "$client_dir/bobs" \
        2>"$bed/asker.log"
    wait_for 30 other_users "$!" || give_up "no user namespace"
    for map in uid_map gid_map; do
        cat <<<$'0 0 1\n1001 1001 2' >"/proc/$!/$map"
    done
    wait_for 30 test -e "/proc/$!/root/tmp/hidden" ||
        give_up "no process to ask"
    asker=$(pgrep -P "$!")
    wait_for 30 other_thread
}

# other_users PID: it is in another user namespace than we are.
other_users()
{
    [ "$(readlink "/proc/$1/ns/user")" != "$(readlink /proc/self/ns/user)" ]
}

# other_thread: the id of the thread that is not the first one.
other_thread()
{
    local threads=("/proc/$asker/task"/*)

    [ "${#threads[@]}" = 2 ] && echo "${threads[1]##*/}" >"$bed/thread"
}

# It is the first one in its pid namespace, and deaf to all but this.
asker_stop()
{
    kill -KILL "$asker"
    wait_for 30 test ! -e "/proc/$asker"
}

# asks [FIELD=VALUE]...: the description, for the user 1001.
asks()
{
    spnego creduid=0x3e9 "$@"
}

# blocked NAME CACHE: a cache that blocks whoever opens it, until the helper's
# time is over; the result is in $bed/NAME.
blocked()
{
    keys=$bed/$1
    start=$EPOCHREALTIME
    upcall "$(spnego)" KRB5CCNAME="FILE:$2"
    since "$start" >"$keys/seconds"
}

# fuse_start: a file system, in a mount namespace of its own, that answers
# nothing but the kernel's first question.  What waits for it cannot be killed.
fuse_start()
{
    mkdir "$bed/fuse"
    # shellcheck disable=SC2016  # for the inner shell
    spawn unshare -m sh -c 'exec 3<>/dev/fuse &&
        mount -i -t fuse none "$1" \
            -o fd=3,rootmode=40000,user_id=0,group_id=0 &&
        exec perl -e '\''
            open my $fuse, "+<&=", 3 or die;
            while (sysread $fuse, my $request, 1 << 18) {
                my ($operation, $number) = unpack "x4 L Q", $request;
                syswrite $fuse, pack "L l Q L L x56", 80, 0, $number, 7, 31
                    if $operation == 26;
                open my $asked, ">", $ARGV[0] if $operation == 1;
            }'\'' "$2"' sh "$bed/fuse" "$bed/fuse-asked" 2>"$bed/fuse.log"
    fuse=$!
    wait_for 30 grep -qs " $bed/fuse fuse" "/proc/$fuse/mounts"
}

realm_start
bob_pw=$(random_word)
realm_admin NAS "cpw -pw $bob_pw bob"
smbd_start
chmod 0711 "$bed"
ticket alice alice@NAS "$pw"
ticket cache bob@NAS "$bob_pw"
ticket theirs bob@NAS "$bob_pw"
cp "$client_dir/cache" "$client_dir/bobs"

# What would be loaded as code in the asker's mount namespace leaves a mark,
# whoever loads it: a module of krb5's, a library that nsswitch.conf names, and
# a mechanism of the GSS-API's.  In the machine's, that folder is empty.
mkdir "$bed/traps" "$bed/loaded-from"
mkdir -m 0777 "$bed/marks"
cat >"$bed/trap.c" <<-'TRAP'
	#include <stdio.h>
	#include <stdlib.h>
	static void __attribute__((constructor)) mark(void)
	{
	    FILE *file = fopen(MARK, "w");
	    if (file != NULL)
	        fclose(file);
	}
	TRAP
for trap in krb5.so libnss_trap.so.2 gss.so; do
    ${CC:-cc} -shared -fPIC -DMARK="\"$bed/marks/$trap\"" \
        -o "$bed/traps/$trap" "$bed/trap.c" ||
        give_up "the trap does not compile"
done
{
    echo "[plugins]"
    for kind in localauth ccselect hostrealm clpreauth; do
        printf '%s = {\n    module = trap:%s\n}\n' $kind \
            "$bed/loaded-from/krb5.so"
    done
} >"$bed/traps/krb5.conf"
printf '%s: trap files\n' passwd group hosts services \
    >"$bed/traps/nsswitch.conf"
echo "trap 1.3.6.1.4.1.32473.1 $bed/loaded-from/gss.so <interposer>" \
    >"$bed/traps/mech"
chmod -R a+rX "$bed/traps"
in_traps=(LD_LIBRARY_PATH="$STAGE/lib:$KRB5_PREFIX/lib:$bed/loaded-from"
    GSS_MECH_CONFIG="$bed/loaded-from/mech"
    KRB5_CONFIG="$client_dir/krb5.conf")

# marks: the traps that something went into.
marks()
{
    (cd "$bed/marks" && echo *)
}

chown 1002 "$client_dir/theirs"
mkfifo "$client_dir/fifo"
blocked in_fifo "$client_dir/fifo" &
fifo=$!
fuse=
if [ -w /dev/fuse ]; then
    fuse_start || give_up "no FUSE: $(cat "$bed/fuse.log")"
    (
        upcall_on=(nsenter -m -t "$fuse" env
            LD_LIBRARY_PATH="$STAGE/lib:$KRB5_PREFIX/lib"
            KRB5_CONFIG="$client_dir/krb5.conf")
        blocked in_fuse "$bed/fuse/cache"
    ) &
fi

# The helper starts where neither the server nor the cache can be reached.
asker 1001 KRB5CCNAME="FILE:/tmp/hidden"
pid=$(printf 'pid=0x%x' "$asker")
upcall_on=("${in_client[@]}" nsenter -m -t "$asker" env "${in_traps[@]}")
upcall "$(spnego)"
is "who works there goes into the traps" "$(marks)" \
    "gss.so krb5.so libnss_trap.so.2"
rm -f "$bed/marks"/*
upcall_on=(env "${in_traps[@]}")

makes "the default cache there" alice "alice@NAS gets in" \
    "$(asks "$pid")" --no-env-probe
makes "environment and namespaces" alice "alice@NAS gets in" "$(asks "$pid")"
makes "a thread" alice "alice@NAS gets in" \
    "$(asks "$(printf 'pid=0x%x' "$(cat "$bed/thread")")")"
makes "upcall_target=app" alice "alice@NAS gets in" \
    "$(asks "$pid" upcall_target=app)"
makes "--legacy-uid" alice "alice@NAS gets in" \
    "$(spnego uid=0x3e9 creduid=0x3ea "$pid")" --legacy-uid
negates "upcall_target=mount" ENOKEY "uid 1001 has no tickets" \
    "$(asks "$pid" upcall_target=mount)"
negates "somebody else than asked for" ENOKEY \
    "uid 1001 has no tickets of bob@NAS" "$(asks user=bob@NAS "$pid")"
asker_stop
asker 1001 KRB5CCNAME="FILE:$client_dir/theirs"
negates "somebody else's cache" ENOKEY "uid 1001 has no tickets" \
    "$(asks "$(printf 'pid=0x%x' "$asker")")"
asker_stop
asker 1002 KRB5CCNAME="FILE:/tmp/hidden"
negates "somebody else's process" ENOKEY "uid 1001 has no tickets" \
    "$(asks "$(printf 'pid=0x%x' "$asker")")"
asker_stop
asker 0 KRB5CCNAME="FILE:/tmp/hidden"
pid=$(printf 'pid=0x%x' "$asker")
makes "root's process" alice "alice@NAS gets in" "$(asks "$pid")"
makes "root's own cache there, whatever the environment" bob \
    "bob@NAS gets in" "$(spnego "$pid")"
realm_admin NAS "addprinc -pw $pw carol" \
    "ktadd -norandkey -k $client_dir/keytab carol"
negates "the machine's keytab is not for who asks from elsewhere" ENOKEY \
    "uid 0 has no tickets of carol" "$(spnego user=carol "$pid")"
asker_stop
asker 0 KRB5CCNAME="KEYRING:persistent:1001"
negates "root's process names somebody's keyring" ENOKEY \
    "the process that asks .* names a keyring of uid 1001, who is not its" \
    "$(asks "$(printf 'pid=0x%x' "$asker")")"
asker_stop
asker 1001 KRB5CCNAME="KEYRING:user:none"
negates "a user's process names its own, which is not there" ENOKEY \
    "uid 1001 has no tickets" "$(asks "$(printf 'pid=0x%x' "$asker")")"
asker_stop
asker 1001 KRB5CCNAME="KCM:1001"
negates "a cache of another type" ENOKEY \
    "the process that asks is in another mount namespace, where only" \
    "$(asks "$(printf 'pid=0x%x' "$asker")")"
asker_stop
mkdir "$bed/empty"
mkfifo "$bed/empty/fifo"
chmod 0666 "$bed/empty/fifo"
# Nothing is opened but a file: who writes to a fifo waits until somebody does.
spawn sh -c ': >"$0" && : >"$1"' "$bed/empty/fifo" "$bed/opened"
for cache in FILE:/nothing "FILE:$bed/empty/fifo" FILE:/etc/passwd \
    "DIR:$bed/empty" FILE:/dev/zero; do
    asker 1001 KRB5CCNAME="$cache"
    negates "no cache there: $cache" ENOKEY "uid 1001 has no tickets" \
        "$(asks "$(printf 'pid=0x%x' "$asker")")"
    asker_stop
done
ok "what is no file was not opened" test ! -e "$bed/opened"
is "nothing of the other mount namespace was loaded as code" "$(marks)" "*"
negates "a process that is gone" ESRCH \
    "cannot get hold of the process that asks: No such process$" \
    "$(asks "$(printf 'pid=0x%x' "$asker")")"

# What is left of the helper when it talks to a server.
smbd_stop
silent_server_start
asker 1001 KRB5CCNAME="FILE:/tmp/hidden"
rm -rf "$keys"
mkdir "$keys"
asks "$(printf 'pid=0x%x' "$asker")" >"$keys/description"
upcall_again &
waiting=$!
connected()
{
    client awk '$3 ~ /:01BD$/ && $4 == "01" { found = 1 }
        END { exit !found }' /proc/self/net/tcp
}

# worker: the pid of the child that works for the user 1001.
worker()
{
    pgrep -n -r D,R,S -u 1001 -x --ns "$asker" --nslist net cifs.upcall
}
wait_for 30 connected
kill -KILL "$(worker)"
wait "$waiting"
is "the worker is killed" "$(cat "$keys/rejected")" "EIO for 3 s"
like "the worker is killed: the log" "$(helper_log)" \
    "^warning: the process that works ended without a word$"

rm "$keys"/{log,rejected}
start=$EPOCHREALTIME
upcall_again &
waiting=$!
wait_for 30 connected
status=$(cat "/proc/$(worker)/status")
like "while it works: the user" "$status" "^Uid:(	1001){4}$"
like "while it works: the group of who asks" "$status" "^Gid:(	1002){4}$"
like "while it works: no groups" "$status" "^Groups:[[:space:]]*$"
for set in Inh Prm Eff Amb; do
    like "while it works: no capability is ${set,,}" "$status" \
        "^Cap$set:	0+$"
done
like "while it works: no way to get them again" "$status" "^NoNewPrivs:	1$"
for namespace in user net ipc; do
    is "while it works: the $namespace namespace" \
        "$(readlink "/proc/$(worker)/ns/$namespace")" \
        "$(readlink "/proc/$asker/ns/$namespace")"
done
for namespace in mnt pid; do
    is "while it works: the machine's $namespace namespace" \
        "$(readlink "/proc/$(worker)/ns/$namespace")" \
        "$(readlink "/proc/self/ns/$namespace")"
done
wait "$waiting"
no_worker()
{
    [ -z "$(worker)" ]
}
ok "a silent server: nothing is left of the helper" wait_for 30 no_worker
is "a silent server" "$(cat "$keys/rejected")" "ETIMEDOUT for 3 s"
at_most "a silent server: in time" 28 "$start"

asker_stop

# On the machine itself, a process that has given groups up.
chmod 0711 "$client_dir"
install -m 0640 -o 1002 -g 1003 "$client_dir/alice" "$bed/shared"
for groups in "--groups 1003" "--clear-groups"; do
    # shellcheck disable=SC2086  # words
    spawn "${in_client[@]}" env KRB5CCNAME="FILE:$bed/shared" setpriv --reuid 1001 \
        --regid 1001 $groups sleep 999
    ok "a process with $groups" \
        wait_for 10 grep -q "^Uid:	1001" "/proc/$!/status"
    description=$(asks "$(printf 'pid=0x%x' "$!")")
    if [ "$groups" = --clear-groups ]; then
        negates "it could not read that either" ENOKEY \
            "uid 1001 has no tickets" "$description"
    else
        upcall "$description"
        like "its groups are the helper's" "$(helper_log)" \
            "^warning: (server \"|cannot reach server)"
    fi
    stop "$!"
done

wait "$fifo"
keys=$bed/in_fifo
is "a cache that blocks" "$(cat "$keys/rejected")" "ETIMEDOUT for 3 s"
like "a cache that blocks: the log" "$(helper_log)" "^warning: out of time$"
like "a cache that blocks: after half a minute" "$(cat "$keys/seconds")" \
    "^[345][0-9]\."

if [ -n "$fuse" ]; then
    keys=$bed/in_fuse
    ok "a cache that blocks for ever: the helper ends" \
        wait_for 20 test -e "$keys/seconds"
    ok "a cache that blocks for ever: it was looked for" \
        test -e "$bed/fuse-asked"
    is "a cache that blocks for ever" "$(cat "$keys/rejected")" \
        "ETIMEDOUT for 3 s"
    stop "$fuse"
fi
done_testing
