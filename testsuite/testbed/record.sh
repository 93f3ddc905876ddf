# SPDX-License-Identifier: GPL-3.0-or-later
# Records of the testbed's network, for bash.  Sourced by testbed.sh.

# record_start: record what passes the client's network, until record_stop
# shows it as testsuite/wire does.
record_start()
{
    spawn "${client[@]}" "$testsuite/capture" "$capture"
    recorder=$!
    if ! wait_for 30 test -s "$capture"; then
        stop "$recorder"
        : >"$bed/broken-record"
        give_up "nothing can be recorded"
    fi
}

# What is not on a record that is empty or cut off says nothing; so the test
# fails, even if it is a subshell that finds out.
record_stop()
{
    stop "$recorder"
    "$testsuite/wire" "$capture" | grep . || : >"$bed/broken-record"
    rm "$capture"
}

# record COMMAND...: show what passes the client's network during COMMAND.
record()
{
    record_start
    "$@" >/dev/null 2>&1
    record_stop
}
