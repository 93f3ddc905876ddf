#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# Logins between our initiator and acceptor and MIT's, with a real KDC.
#
# INTEROP_PROGRAM and INTEROP_WRAPPER let other tests run the same program
# built differently, or under another program.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/interop/weak.sh"

program=${INTEROP_PROGRAM:-$top/build/interop/test_interop}

if [ -z "${INTEROP_PROGRAM-}" ]; then
    make -s -C "$testsuite/interop" || give_up "the test does not compile"
fi
realm_start
realm_user eve "$pw" -pwexpire yesterday
realm_user locked "$pw" -allow_tix
realm_user easy "$pw" -requires_preauth
realm_admin NAS "addprinc -pw $pw al\\@example.com" \
    "ktadd -k $server_dir/alice.keytab -norandkey alice" \
    "modprinc +ok_as_delegate cifs/nas"
weak_kdc_start
kdc_socket=$server_dir/kdc/silent kdc_start_silent
kdc_config server "$kdc_socket"
kdc_config dead "$server_dir/kdc/nobody-listens"
kdc_config silent "$server_dir/kdc/silent"
"${server[@]}" KRB5_CONFIG="$server_dir/server.conf" \
    kinit -c "$server_dir/alice.cc" alice <<<"$pw" >/dev/null ||
    give_up "kinit failed"

# cmocka's own TAP is passed on.
# shellcheck disable=SC2086  # words
env LD_LIBRARY_PATH="${INTEROP_LIBRARIES:-$STAGE/lib}:$KRB5_PREFIX/lib" \
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
    ${INTEROP_WRAPPER-} "$program"
exit
