# SPDX-License-Identifier: GPL-3.0-or-later
# For tests of cifs.upcall without the kernel's SMB client: the testbed, and
# keys that are files.  Sourced.

. "$(dirname "${BASH_SOURCE[0]}")/../testbed.sh"

here=$testsuite/upcall
make -s -C "$top/cifs-upcall" WERROR=-Werror && make -s -C "$here" ||
    give_up "cifs.upcall does not compile"
helper=${UPCALL_HELPER:-$top/build/cifs-upcall/cifs.upcall}
keys=$bed/keys

# spnego [FIELD=VALUE]...: the description of a key that the kernel asks for,
# for root at the server; fields after the host are replaced or added.
spnego()
{
    local field fields=(ver=0x2 host=nas "ip4=$server_ip" sec=krb5 uid=0x0
        creduid=0x0) i

    for field; do
        for i in "${!fields[@]}"; do
            if [ "${fields[i]%%=*}" = "${field%%=*}" ]; then
                fields[i]=$field
                continue 2
            fi
        done
        fields+=("$field")
    done
    (IFS=";"; printf 'cifs.spnego;0;0;39010000;%s' "${fields[*]}")
}

# upcall DESCRIPTION [VARIABLE=VALUE]... [OPTION]...: the helper makes a key of
# this description, on the client.
upcall()
{
    local description=$1
    shift

    rm -rf "$keys"
    mkdir "$keys"
    printf '%s' "$description" >"$keys/description"
    upcall_again "$@"
}

# upcall_again [VARIABLE=VALUE]... [OPTION]...: with the folder as it is.
upcall_again()
{
    local variables=()

    while [[ "${1-}" == [A-Z]*=* ]]; do
        variables+=("$1")
        shift
    done
    "${upcall_on[@]}" "${upcall_cache[@]}" \
        KRB5_KTNAME="FILE:$client_dir/keytab" \
        KRB5_CLIENT_KTNAME="FILE:$client_dir/client.keytab" \
        KEY_DIR="$keys" LD_PRELOAD="$top/build/upcall/keys.so" \
        "${variables[@]}" "$helper" "$@" 4711
}

# Where the helper starts, and root's cache there.
upcall_on=("${client[@]}")
upcall_cache=(KRB5CCNAME="FILE:$client_dir/cache")

helper_log()
{
    tail -n +2 "$keys/log"
}

# makes WHAT USER REGEX DESCRIPTION [ARGUMENT]...: the helper makes a key that
# USER gets in with, and says so.
makes()
{
    local what=$1 user=$2 says=$3 mechanism=krb5 size
    shift 3

    [[ "$1" != *";sec=iakerb;"* ]] || mechanism=IAKERB
    size=$(stat -c %s "$server_log")
    ok "$what" upcall "$@"
    ok "$what: the server takes it" \
        client "$here/login" "$keys/payload" "$server_ip"
    like "$what: the server's record" "$(server_log_since "$size")" \
        "Successful AuthZ: \[SMB2,$mechanism\] user \[[A-Z]*\]\\\\\[$user\]"
    like "$what: the log" "$(helper_log)" "^info: $says"
    is "$what: one line" "$(helper_log | wc -l)" 1
}

# negates WHAT ERROR REGEX DESCRIPTION [ARGUMENT]...: the helper rejects the
# key with this errno, and says why in one line.
negates()
{
    local what=$1 error=$2 says=$3 failed=0
    shift 3

    upcall "$@" || failed=1
    is "$what: fails" "$failed" 1
    is "$what: the key" "$(cat "$keys/rejected")" "$error for 3 s"
    ok "$what: no payload" test ! -e "$keys/payload"
    like "$what: the log" "$(helper_log)" "^warning: $says"
    is "$what: one line" "$(helper_log | wc -l)" 1
}

# In the place of smbd, one that accepts and never answers.
silent_server_start()
{
    spawn "${server[@]}" perl -MIO::Socket::INET -e '
        my $listener = IO::Socket::INET->new(LocalPort => 445, Listen => 8,
            ReuseAddr => 1) or die "port 445: $!\n";
        my @held;
        push @held, scalar $listener->accept while 1;'
    daemon_ready "the silent server" /dev/null listening_tcp 445
}

# In a user namespace there may be no other users.
can_become_others()
{
    setpriv --reuid 1001 --regid 65534 --clear-groups true 2>/dev/null
}
