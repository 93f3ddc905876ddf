#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compile the test that this script is linked to as NAME.t with cifs.upcall's
# own files, and with the sanitizers, and run it; cmocka prints TAP.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"

name=test_$(basename "$0" .t)
build=$top/build/upcall-unit
flags=(-O1 -g "-fsanitize=address,undefined" -fno-sanitize-recover=all)
packages=(libiakerb krb5-gssapi krb5 libkeyutils libcap cmocka)
mkdir -p "$build"
(
    flock 9
    make -s -C "$top/cifs-upcall" B="$build" CC=gcc CFLAGS="${flags[*]}" \
        WERROR=-Werror internal
    # shellcheck disable=SC2046  # words
    gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wmissing-prototypes \
        -Werror "${flags[@]}" \
        -iquote "$top/cifs-upcall" $(pkg-config --cflags "${packages[@]}") \
        -o "$build/$name" "$here/$name.c" "$build/internal.a" \
        $(pkg-config --libs "${packages[@]}")
) 9>"$build/lock"
# Neither the machine's krb5 configuration nor its keytab plays a part.
export CMOCKA_MESSAGE_OUTPUT=TAP
export KRB5_CONFIG=/dev/null KRB5_KTNAME=FILE:/dev/null
exec timeout 300 "$build/$name"
