# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed's processes: what is started is ended, for bash.  Sourced by
# testbed.sh.

started=()

# spawn COMMAND...: start a daemon in a process group of its own; $! is both.
spawn()
{
    setsid "$@" <&0 &
    started+=("$!")
}

# stop PID: end a daemon and its children, and wait until they have ended.
# What init has yet to collect is no process any more.
stop()
{
    local deadline=$((SECONDS + 5))

    kill -TERM -- "-$1" 2>/dev/null
    while pgrep -g "$1" -r D,R,S,T >/dev/null; do
        [ "$SECONDS" -le "$deadline" ] || kill -KILL -- "-$1" 2>/dev/null
        sleep 0.02
    done
    wait "$1" 2>/dev/null
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds.
wait_for()
{
    local deadline=$((SECONDS + $1))
    shift

    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.02
    done
}

# daemon_ready NAME LOG CHECK...: wait until CHECK holds for the daemon that
# was spawned last.
daemon_ready()
{
    local name=$1 log=$2 pid=$! deadline=$((SECONDS + 20))
    shift 2

    until "$@"; do
        kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ] ||
            give_up "$name did not start; its log says:" \
                "$(tail -n 20 "$log" | sed '1s/^/\n/')"
        sleep 0.02
    done
}

# unix_socket STATE PATH: the server has a UNIX socket in this state, which is
# 01 for one that listens and 03 for one that is connected.
unix_socket()
{
    "${in_server[@]}" awk -v state="$1" -v path="$2" '
        $6 == state && $8 == path && (state != "01" || $4 == "00010000") {
            found = 1
        }
        END { exit !found }' /proc/self/net/unix
}

# listening_tcp PORT [ADDRESS]: somebody on the server listens on this port, of
# this address or of all if one is given.
listening_tcp()
{
    local at=

    if [ -n "${2-}" ]; then
        # shellcheck disable=SC2046  # words
        printf -v at '^(00000000|%02X%02X%02X%02X)' \
            $(tr . '\n' <<<"$2" | tac)
    fi
    at+=:$(printf '%04X' "$1")\$
    "${in_server[@]}" awk -v at="$at" \
        '$2 ~ at && $4 == "0A" { found = 1 } END { exit !found }' \
        /proc/self/net/tcp
}

# smbd overwrites its environment with its title, so its reports of undefined
# behaviour are in its own log.  Three of them are Samba's, and nothing to do
# with how it was patched.
sanitizer_reports()
{
    find "$bed/sanitizer" -type f -exec head -n 40 {} +
    grep -hs "runtime error: " "$bed"/hosts/*/smbd.log |
        grep -vE "(locking/posix|notifyd/notifyd|smb/smb2_signing)\.c:"
}

# rpcd_stop DIR: the server of RPC services, which smbd starts as a daemon of
# its own.  It is not our child, so there is no waiting for it.
rpcd_stop()
{
    local pid

    pid=$(cat "$1/state/samba-dcerpcd.pid" 2>/dev/null) &&
        kill -- "-$pid" 2>/dev/null
}

# logs_keep: where a test that failed is looked into.
logs_keep()
{
    local dir

    mkdir -p "$kept_logs"
    cp -r "$bed/sanitizer" "$kept_logs"
    for dir in "$bed"/hosts/*; do
        mkdir -p "$kept_logs/${dir##*/}"
        cp "$dir"/*.conf "$dir"/*.log "$dir"/kdc/*.log "$dir"/*.pcap \
            "$kept_logs/${dir##*/}" 2>/dev/null
    done
    diag "logs are in $kept_logs"
}

testbed_stop()
{
    local status=$? pid dir found

    # Nothing keeps this from its end.
    trap '' INT TERM HUP
    trap - EXIT
    [ -z "${smbd_pid-}" ] || stop "$smbd_pid"
    for dir in "$bed"/hosts/*; do
        rpcd_stop "$dir"
    done
    # The hosts last, which were first.
    for ((pid = ${#started[@]} - 1; pid >= 0; pid--)); do
        stop "${started[pid]}"
    done
    found=$(sanitizer_reports)
    if [ -n "$found" ]; then
        diag "the sanitizers found:"
        diag "$found"
        status=1
    fi
    if [ -e "$bed/broken-record" ]; then
        diag "a record of the network is empty or broken"
        status=1
    fi
    rm -rf "$kept_logs"
    [ "$status" -eq 0 ] || logs_keep
    rm -rf "$bed"
    exit "$status"
}
