#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# iakerb_acquire() over a socket pair, with a real KDC behind the acceptor.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/interop/weak.sh"

program=${ACQUIRE_PROGRAM:-$top/build/acquire/test_acquire}

if [ -z "${ACQUIRE_PROGRAM-}" ]; then
    make -s -C "$testsuite/acquire" || give_up "the test does not compile"
fi
realm_start
realm_admin NAS "modprinc -maxrenewlife 7d krbtgt/NAS" \
    "modprinc -maxrenewlife 7d alice" "cpw -pw $pw bob" \
    "add_alias ali alice" "add_alias alice\\@example.org alice" \
    "ktadd -k $server_dir/alice.keytab -norandkey alice"
realm_user eve "$pw" -pwexpire yesterday
realm_user locked "$pw" -allow_tix
weak_kdc_start
kdc_socket=$server_dir/kdc/silent kdc_start_silent
kdc_config server "$kdc_socket"
kdc_config dead "$server_dir/kdc/nobody-listens"
kdc_config silent "$server_dir/kdc/silent"

# cmocka's own TAP is passed on.
# shellcheck disable=SC2086  # words
env LD_LIBRARY_PATH="${ACQUIRE_LIBRARIES:-$STAGE/lib}:$KRB5_PREFIX/lib" \
    KRB5_CONFIG="$client_dir/krb5.conf" \
    KRB5RCACHEDIR="$server_dir/state" \
    CMOCKA_MESSAGE_OUTPUT=TAP \
    TEST_PASSWORD="$pw" \
    TEST_SERVER_CONFIG="$server_dir/server.conf" \
    TEST_SERVER_KEYTAB="$server_dir/keytab" \
    TEST_DEAD_CONFIG="$server_dir/dead.conf" \
    TEST_SILENT_CONFIG="$server_dir/silent.conf" \
    TEST_WEAK_CONFIG="$server_dir/weak.conf" \
    TEST_CLIENT_KEYTAB="FILE:$server_dir/alice.keytab" \
    TEST_FILES="$client_dir" \
    ${ACQUIRE_WRAPPER-} "$program" "$@"
exit
