#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The Makefiles: what is built again when krb5, flags or libiakerb's header
# change, and where things are installed, by one command and as the page says
# for packages.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
[ -n "${SAMBA_PREFIX-}" ] || exec "$top/bootstrap/run" --samba "$0" "$@"
. "$testsuite/tap.sh"

dir=$(mktemp -d /var/tmp/iakerb.XXXXXX)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Nothing is run here but make.
export CFLAGS=-O0
(cd "$top" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$dir"
cd "$dir" || exit

# ---- A fresh clone -------------------------------------------------------

ok "run --samba builds what is missing" env -u KRB5_PREFIX -u STAGE \
    PREFIX="$dir/none" bootstrap/run --samba bash -c \
    'type -P localkdc cifs.upcall iakerb-kinit smbd'
is "and finds it before the distribution's" \
    "$(tail -n 4 <<<"$output" | sed "s|^$SAMBA_PREFIX|SAMBA|" | paste -sd ' ')" \
    "$(printf "$dir/build/stage/%s " sbin/{localkdc,cifs.upcall} \
        bin/iakerb-kinit)SAMBA/sbin/smbd"
mkdir -p none/sbin
cp build/stage/sbin/localkdc none/sbin
is "what is installed comes first" "$(PREFIX=$dir/none bootstrap/run \
    bash -c 'type -P localkdc')" "$dir/none/sbin/localkdc"
rm -rf build none

# ---- Once more -----------------------------------------------------------

# linked FILE: where it looks for libraries.
linked()
{
    readelf -d "$1" | sed -nE 's/.*R(UN)?PATH.*\[(.*)\]$/\2/p'
}

# again FOLDER TARGET FILE...: these are linked again when that changes, and
# only then.
again()
{
    local folder=$1 target=$2 path file when
    shift 2

    for path in /one /two; do
        ok "$folder: $path" make -s -C "$folder" LDFLAGS="-Wl,-rpath,$path" \
            "$target"
        for file; do
            is "$folder: $path: $(basename "$file")" "$(linked "$file")" "$path"
        done
    done
    when=$(stat -c %y "$@")
    ok "$folder: the same" make -s -C "$folder" LDFLAGS="-Wl,-rpath,$path" \
        "$target"
    is "$folder: nothing is done" "$(stat -c %y "$@")" "$when"
}

again libiakerb all build/libiakerb/{libiakerb.so.0,iakerb-kinit}
ok "libiakerb is installed" make -s -C libiakerb LDFLAGS=-Wl,-rpath,/two \
    DESTDIR= PREFIX="$dir/new" install
export PKG_CONFIG_PATH=$dir/new/lib/pkgconfig:${PKG_CONFIG_PATH-}
again cifs-upcall all build/cifs-upcall/cifs.upcall
for program in interop/test_interop acquire/test_acquire bench/context \
    smb/half_login; do
    again "testsuite/${program%/*}" "../../build/$program" "build/$program"
done
echo "#error another header" >>new/include/iakerb.h
for program in interop/test_interop acquire/test_acquire bench/context \
    smb/half_login; do
    output=$(make -s -C "testsuite/${program%/*}" \
        LDFLAGS=-Wl,-rpath,/two "../../build/$program" 2>&1)
    like "${program#*/} has libiakerb's header in it" "$output" \
        "#error another header"
done

# ---- To where it is told -------------------------------------------------

rm -rf build new
ok "everything is installed" make install DESTDIR=packed PREFIX=/usr \
    LIBDIR="$dir/elsewhere/lib" SBINDIR="$dir/elsewhere/sbin" \
    UNITDIR=/units MODULEDIR=/module SYSCONFDIR=/settings
ok "below DESTDIR, and in the folders" ls packed/usr/bin/iakerb-kinit \
    "packed$dir/elsewhere/lib/libiakerb.so" \
    "packed$dir"/elsewhere/sbin/{cifs.upcall,localkdc} \
    packed/units/localkdc.socket packed/module/{idle,users}.so
is "and in no others" "$(ls packed)" "$(printf '%s\n' module units usr \
    "$(cut -d/ -f2 <<<"$dir")" | sort)"
ok "nothing is beside it" test ! -e elsewhere
ok "what is tested is where it always is" \
    ls build/stage/{lib/libiakerb.so,sbin/localkdc,lib/localkdc/idle.so}
ok "and has its own settings" grep -q /etc/localkdc/kdc.conf \
    build/stage/lib/systemd/system/localkdc.service
ok "as what is installed has" grep -q /settings/localkdc/kdc.conf \
    packed/units/localkdc.service

# ---- Packages ------------------------------------------------------------

rm -rf build
page=docs/porting.md
sed -n '/^<!-- run by testsuite\/bootstrap\/build\.t -->$/,/^```$/p' $page |
    sed '1,2d; $d' >commands
ok "$page has commands" test -s commands
ok "$page: packages" bash -e commands
ok "$page: what a package has" ls root/usr/bin/iakerb-kinit \
    root/usr/lib/x86_64-linux-gnu/{libiakerb.so,pkgconfig/libiakerb.pc} \
    root/usr/sbin/{cifs.upcall,localkdc} root/usr/share/man/man8/localkdc.8 \
    root/usr/lib/systemd/system/localkdc.socket
is "$page: and nothing else" "$(ls root)" usr
unlike "$page: nothing names where it was built" \
    "$(linked root/usr/sbin/cifs.upcall; grep -r "$dir" root \
        --include='*.pc' --include='localkdc.*')" "$dir"

done_testing
