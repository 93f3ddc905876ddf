# SPDX-License-Identifier: LGPL-3.0-or-later
# What the programs test_interop and test_acquire are told of: the realm, and
# KDCs of it that are not as they should be.  Sourced, after testbed.sh.

# kdcs_start: besides the realm's own, one that has nothing better than encrypted
# timestamp, one that never answers, and a socket where nobody listens.
kdcs_start()
{
    local dir=$server_dir/kdc

    kdc_config server "$kdc_socket"
    grep -v spake "$dir/kdc.conf" | sed "s|$kdc_socket|$dir/weak|" \
        >"$dir/weak.conf"
    spawn "${kdc[@]}" KRB5_KDC_PROFILE="$dir/weak.conf" \
        krb5kdc -n -r NAS >>"$kdc_log" 2>&1
    daemon_ready "the weak KDC" "$kdc_log" unix_socket 01 "$dir/weak"
    kdc_config weak "$dir/weak"
    kdc_socket=$dir/silent kdc_start_silent
    kdc_config silent "$dir/silent"
    kdc_config dead "$dir/nobody-listens"
}

# program_run GROUP ARGUMENT...: its program, with all of this; cmocka's own TAP
# is passed on.  Other tests name the program built differently, its libraries,
# and what it is to run under, in GROUP_PROGRAM and so on.
program_run()
{
    local group=$1 program=${1^^}_PROGRAM libraries=${1^^}_LIBRARIES
    local wrapper=${1^^}_WRAPPER
    shift

    [ -n "${!program-}" ] || make -s -C "$testsuite/$group" ||
        give_up "the test does not compile"
    # shellcheck disable=SC2086  # words
    env LD_LIBRARY_PATH="${!libraries:-$STAGE/lib}:$KRB5_PREFIX/lib" \
        KRB5_CONFIG="$client_dir/krb5.conf" \
        KRB5RCACHEDIR="$server_dir/state" \
        CMOCKA_MESSAGE_OUTPUT=TAP \
        TEST_PASSWORD="$pw" \
        TEST_SERVER_CONFIG="$server_dir/server.conf" \
        TEST_SERVER_KEYTAB="$server_dir/keytab" \
        TEST_DEAD_CONFIG="$server_dir/dead.conf" \
        TEST_SILENT_CONFIG="$server_dir/silent.conf" \
        TEST_WEAK_CONFIG="$server_dir/weak.conf" \
        TEST_CCACHE="FILE:$server_dir/alice.cc" \
        TEST_CLIENT_KEYTAB="FILE:$server_dir/alice.keytab" \
        TEST_FILES="$client_dir" \
        ${!wrapper-} "${!program:-$top/build/$group/test_$group}" "$@"
}
