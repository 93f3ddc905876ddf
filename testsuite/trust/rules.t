#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# The rules for trusts by themselves; cmocka prints TAP.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"
make -s -C "$here"
export KRB5_CONFIG=/dev/null CMOCKA_MESSAGE_OUTPUT=TAP
exec "$top/build/trust/test_trust"
