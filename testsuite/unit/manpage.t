#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# The man page: its form, that it names all that the header does, and that its
# example compiles and runs.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"
. "$top/testsuite/tap.sh"

page=$top/libiakerb/libiakerb.3
headers=("$top"/libiakerb/iakerb{,_session}.h)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# ---- Form ----------------------------------------------------------------

is "mandoc has nothing to say" \
    "$(mandoc -Tlint "$page" | grep -v 'referenced manual not found')" ""
is "man and groff have nothing to say" \
    "$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l \
        "$page" 2>&1 >/dev/null)" ""
is "no line is longer than 80 columns" \
    "$(LC_ALL=C.UTF-8 MANWIDTH=80 man -E UTF-8 -l "$page" |
        LC_ALL=C.UTF-8 grep -E '.{81}')" ""

# ---- Content -------------------------------------------------------------

# unnamed NAME...: those that the page does not have.
unnamed()
{
    local name

    for name; do
        grep -qE "(^|[^A-Za-z_])$name([^A-Za-z_]|\$)" "$page" || echo "$name"
    done
}

# words REGEX: what matches in the header, without its comments.
words()
{
    gcc -fpreprocessed -dD -E -P "${headers[@]}" | grep -oE "$1" | sort -u
}

# What a call's name stands for is not for anybody to call.
functions=$(words '\biakerb_[a-z_]+\(' | tr -d '(' | grep -v '_here$')
constants=$(words '\bIAKERB_[A-Z_0-9]+\b' | grep -vxE "IAKERB_(SESSION_)?H")
structures=$(words '^struct iakerb_[a-z_]+' | awk '{ print $2 }')
fields=$(gcc -fpreprocessed -dD -E -P "${headers[@]}" |
    sed -n '/^struct .*{/,/^};/p' |
    grep -oE '[a-z0-9_]+(\[[0-9]+\])?;' | sed 's/[[;].*//' | sort -u)

# shellcheck disable=SC2086  # words
{
    ok "the header has names" test -n "$functions" -a -n "$constants" \
        -a -n "$structures" -a -n "$fields"
    is "each function is there" "$(unnamed $functions)" ""
    is "each constant is there" "$(unnamed $constants)" ""
    is "each structure is there" "$(unnamed $structures)" ""
    is "each field is there" "$(unnamed $fields)" ""
    is "each function is in SYNOPSIS" "$(for function in $functions; do
        grep -qE "^\.F[no] $function( |\$)" "$page" || echo "$function"
    done)" ""
    is "each code has its own entry" "$(for code in $(sed -n \
        '/^enum iakerb_code {/,/^};/p' "${headers[@]}" |
        grep -oE '\bIAKERB_[A-Z_]+\b'); do
        case $code in IAKERB_DONE|IAKERB_CONTINUE) continue ;; esac
        grep -qx "\.It Dv $code" "$page" || echo "$code"
    done)" ""
}

# ---- Example -------------------------------------------------------------

sed -n '/^\.\\" example$/,/^\.\\" end of example$/p' "$page" |
    sed -e '/^\.\\"/d' -e '/^\.[BE]d/d' -e 's/\\e/\\/g' >"$dir/example.c"

compiles()
{
    make -s -C "$top/libiakerb" B="$dir/lib" PREFIX="$dir/iakerb" DESTDIR= \
        install &&
        PKG_CONFIG_PATH=$dir/iakerb/lib/pkgconfig:${PKG_CONFIG_PATH-} \
        sh -c '"$1" -std=gnu11 -Wall -Wextra -Werror -o "$2/example" \
            "$2/example.c" $(pkg-config --cflags --libs libiakerb)' \
        sh "$1" "$dir"
}

# example ARGUMENT...: what the program says.
example()
{
    LD_LIBRARY_PATH=$dir/iakerb/lib:${LD_LIBRARY_PATH-} KRB5_CONFIG=/dev/null \
        "$dir/example" "$@" 2>&1
}

ok "the example compiles with clang" compiles clang
ok "the example compiles with gcc" compiles gcc
like "the example tells its usage" "$(example)" '^example: usage: '
like "the example fails as the library does" \
    "$(example alice secret cifs/nas NAS "$dir/none" "FILE:$dir/none" \
        "$dir/krb5.conf")" '^example: cannot use the keytab: '
done_testing
