#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The README's first use of one's own: its commands, as they are there, on a
# machine that is this one with its changes thrown away.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"
. "$top/bootstrap/common.sh"
set +eu

if [ "$(id -u)" != 0 ]; then
    echo "1..0 # SKIP a machine of one's own to change needs root"
    exit
fi

dir=$(mktemp -d /dev/shm/iakerb.XXXXXX)
trap 'rm -rf "$dir"' EXIT
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')

# What the README tells to type, each thing that it does not show added: what
# is asked for on the way, and a command for smbclient.
awk -v password="$password" '
    /^## / { wanted = /A first use/ }
    /^```/ { inside = /^```sh/ && wanted; next }
    !inside { next }
    { print }
    /^localkdc user add/ { print password }
    /^localkdc status/ { print "cat /etc/localkdc/kdc.conf" }
    /^smbclient/ { print "put README.md\nls"; exit }' \
    "$top/README.md" >"$dir/typed"
awk '/^```/ { inside = /^```ini/; next } inside' "$top/README.md" \
    >"$dir/smb.conf"

# A clone, as the README's reader has it.
mkdir "$dir/clone"
(cd "$top" && tar -c --exclude=./build --exclude=./.git .) |
    tar -x -C "$dir/clone"

# The machine: named nas, with the account and the share, off every network.
cat >"$dir/machine" <<'MACHINE'
set -e
dir=$1 cache=$2 password=$3
for folder in etc var usr/local srv opt run; do
    mkdir -p "$dir/$folder"/{upper,work}
    mount -t overlay none "/$folder" \
        -o "lowerdir=/$folder,upperdir=$dir/$folder/upper" \
        -o "workdir=$dir/$folder/work"
done
# The cache where the README has it.  What is in it knows its old place, which
# the KDC's account must be able to read, as it could the new one.
mkdir -p /opt/iakerb
mount --bind "$cache" /opt/iakerb
mount -t tmpfs -o mode=755 none "/$(cut -d/ -f2 <<<"$cache")"
mkdir -p "$cache"
mount --bind /opt/iakerb "$cache"
chmod 755 "$dir"

mkdir -p /srv/share /etc/samba
chmod 1777 /srv/share
hostname nas
ip link set lo up
ip address add 192.0.2.10/24 dev lo
echo "192.0.2.10 nas" >>/etc/hosts
echo "alice:x:61234:100:alice:/:/bin/false" >>/etc/passwd
cp "$dir/smb.conf" /etc/samba/smb.conf
cd "$dir/clone"
# No terminal, so that passwords are read from here too.
export PASSWD=$password PATH=/usr/local/sbin:/usr/local/bin:$PATH
exec setsid --wait bash -x <"$dir/typed"
MACHINE
env -u KRB5_PREFIX -u STAGE -u SAMBA_PREFIX -u LD_LIBRARY_PATH -u LDFLAGS \
    -u PKG_CONFIG_PATH unshare --mount --net --uts --ipc --pid --fork \
    --kill-child bash "$dir/machine" "$dir" "$cache" "$password" \
    >"$dir/output" 2>&1
is "the commands run to the end" "$?" 0

# said WHAT REGEX
said()
{
    ok "$1" grep -qE -- "$2" "$dir/output"
}

said "setup makes the realm of the machine's name" '^Realm NAS: done'
said "the user is added" '^alice@NAS added'
said "Samba lacks nothing" '^# /etc/samba/smb.conf: nothing is missing'
said "status finds a KDC that answers" '^ok +kdc +answers'
ok "and no problem" sh -c '! grep -q ^problem "$1"' sh "$dir/output"
said "its module is the installed one" \
    '^ +module = localkdc_idle:/usr/local/lib/localkdc/idle.so'
said "alice logs in and writes" '^putting file README.md'
said "and the file is there" '^  README.md +A'
[ "$tap_failed" -eq 0 ] || diag "$(tail -n 60 "$dir/output")"

done_testing
