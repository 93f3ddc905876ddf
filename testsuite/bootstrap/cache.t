#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The bootstrap scripts, with a cache of their own and nothing to download: what
# they are given instead of krb5 is a configure script that takes notes.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"
unset CC CFLAGS CPPFLAGS LDFLAGS DESTDIR MAKEFLAGS MFLAGS MAKELEVEL \
    SAMBA_PREFIX KRB5_PREFIX STAGE KRB5_TARBALL SAMBA_TARBALL
bootstrap=$top/bootstrap

dir=$(mktemp -d /var/tmp/iakerb.XXXXXX)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
export IAKERB_CACHE=$dir/cache
cd "$dir" || exit

# instead NAME TEXT: a program that is found before the machine's own.
mkdir programs
instead()
{
    printf '#!/bin/bash\n%s\n' "$2" >"programs/$1"
    chmod +x "programs/$1"
}
with_programs()
{
    env PATH="$dir/programs:$PATH" "$@"
}

mkdir -p krb5-fake/src
cat >krb5-fake/src/configure <<'CONFIGURE'
#!/bin/bash
prefix=${1#--prefix=}
echo "what configure found" >config.log
[ -z "$FAIL" ] || exit 1
env >environment
printf '%s:\n\t%s\n' all 'echo "$(CC) $(CFLAGS)" >variables' \
    install "mkdir -p \$(DESTDIR)$prefix && cp * \$(DESTDIR)$prefix" >Makefile
CONFIGURE
chmod +x krb5-fake/src/configure
tar -czf krb5-fake.tar.gz krb5-fake
export KRB5_TARBALL=$dir/krb5-fake.tar.gz

# ---- The place -----------------------------------------------------------

refused "white space in the cache's path" 1 \
    "may have white space in its path: .*/a cache \\(IAKERB_CACHE\\)" \
    env IAKERB_CACHE="$dir/a cache" "$bootstrap/krb5"
ok "and nothing is made there" test ! -e "a cache"
mkdir "a clone"
cp -r "$bootstrap" "a clone"
refused "white space in the clone's path" 1 \
    "may have white space in its path: $dir/a clone, $dir/cache" \
    "a clone/bootstrap/krb5"

mkdir clone
cp -r "$bootstrap" "$top/samba-patches" "$top/Makefile" clone
refused "a clone without libiakerb" 1 \
    "there is no libiakerb in $dir/clone/build/stage; run: make stage" \
    clone/bootstrap/samba
refused "and Samba's own tests" 1 "run: make stage" \
    clone/bootstrap/selftest plain

ok "make -n" make -n -C clone demo install
like "make -n: says what would be done" "$output" "testsuite/demo"
ok "make -n: does nothing" test ! -e cache/krb5

# ---- Where it is ---------------------------------------------------------

mkdir home
is "root's cache is where services may read it" \
    "$(env -u IAKERB_CACHE -u XDG_CACHE_HOME HOME="$dir/home" \
        "$bootstrap/place")" \
    "$([ "$(id -u)" = 0 ] && echo /opt/iakerb || echo "$dir/home/.cache/iakerb")"
mkdir -p home/.cache/iakerb
is "unless it was in the other place before" \
    "$(env -u IAKERB_CACHE -u XDG_CACHE_HOME HOME="$dir/home" \
        "$bootstrap/place")" "$dir/home/.cache/iakerb"
is "or is named" "$(HOME=$dir/home "$bootstrap/place")" "$dir/cache"

# ---- A build -------------------------------------------------------------

refused "a build that fails" 1 "krb5: build: FAILED" \
    env FAIL=1 "$bootstrap/krb5"
is "what configure found is kept" "$(cat cache/log/krb5-config.log)" \
    "what configure found"
ok "and nothing else" test ! -e cache/build/krb5
instead df 'echo; echo "/dev/sda 10 9 1 90% /"'
refused "a full disk" 1 \
    "krb5: 1 MiB are free in $dir/cache, and this needs [0-9]+; IAKERB_CACHE" \
    with_programs "$bootstrap/krb5"

printf 'all:\n\t+%s\n' "$bootstrap/krb5" >Makefile
ok "make with variables" env CFLAGS=-O7 make DESTDIR="$dir/wrong" \
    CC=no-such-cc LDFLAGS=-lnone
prefix=$(tail -n 1 <<<"$output")
ok "nothing is installed elsewhere" test ! -e wrong -a -e "$prefix/complete"
is "a build does not have make's variables" "$(cat "$prefix/variables")" "cc "
unlike "nor the environment's" "$(cat "$prefix/environment")" \
    "-O7|wrong|no-such-cc|-lnone"
is "a relative path is taken from here" \
    "$(IAKERB_CACHE=cache "$bootstrap/krb5")" "$prefix"

# ---- Downloads -----------------------------------------------------------

instead apt-cache '
case $* in
*showsrc*) echo "Version: 1.22.1-3" ;;
*depends*linux-image-cloud-amd64) word=linux-image-7-cloud ;;
*depends*) word=linux-modules-7-cloud ;;
esac
[ -z "$word" ] ||
    { [ "$LC_ALL" = C.UTF-8 ] && echo "  Depends: $word" ||
        echo "  Hängt ab von: $word"; }'
# Debian names the files of a source package in this order.
instead apt-get '
case $* in
*indextargets*) echo "http://deb.example.org/debian stable" ;;
*--print-uris*)
    printf "\047copy:$MIRROR/%s\047 other_1.22.1%s 9 %s\n" \
        gone -3.dsc SHA256:none tarball .orig.tar.gz "$HASH"
    ;;
*source*)
    touch krb5_1.22.1-3.dsc
    [ -z "$FAIL" ] || exit 100
    touch krb5_1.22.1.orig.tar.gz krb5_1.22.1-3.debian.tar.xz
    ;;
*download*) touch "${@: -2:1}.deb" "${@: -1}.deb" ;;
esac'
refused "a download that is interrupted" 1 \
    "krb5 1.22\\* of forky cannot be had .* set KRB5_TARBALL=/path/to/it" \
    with_programs FAIL=1 "$bootstrap/source" krb5 forky 1.22
dsc=$(with_programs "$bootstrap/source" krb5 forky 1.22 2>/dev/null)
like "is begun again" "$dsc" "^$dir/cache/source/krb5/.*/krb5_1.22.1-3.dsc$"
ok "and is whole" ls "${dsc%-*}.orig.tar.gz" "${dsc%.dsc}.debian.tar.xz"
is "and used from then on" \
    "$(with_programs FAIL=1 "$bootstrap/source" krb5 forky 1.22)" "$dsc"

# The upstream tarball alone, as long as it is what the mirror says.
mkdir there
echo upstream >there/tarball
export MIRROR=$dir/there
HASH=SHA256:$(sha256sum <there/tarball | cut -d " " -f 1)
refused "a tarball that is another one" 1 \
    "other 1.22\\* of forky cannot be had" \
    with_programs HASH="${HASH/[0-9]/x}" "$bootstrap/source" --upstream \
    other forky 1.22
tarball=$(with_programs HASH="$HASH" "$bootstrap/source" --upstream \
    other forky 1.22 2>/dev/null)
is "the tarball of a package that is not whole" "$(cat "$tarball")" upstream

# ---- The packages of this machine ----------------------------------------

# A mirror whose release file has expired, and nothing of this machine's.
mkdir -p mirror/dists/old/main/binary-amd64 {lists,debs/archives}/partial
: >mirror/dists/old/main/binary-amd64/Packages
cat >mirror/dists/old/Release <<RELEASE
Origin: Debian
Codename: old
Suite: old
Date: Sat, 01 Jan 2022 00:00:00 UTC
Valid-Until: Sat, 08 Jan 2022 00:00:00 UTC
Architectures: amd64
Components: main
SHA256:
 $(sha256sum </dev/null | cut -d' ' -f1) 0 main/binary-amd64/Packages
RELEASE
echo "deb [trusted=yes] file:$dir/mirror old main" >sources.list
cat >apt.conf <<CONF
Dir::Etc::SourceList "$dir/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::Main "/dev/null";
Dir::State::Lists "$dir/lists";
Dir::Cache "$dir/debs";
APT::Sandbox::User "root";
CONF
echo "no-such-package | neither-this" >wanted
if [ "$(id -u)" = 0 ]; then
    refused "an expired release file" 1 "^deps: the release files of this \
machine's Debian mirror are out of date: .* set the clock" \
        env APT_CONFIG="$dir/apt.conf" "$bootstrap/deps" wanted
    echo 'Acquire::Check-Valid-Until "false";' >>apt.conf
    refused "a package that this release does not have" 1 \
        "^deps: .* has no package no-such-package +neither-this. Debian 12 has" \
        env APT_CONFIG="$dir/apt.conf" "$bootstrap/deps" wanted
fi
instead id 'echo 1000'
refused "without root: what root is to do" 1 "apt-get install \
--no-install-recommends no-such-package$" \
    with_programs "$bootstrap/deps" wanted
rm programs/id
echo "no-such-package | bash" >wanted
ok "one of two packages is there" "$bootstrap/deps" wanted

instead dpkg-deb 'mkdir -p "$3/lib/modules/7.0.0"; touch "$3/vmlinuz-7.0.0"'
output=$(with_programs LC_ALL=de_DE.UTF-8 "$bootstrap/kernel" 2>&1)
like "what apt says is read in every language" "$output" \
    "^$dir/cache/kernel/linux-image-7-cloud$"

# ---- Its end -------------------------------------------------------------

cat >long <<LONG
. "$bootstrap/common.sh"
step long "$dir/long.log" 0 sleep 987.65
LONG
sleeping()
{
    pgrep -f '^sleep 987\.65$' -s "$pid"
}
env --default-signal=INT setsid bash "$dir/long" 2>/dev/null &
pid=$!
for _ in {1..1000}; do
    sleeping >/dev/null && break
    sleep 0.05
done
ok "a long step" sleeping
kill -INT -- "-$pid"
wait "$pid" 2>/dev/null
is "Ctrl-C ends it" "$?" 130
for _ in {1..1000}; do
    sleeping >/dev/null || break
    sleep 0.05
done
is "and what it started" "$(sleeping)" ""
kill -KILL -- "-$pid" 2>/dev/null

touch cache/precious
ok "make distclean" make -C clone distclean
is "takes away what is the cache's, and no more" "$(ls cache)" precious
rm cache/precious
mkdir cache/log
ok "make distclean of a cache with nothing else" make -C clone distclean
ok "takes the folder too" test ! -e cache
ok "and finds nothing then" make -C clone distclean

done_testing
