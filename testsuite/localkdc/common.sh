# SPDX-License-Identifier: GPL-3.0-or-later
# For the tests of localkdc, in bash: machines that are folders.  Sourced;
# everything that it makes goes when the shell exits.
#
# KRB5_PREFIX and STAGE say what is tested; where they are not set, the
# bootstrap script is asked, and the stage is taken to be made.

set -uo pipefail
umask 022

testsuite=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"
. "$testsuite/testbed/processes.sh"

: "${KRB5_PREFIX:=$("$top/bootstrap/krb5")}"
: "${STAGE:=$top/build/stage}"
export PATH=$STAGE/sbin:$KRB5_PREFIX/sbin:$KRB5_PREFIX/bin:$PATH
export LD_LIBRARY_PATH=$KRB5_PREFIX/lib LC_ALL=C
[ -x "$STAGE/sbin/localkdc" ] ||
    give_up "$STAGE/sbin/localkdc is not there; make stage"

# closed_folder: the first folder on the way to krb5 that other accounts may not
# enter, such as root's home.
closed_folder()
{
    local folder=$KRB5_PREFIX closed=

    while [ "$folder" != / ]; do
        [[ $(stat -c %a "$folder") == *[1357] ]] || closed=$folder
        folder=$(dirname "$folder")
    done
    echo "$closed"
}

# krb5_for_all: what other accounts run must be where they can read it.  Where
# it is not, the test begins once more, in a mount namespace where it is; to be
# called first.
krb5_for_all()
{
    local closed

    closed=$(closed_folder)
    [ -n "$closed" ] && [ "$(id -u)" = 0 ] || return 0
    rm -rf "$scratch"
    # shellcheck disable=SC2016  # for the inner shell
    exec unshare -m env -u LD_PRELOAD sh -c 'mount -t tmpfs none /mnt &&
        mkdir /mnt/upper /mnt/work && mount -t overlay none "$0" \
            -o "lowerdir=$0,upperdir=/mnt/upper,workdir=/mnt/work" &&
        chmod 0755 "$0" && exec "$@"' "$closed" "$BASH" "$0"
}

# Of a short path, because a UNIX socket's is at most 107 bytes; in memory,
# where that is possible, because setup sees to it that all is on the disk.
scratch=$(mktemp -d /dev/shm/localkdc.XXXXXX 2>/dev/null ||
    mktemp -d /var/tmp/localkdc.XXXXXX)
chmod 0755 "$scratch"
export KRB5CCNAME=FILE:$scratch/ccache KRB5RCACHEDIR=$scratch

# The machine is called nas, whatever this one is called.
export LD_PRELOAD=${PRELOAD:+$PRELOAD:}libnss_wrapper.so
export NSS_WRAPPER_HOSTNAME=nas
export NSS_WRAPPER_HOSTS=$scratch/hosts
echo "192.0.2.10 nas.example.org nas" >"$scratch/hosts"

cleanup()
{
    local status=$? pid

    trap '' INT TERM HUP
    trap - EXIT
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    rm -rf "$scratch"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# machine NAME: make an empty one with the accounts root, alice and bob, and
# go on with it; $root is its folder.
machine()
{
    root=$scratch/$1
    mkdir -p "$root"/{etc/samba,run/localkdc,var/lib}
    cat >"$root/etc/passwd" <<-PASSWD
	root:x:0:0:root:/:/bin/false
	alice:x:1001:100:alice:/:/bin/false
	bob:x:1002:100:bob:/:/bin/false
	PASSWD
    export KRB5_CONFIG=$root/etc/krb5.conf
}

lk()
{
    localkdc --root "$root" "$@"
}

# Every file of the machine: mode, owner, name, and content or target.
snapshot()
{
    (
        cd "$root" || exit
        find . -path ./run -prune -o -printf '%M %U %G %p %l\n' | sort
        find . -path ./run -prune -o -type f -print0 | sort -z |
            xargs -0 sha256sum
    )
}

kdc_listens()
{
    grep -q " $root/run/localkdc/kdc.sock\$" /proc/net/unix
}

kdc_start()
{
    env LD_PRELOAD="${PRELOAD-}" KRB5_CONFIG=/dev/null \
        KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf" \
        krb5kdc -n >"$scratch/kdc.log" 2>&1 &
    kdc_pid=$!
    started+=("$kdc_pid")
    wait_for 10 kdc_listens ||
        give_up "krb5kdc did not start: $(tail -n 5 "$scratch/kdc.log")"
}

kdc_stop()
{
    kill "$kdc_pid"
    wait "$kdc_pid" 2>/dev/null
    rm -f "$root/run/localkdc/kdc.sock"
}

# user_add NAME PASSWORD
user_add()
{
    printf '%s\n' "$2" | lk user add "$1"
}

# login NAME PASSWORD: with kinit.
login()
{
    printf '%s\n' "$2" | kinit "$1"
}
