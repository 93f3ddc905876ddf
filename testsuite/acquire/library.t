#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# iakerb_acquire() over a socket pair, with a real KDC behind the acceptor.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/interop/kdcs.sh"

realm_start
realm_admin NAS "modprinc -maxrenewlife 7d krbtgt/NAS" \
    "modprinc -maxrenewlife 7d alice" "cpw -pw $pw bob" \
    "add_alias ali alice" "add_alias alice\\@example.org alice" \
    "ktadd -k $server_dir/alice.keytab -norandkey alice"
realm_user eve "$pw" -pwexpire yesterday
realm_user locked "$pw" -allow_tix
kdcs_start
program_run acquire "$@"
exit
