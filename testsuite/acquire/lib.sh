# SPDX-License-Identifier: LGPL-3.0-or-later
# For tests of iakerb-kinit with a server: the testbed, and what these tests
# have in common.  Sourced.

. "$(dirname "${BASH_SOURCE[0]}")/../testbed.sh"

# What a client of tickets has: the distribution's smbclient, which is not
# patched, and its own krb5.
stock_smbclient=/usr/bin/smbclient

# kinit ARGUMENT...: iakerb-kinit on the client, where the distribution's
# programs come first.
kinit()
{
    client PATH="$STAGE/bin:/usr/bin:/bin" KRB5CCNAME="$cache" \
        KRB5_TRACE="${trace-}" iakerb-kinit "$@"
}

# with_password WORD ARGUMENT...: iakerb-kinit, and WORD is typed.
with_password()
{
    local word=$1
    shift

    kinit "$@" <<<"$word"
}

# principals [CACHE]: client and services in a cache, on one line.
principals()
{
    client KRB5CCNAME="${1:-$cache}" klist 2>&1 |
        sed -nE 's/^Default principal: //p; s/^[0-9/]+ .* ([^ ]+)$/\1/p' |
        paste -sd ' '
}

# stock ARGUMENT...: the distribution's smbclient, with Kerberos or not at all.
stock()
{
    client LD_LIBRARY_PATH= KRB5CCNAME="$cache" "$stock_smbclient" \
        --use-kerberos=required "$@"
}

# logs_in_stock WHAT USER SERVER: an ordinary Kerberos login with the cache.
logs_in_stock()
{
    local size

    size=$(stat -c %s "$server_log")
    ok "$1" stock -N "//$3/share" -c pwd
    like "$1: the server's record" "$(server_log_since "$size")" \
        "Successful AuthZ: \[SMB2,krb5\] user \[[A-Z]*\]\\\\\[$2\]"
}

# A program that asks is told nothing but by the test.
exec </dev/null

cache=FILE:$client_dir/tickets
