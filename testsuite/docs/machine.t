#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# testsuite/docs/machine: wherever the cache is, it is there, where it was and
# where the README has it; the rest of the machine is still there too, and
# nothing that is written leaves it.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
. "$testsuite/tap.sh"

[ "$(id -u)" = 0 ] || skip_all "a machine of one's own to change needs root"

dir=$(mktemp -d /dev/shm/iakerb.XXXXXX)
in_var=$(mktemp -d /var/tmp/iakerb.XXXXXX)
trap 'rm -rf "$dir" "$in_var"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# on_machine CACHE: with a cache there, on a machine whose other caches are
# not seen.
on_machine()
{
    rm -rf "${dir:?}"/*
    mkdir -p "$dir/clone"
    # Where the clone is may be hidden.
    cp "$testsuite/docs/machine" "$dir/machine"
    cat >"$dir/script" <<-'SCRIPT'
	cat "$IAKERB_CACHE/made" /opt/iakerb/made
	echo new >"$IAKERB_CACHE/written"
	cat /opt/iakerb/written
	ls -d /etc/passwd /usr/bin/env /var/lib /srv
	ls -A /root
	touch /etc/left /var/left
	hostname
	SCRIPT
    # shellcheck disable=SC2016  # for the inner shell
    unshare --mount --net --uts --ipc --pid --fork --mount-proc --kill-child \
        bash -ec '
        [ -d "$1" ] || {
            mount -t tmpfs none "$(dirname "$1")"
            mkdir "$1"
        }
        echo made >"$1/made"
        "$2/machine" "$2" "$1"' bash "$1" "$dir" 2>&1
}

for cache in /root/iakerb /home/iakerb /opt/iakerb /srv/iakerb \
    /usr/local/iakerb "$in_var" /mnt/iakerb; do
    is "a cache in $(dirname "$cache")" \
        "$(on_machine "$cache" | grep -v '^+' | paste -sd ' ')" \
        "made made new /etc/passwd /srv /usr/bin/env /var/lib$(
            [ "$cache" != /root/iakerb ] || echo ' iakerb') nas"
done
ok "what is written there is not here" test ! -e /etc/left -a ! -e /var/left

done_testing
