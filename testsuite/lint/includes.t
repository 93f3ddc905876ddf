#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Folders include the headers of lower ones only, the picture of that in docs/
# is of today's code, and headers stand alone.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"
. "$testsuite/tap.sh"
cd "$top" || exit
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

ok "no arrow goes up" testsuite/lint/includes check
is "docs/includes.svg is of this code (testsuite/lint/includes makes it)" \
    "$(testsuite/lint/includes)" "$(<docs/includes.svg)"

# other_tree FOLDER: what the check says of a tree in which common/ includes a
# header of FOLDER.
other_tree()
{
    mkdir -p "$dir/testsuite/lint" "$dir/common" "$dir/$1"
    cp testsuite/lint/includes "$dir/testsuite/lint"
    echo >"$dir/$1/other.h"
    echo "#include \"$1/other.h\"" >"$dir/common/low.c"
    "$dir/testsuite/lint/includes" check
}

is "one that did would be found" "$(other_tree libiakerb)" \
    "common/low.c: includes libiakerb/other.h, which is not below"
like "and a folder that has no place" "$(other_tree libiakerb/cellar)" \
    "^libiakerb/cellar/other.h: the folder libiakerb/cellar has no level$"

# Of what lives inside other programs, and of what is below the commands.
silent()
{
    local words='\b(printf|puts|putchar|perror|exit|abort|vprintf)\(|'
    words+='\b(stdout|stderr)\b'
    grep -nE "$words" "$@" /dev/null
}

is "nothing below localkdc/command prints or ends the program" \
    "$(silent common/*.[ch] localkdc/{store,config}/*.[ch])" ""
like "what did would be found" "$(silent localkdc/command/outcome.c)" \
    "outcome.c:.*exit\(EXIT_FAILURE\)"

# What packages say where krb5 and others are.
flags=(-std=gnu11 -fsyntax-only -Wall -Wextra -Wshadow -Wmissing-prototypes
    -Werror -I. -Ilibiakerb -Icommon -Ilocalkdc)
read -ra found < <(pkg-config --cflags krb5-gssapi krb5 kdb jansson 2>/dev/null ||
    pkg-config --cflags krb5-gssapi krb5)
flags+=("${found[@]}" -I"$KRB5_PREFIX/include")
for compiler in gcc clang; do
    for header in $(find common libiakerb kdc-modules localkdc cifs-upcall \
            -name "*.h" |
            sort); do
        echo "#include \"$header\"" >"$dir/alone.c"
        "$compiler" "${flags[@]}" -I"$(dirname "$header")" "$dir/alone.c" 2>&1
    done >"$dir/said"
    is "headers compile on their own, with $compiler" "$(<"$dir/said")" ""
done

done_testing
