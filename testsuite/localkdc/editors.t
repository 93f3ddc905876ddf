#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compile test_editors.c with localkdc's own files, and with the sanitizers, and
# run it; cmocka prints TAP.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"

build=$top/build/localkdc-unit
flags=(-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all)
packages=(kadm-server kdb mit-krb5 jansson cmocka)
mkdir -p "$build"
(
    flock 9
    make -s -C "$top/localkdc" B="$build" CC=gcc CFLAGS="${flags[*]}" \
        WERROR=-Werror "$build/localkdc"
    mapfile -t objects < <(find "$build" -name '*.o' ! -name main.o)
    # shellcheck disable=SC2046  # words
    gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror "${flags[@]}" \
        -iquote "$top/localkdc" $(pkg-config --cflags "${packages[@]}") \
        -o "$build/test_editors" "$here/test_editors.c" "${objects[@]}" \
        $(pkg-config --libs "${packages[@]}")
) 9>"$build/lock"
export CMOCKA_MESSAGE_OUTPUT=TAP KRB5_CONFIG=/dev/null
exec "$build/test_editors"
