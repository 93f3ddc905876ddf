# SPDX-License-Identifier: GPL-3.0-or-later
# Test results as TAP, for bash.  Sourced; prove(1) reads what it prints.

# What programs print is compared, and $EPOCHREALTIME computed with.
export LC_ALL=C.UTF-8

# Whoever runs the tests may have tickets and keys.
unset KRB5CCNAME KRB5_KTNAME KRB5_CLIENT_KTNAME

tap_count=0
tap_failed=0

# To standard error, because prove(1) shows nothing else of a test.
diag()
{
    printf '%s\n' "$*" | sed 's/^/# /' >&2
}

pass()
{
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

# fail WHAT [TEXT]: TEXT says what there was instead.
fail()
{
    tap_count=$((tap_count + 1))
    tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $1"
    diag "${2-}"
}

# ok WHAT COMMAND...: COMMAND succeeds.  Its output is in $output.
ok()
{
    local what=$1 status=0
    shift

    output=$("$@" 2>&1) || status=$?
    if [ "$status" -eq 0 ]; then
        pass "$what"
    else
        fail "$what" "$(printf 'exit status %d of: %s\n%s' \
            "$status" "$*" "$output")"
    fi
}

# refused WHAT STATUS REGEX COMMAND...: COMMAND ends with this status, and a
# line of what it says matches.
refused()
{
    local what=$1 expected=$2 regex=$3 status=0
    shift 3

    [[ $expected =~ ^[0-9]+$ ]] || give_up "\"$expected\" is no exit status"
    output=$("$@" 2>&1) || status=$?
    if [ "$status" -ne "$expected" ]; then
        fail "$what" "$(printf 'exit status %d, expected %d, of: %s\n%s' \
            "$status" "$expected" "$*" "$output")"
    else
        like "$what" "$output" "$regex"
    fi
}

# is WHAT GOT EXPECTED
is()
{
    if [ "$2" = "$3" ]; then
        pass "$1"
    else
        fail "$1" "got '$2', expected '$3'"
    fi
}

# like WHAT TEXT REGEX: a line of TEXT matches the extended REGEX.
like()
{
    if grep -qE -- "$3" <<<"$2"; then
        pass "$1"
    else
        fail "$1" "$(printf 'nothing like /%s/ in:\n%s' "$3" "$2")"
    fi
}

# unlike WHAT TEXT REGEX: no line of TEXT does.
unlike()
{
    if grep -qE -- "$3" <<<"$2"; then
        fail "$1" "$(printf 'something like /%s/ in:\n%s' "$3" "$2")"
    else
        pass "$1"
    fi
}

# at_most WHAT SECONDS START: no more than SECONDS have passed since START,
# which is what $EPOCHREALTIME was.
at_most()
{
    local took

    took=$(since "$3")
    if awk "BEGIN { exit !($took <= $2) }"; then
        pass "$1"
    else
        fail "$1" "it took $took s, and not at most $2 s"
    fi
}

# since START: the seconds since $EPOCHREALTIME was START.
since()
{
    awk "BEGIN { printf \"%.2f\", $EPOCHREALTIME - $1 }"
}

# give_up WHY...: this test cannot go on.  The others do, and prove(1) counts
# this one as failed.
give_up()
{
    diag "$*"
    exit 255
}

# skip WHAT WHY: this machine has not what WHAT needs.  One that is there to run
# all tests, which is what CI=true says, has to have it.
skip()
{
    if [ "${CI-}" = true ]; then
        fail "$1" "this cannot run here: $2"
    else
        pass "$1 # SKIP $2"
    fi
}

# skip_all WHY: so for all of the test; its first and only word.
skip_all()
{
    [ "${CI-}" != true ] || give_up "this cannot run here: $*"
    echo "1..0 # SKIP $*"
    exit 0
}

# unavailable WHY: instead of the test, what a mirror of packages did not have;
# no machine can help that.  testsuite/run says it again at the end.
unavailable()
{
    [ -z "${UNAVAILABLE-}" ] || echo "$*" >>"$UNAVAILABLE"
    echo "1..0 # SKIP $*"
    exit 0
}

done_testing()
{
    echo "1..$tap_count"
    [ "$tap_failed" -eq 0 ]
    exit
}
