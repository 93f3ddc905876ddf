#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The other series of Samba than the one that the other tests are run with: the
# patches apply without fuzz, it is built, and people log in.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
[ -n "${SAMBA_PREFIX-}" ] || exec "$top/bootstrap/run" --samba "$0" "$@"
. "$testsuite/tap.sh"

# of SERIES COMMAND...: COMMAND with the Samba of that series, which is built
# where it is not yet.
of()
{
    env -u SAMBA_PREFIX -u SAMBA_TARBALL SAMBA="$1" "$top/bootstrap/run" \
        --samba "${@:2}"
}

tested=$("$SAMBA_PREFIX/sbin/smbd" --version | grep -oE "[0-9]+\.[0-9]+" |
    head -n 1)
for patches in "$top"/samba-patches/[0-9]*/; do
    series=$(basename "$patches")
    [ "$series" != "$tested" ] || continue

    built=0
    output=$(of "$series" smbd --version 2>&1) || built=$?
    if grep -q "cannot be had from this machine's" <<<"$output"; then
        unavailable "Samba $series: $(tail -n 1 <<<"$output")"
    fi
    is "$series: is built" "$built" 0
    like "$series: is that series" "$output" "^Version $series\\."
    ok "$series: make demo" of "$series" "$testsuite/demo"
    like "$series: all of it holds" "$output" "^All of this held"
    ok "$series: logins with passwords" \
        of "$series" prove "$testsuite/smb/password.t"
done

done_testing
