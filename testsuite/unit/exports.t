#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# What a program that uses the library finds: its names, its files, its header.

set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ -n "${KRB5_PREFIX-}" ] || exec "$top/bootstrap/run" "$0" "$@"
. "$top/testsuite/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# ---- The library, by each compiler ---------------------------------------

# library COMPILER DESTDIR: compile all of it, with every warning an error, and
# install it.
library()
{
    make -s -C "$top/libiakerb" CC="$1" B="$dir/$1" WERROR=-Werror \
        PREFIX="$prefix" DESTDIR="$2" install
}

prefix=$dir/iakerb
ok "the library compiles without a warning with clang" library clang "$dir/root"
ok "the library compiles without a warning with gcc" library gcc ""
[ -e "$prefix/lib/libiakerb.so" ] || give_up "libiakerb is not installed"

# Optimization while linking works with other names than those of the object
# files.
ok "the library compiles with -flto" \
    make -s -C "$top/libiakerb" CC=gcc B="$dir/lto" WERROR=-Werror \
    CFLAGS="-O2 -flto" PREFIX="$dir/with-lto" DESTDIR= install

version=$(sed -n 's/^VERSION = //p' "$top/version.mk")
# Three numbers, of which the first is the library's soname's.
like "the version of all parts" "$version" '^0\.[0-9]+\.[0-9]+$'

# ---- Files ---------------------------------------------------------------

# man3: the page, and one for each function that leads to it.
is "make install puts these files" \
    "$(cd "$prefix" && find . ! -type d ! -path '*/man3/iakerb_*' | sort)" \
    "./bin/iakerb-kinit
./bin/iakerb-whoami
./include/iakerb.h
./include/iakerb_session.h
./lib/libiakerb.a
./lib/libiakerb.so
./lib/libiakerb.so.0
./lib/libiakerb.so.$version
./lib/pkgconfig/libiakerb.pc
./share/bash-completion/completions/iakerb-whoami
./share/man/man1/iakerb-kinit.1
./share/man/man1/iakerb-whoami.1
./share/man/man3/libiakerb.3"
is "DESTDIR is put in front of PREFIX" \
    "$(cd "$dir/root/$prefix" && find . | sort)" \
    "$(cd "$prefix" && find . | sort)"
is "DESTDIR is not in what is installed" \
    "$(grep -rl "$dir/root" "$dir/root/$prefix/lib/pkgconfig")" ""
is "the library's soname" \
    "$(readelf -d "$prefix/lib/libiakerb.so" | grep -o 'soname: .*')" \
    "soname: [libiakerb.so.0]"

# ---- Names ---------------------------------------------------------------

declared=$(grep -oE '^(const char \*)?iakerb_[a-z_]+\(' \
    -h "$prefix"/include/*.h | grep -oE 'iakerb_[a-z_]+' | sort)

# defined FILE OPTION...: the global names that nm sees defined.
defined()
{
    "${NM:-nm}" --defined-only --extern-only --format=posix "$@" |
        awk 'NF > 1 && $2 != "A" { sub(/@.*/, "", $1); print $1 }' | sort
}

is "the shared library exports what the header declares" \
    "$(defined -D "$prefix/lib/libiakerb.so")" "$declared"
is "the static library exports what the header declares" \
    "$(defined "$prefix/lib/libiakerb.a")" "$declared"
is "the static library does so too when built with -flto" \
    "$(NM=gcc-nm defined "$dir/with-lto/lib/libiakerb.a")" "$declared"
is "the shared library does so too when built with -flto" \
    "$(defined -D "$dir/with-lto/lib/libiakerb.so")" "$declared"
is "each function has a man page" \
    "$(cd "$prefix/share/man/man3" && find . -name 'iakerb_*' |
        sed -e 's/^\.\///' -e 's/\.3$//' | sort)" \
    "$declared"

# ---- An old krb5 ---------------------------------------------------------

mkdir "$dir/old"
for name in krb5 krb5-gssapi; do
    printf '%s\n' "Name: $name" "Description: $name" "Version: 1.21.3" \
        "Libs: -l$name" >"$dir/old/$name.pc"
done

# with_old_krb5 TARGET
with_old_krb5()
{
    PKG_CONFIG_PATH='' PKG_CONFIG_LIBDIR=$dir/old \
        make -s -C "$top/libiakerb" B="$dir/none" "$1"
}

ok "an old krb5 is found" \
    env PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR="$dir/old" \
    pkg-config krb5 krb5-gssapi
output=$(with_old_krb5 all 2>&1)
is "nothing is made with it" "$?" 2
like "make says what is missing" "$output" \
    '\*\*\* MIT krb5 1\.22 or later is not found by pkg-config'
ok "make clean needs none" with_old_krb5 clean

# ---- Use -----------------------------------------------------------------

cat >"$dir/use.c" <<'C'
#include <iakerb.h>

int
main(void)
{
    struct iakerb_error error;
    bool known;

    iakerb_initiator_free(NULL);
    return iakerb_realm_known("", &known, &error) == IAKERB_INVALID ? 0 : 1;
}
C
cp "$dir/use.c" "$dir/use.cc"
# What C alone has: parameters in the call itself, and a call by its address.
cat >>"$dir/use.c" <<'C'

static enum iakerb_code (*const create)(const struct iakerb_smb_params *,
                                        struct iakerb_smb **,
                                        struct iakerb_error *) =
    iakerb_smb_create;

enum iakerb_code
more(void);

enum iakerb_code
more(void)
{
    static const char *const servers[] = { "nas", NULL };
    struct iakerb_smb *smb;

    create(&(struct iakerb_smb_params){ .servers = servers }, &smb, NULL);
    iakerb_smb_free(smb);
    return iakerb_smb_create(&(struct iakerb_smb_params){ .servers = servers,
                                                          .port = 1 },
                             &smb, NULL);
}
C
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig:${PKG_CONFIG_PATH-}

# use shared|static COMPILER FILE FLAG...: compile, link and run a program.
use()
{
    local how=$1 compiler=$2 file=$3 libs
    shift 3

    libs=$(pkg-config --libs libiakerb)
    [ "$how" = shared ] || libs=${libs/-liakerb/-l:libiakerb.a}
    # shellcheck disable=SC2046,SC2086  # words
    "$compiler" -Wall -Wextra -Werror "$@" $(pkg-config --cflags libiakerb) \
        -o "$dir/use" "$file" $libs &&
        LD_LIBRARY_PATH=$prefix/lib:${LD_LIBRARY_PATH-} "$dir/use" || return
    case $(readelf -d "$dir/use") in
    *'[libiakerb.so.0]'*)
        [ "$how" = shared ]
        ;;
    *)
        [ "$how" = static ]
        ;;
    esac
}

is "pkg-config knows the version" "$(pkg-config --modversion libiakerb)" "$version"
ok "pkg-config: krb5 1.22 is required" \
    grep -q '^Requires:.*krb5-gssapi >= 1\.22' \
    "$prefix/lib/pkgconfig/libiakerb.pc"
for how in shared static; do
    for compiler in gcc clang; do
        ok "a C program uses it: $how, $compiler" \
            use "$how" "$compiler" "$dir/use.c" -std=c11 -pedantic
    done
    if command -v g++ >/dev/null; then
        ok "a C++ program uses it: $how" \
            use "$how" g++ "$dir/use.cc" -std=c++11
    fi
done

# ---- A program of version 0 ----------------------------------------------

# It is compiled with that version's header, and has never heard of sizes.
# old shared|static
old()
{
    local libs

    libs=$(pkg-config --libs libiakerb)
    [ "$1" = shared ] || libs=${libs/-liakerb/-l:libiakerb.a}
    # shellcheck disable=SC2046,SC2086  # words
    gcc -std=c11 -Wall -Wextra -Werror -iquote "$here/version-0" \
        $(pkg-config --cflags krb5-gssapi) -o "$dir/old-program" \
        "$here/version-0/program.c" $libs &&
        LD_LIBRARY_PATH=$prefix/lib:${LD_LIBRARY_PATH-} "$dir/old-program"
}

ok "a program of version 0 still works: shared" old shared
is "it asks for the names that were there then" \
    "$(nm -u "$dir/old-program" | grep -c 'iakerb_.*_sized')" 0
ok "a program of version 0 still works: static" old static
done_testing
