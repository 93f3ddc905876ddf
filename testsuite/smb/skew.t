#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The client's clock is two hours fast.  With a password Kerberos takes the
# time from the KDC; with tickets that it got before, it cannot.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

make -s -C "$testsuite/smb" ../../build/smb/fast_clock.so ||
    give_up "fast_clock does not compile"

fast()
{
    client LD_PRELOAD="$top/build/smb/fast_clock.so $sanitizer" "$@"
}

is "the clock is fast" "$((($(fast date +%s) - $(date +%s) + 60) / 3600))" 2
logs_in "a password" alice fast smbclient --use-kerberos=required \
    -U "alice%$pw" //nas/share -c pwd

ticket tgt alice@NAS "$pw"
logs_in "a TGT, and the right time" alice \
    smb --use-krb5-ccache="FILE:$client_dir/tgt" //nas/share -c pwd
login_refused "a TGT" NT_STATUS_TIME_DIFFERENCE_AT_DC \
    "the clocks of client and server are too far apart for alice@NAS" \
    "IAKERB login from ipv4:$client_ip:[0-9]+ (refused|failed): .*[Cc]lock" \
    fast smbclient --use-kerberos=required \
    --use-krb5-ccache="FILE:$client_dir/tgt" //nas/share -c pwd

done_testing
