# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed's end: what was started, what the sanitizers found, and the logs,
# for bash.  Sourced by testbed.sh.

# smbd overwrites its environment with its title, so its reports of undefined
# behaviour are in its own log.  Four of them are Samba's, and nothing to do
# with how it was patched.
sanitizer_reports()
{
    find "$bed/sanitizer" -type f -exec head -n 40 {} +
    grep -hs "runtime error: " "$bed"/hosts/*/smbd.log |
        grep -vE "(lib/sysquotas_linux|locking/posix)\.c:" |
        grep -vE "(notifyd/notifyd|smb/smb2_signing)\.c:"
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
