#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The smb group with a sanitized Samba and libiakerb.  The testbed fails a test
# for each report.

. "$(dirname "$0")/again.sh"

SAMBA_PREFIX=$("$top/bootstrap/samba" --sanitize "$top/build/stage") ||
    give_up "the sanitized Samba cannot be built"
STAGE=$top/build/smb-sanitize
ok "libiakerb is built with the sanitizers" \
    make -s -C "$top/libiakerb" B="$STAGE/objects" DESTDIR= PREFIX="$STAGE" \
    CC=gcc CFLAGS="$flags" install
export SAMBA_PREFIX STAGE
sanitized "$SAMBA_PREFIX"/{sbin/smbd,bin/smbclient} "$STAGE/lib/libiakerb.so"

# The realms of hosts.t are made by localkdc, which localkdc.t looks at.
mkdir -p "$STAGE/sbin"
ln -sf "$top/build/stage/sbin/localkdc" "$STAGE/sbin/localkdc"

# Without those that are many logins of the same kinds or measure, and tools,
# since Samba's print server does not come up in time.
# shellcheck disable=SC2046  # words
again smb $(tests_of smb | grep -vxE "algorithms|apart|fallback|slow|tools")
done_testing
