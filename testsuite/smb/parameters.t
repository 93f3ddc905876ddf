#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# smb.conf's parameters for IAKERB, and their defaults.

. "$(dirname "$0")/../testbed.sh"

output=$(client testparm -sv 2>/dev/null)
like "server support iakerb" "$output" \
    "^[[:space:]]server support iakerb = Yes$"
like "client use iakerb" "$output" "^[[:space:]]client use iakerb = Yes$"
like "iakerb kdc socket" "$output" "^[[:space:]]iakerb kdc socket = /.+$"
like "iakerb require finished" "$output" \
    "^[[:space:]]iakerb require finished = No$"

done_testing
