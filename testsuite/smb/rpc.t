#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# DCE/RPC over a named pipe, with IAKERB once more for its own signing and
# sealing, which is without framing (DCE style).

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

for binding in 'ncacn_np:nas' 'ncacn_np:nas[spnego,sign]' \
    'ncacn_np:nas[spnego,seal]'; do
    ok "$binding" client rpcclient --use-kerberos=required \
        -U "alice%$pw" "$binding" -c srvinfo
    like "is answered" "$output" '^[[:space:]]*NAS '
done

done_testing
