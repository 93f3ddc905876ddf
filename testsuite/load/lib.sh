# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of a server under load share.  Sourced, after testbed.sh.

# A file of every connection is open in the one process that strangers are.
connections=1000
ulimit -n $((connections + 100)) 2>/dev/null ||
    give_up "a process may not have $connections files open here (ulimit -n)"

more_processing=1:c0000016      # NT_STATUS_MORE_PROCESSING_REQUIRED
logon_failure=1:c000006d        # NT_STATUS_LOGON_FAILURE
invalid_parameter=1:c000000d    # NT_STATUS_INVALID_PARAMETER
connected=3:00000000            # to a share
echo_done=13:00000000

env PKG_CONFIG_PATH="$STAGE/lib/pkgconfig:$KRB5_PREFIX/lib/pkgconfig" \
    LD_LIBRARY_PATH="$STAGE/lib:$KRB5_PREFIX/lib" \
    make -s -C "$testsuite/load" SAMBA_PREFIX="$SAMBA_PREFIX" ||
    give_up "steady or half_login does not compile"

declare -A strangers_in strangers_out strangers_pid

# strangers_start NAME: clients that do what strangers() says, until
# strangers_stop NAME.
strangers_start()
{
    local pipe=$client_dir/$1 in out

    mkfifo "$pipe".{in,out}
    exec {in}<>"$pipe.in" {out}<>"$pipe.out"
    spawn "${client[@]}" "$testsuite/load/stranger" "$server_ip" \
        <"$pipe.in" >"$pipe.out"
    strangers_in[$1]=$in
    strangers_out[$1]=$out
    strangers_pid[$1]=$!
}

strangers_stop()
{
    stop "${strangers_pid[$1]}"
}

# strangers NAME COMMAND: as testsuite/load/stranger knows it; its answer is in
# $answer.
strangers()
{
    local name=$1
    shift

    echo "$*" >&"${strangers_in[$name]}"
    read -r -t 60 answer <&"${strangers_out[$name]}" ||
        give_up "the strangers do not answer: $*"
}

# strangers_log_in NAME: as alice, on each of their connections, and to the
# share.
strangers_log_in()
{
    local keytab=$client_dir/alice.keytab

    [ -e "$keytab" ] || realm_admin NAS "ktadd -k $keytab -norandkey alice"
    strangers "$1" log_in "$top/build/smb/half_login" initiate cifs/nas \
        "$keytab" MEMORY:login
}

# The smbd that serves the connection that was opened last.
newest_smbd()
{
    pgrep -n -g "$smbd_pid"
}

smbd_count()
{
    pgrep -c -g "$smbd_pid"
}

# smbds COUNT: there are no more than these.
smbds()
{
    [ "$(smbd_count)" -le "$1" ]
}

# memory PID: of a process in KiB, what it shares with others included.
memory()
{
    awk '$1 == "Anonymous:" { print $2 }' "/proc/$1/smaps_rollup"
}

# Of all processes of smbd, what they share counted once.
all_memory()
{
    # shellcheck disable=SC2046  # words
    awk '$1 == "Pss_Anon:" { sum += $2 } END { print sum }' \
        $(pgrep -g "$smbd_pid" | sed 's,.*,/proc/&/smaps_rollup,')
}

open_files()
{
    find "/proc/$1/fd" -mindepth 1 | wc -l
}

# kdc_sockets STATE: how many connections to the KDC are in this state, which
# is 02 before the KDC has accepted them and 03 then.
kdc_sockets()
{
    # shellcheck disable=SC2016  # for awk
    "${in_server[@]}" awk -v state="$1" -v path="$kdc_socket" \
        '$6 == state && $8 == path { count++ } END { print count + 0 }' \
        /proc/self/net/unix
}
