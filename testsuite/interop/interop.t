#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# Logins between our initiator and acceptor and MIT's, with a real KDC.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/interop/kdcs.sh"

realm_start
realm_user eve "$pw" -pwexpire yesterday
realm_user locked "$pw" -allow_tix
realm_user easy "$pw" -requires_preauth
realm_admin NAS "addprinc -pw $pw al\\@example.com" \
    "ktadd -k $server_dir/alice.keytab -norandkey alice" \
    "modprinc +ok_as_delegate cifs/nas"
kdcs_start
"${server[@]}" KRB5_CONFIG="$server_dir/server.conf" \
    kinit -c "$server_dir/alice.cc" alice <<<"$pw" >/dev/null ||
    give_up "kinit failed"
program_run interop "$@"
exit
