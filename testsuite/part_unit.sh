# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of a part, for bash.  Sourced by the "unit" of the part's group,
# which sets $part, its folder, and in $packages what it is compiled with, as
# pkg-config names it.
#
# Compiles the test that the script was linked to as NAME.t with the part's own
# files, and with the sanitizers, and runs it; cmocka prints TAP.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"

name=test_$(basename "$0" .t)
build=$top/build/$part-unit
flags=(-O1 -g "-fsanitize=address,undefined" -fno-sanitize-recover=all)
mkdir -p "$build"
(
    flock 9
    make -s -C "$top/$part" B="$build" CC=gcc CFLAGS="${flags[*]}" \
        WERROR=-Werror internal
    # shellcheck disable=SC2046,SC2154  # words; set where this is sourced
    gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wmissing-prototypes \
        -Werror "${flags[@]}" -iquote "$top" -iquote "$top/$part" \
        $(pkg-config --cflags "${packages[@]}") \
        -o "$build/$name" "$here/$name.c" "$build/internal.a" \
        $(pkg-config --libs "${packages[@]}")
) 9>"$build/lock"
# Neither the machine's krb5 configuration nor its keytab plays a part.
export CMOCKA_MESSAGE_OUTPUT=TAP
export KRB5_CONFIG=/dev/null KRB5_KTNAME=FILE:/dev/null
exec timeout 300 "$build/$name"
