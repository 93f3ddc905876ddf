# SPDX-License-Identifier: GPL-3.0-or-later
# Processes that a test starts, and waits for, for bash.  Sourced, after tap.sh.
# Who sources it ends them.

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
