#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands of the README and of docs/, as they are there and one after
# another, on a machine that is this one with its changes thrown away; and what
# they say, where the page shows it.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"
. "$top/bootstrap/common.sh"
set +eu

[ "$(id -u)" = 0 ] || skip_all "a machine of one's own to change needs root"

# In the order in which somebody reads them.
pages=(README.md)
for page in administration security troubleshooting; do
    pages+=("docs/$page.md")
done

dir=$(mktemp -d /dev/shm/iakerb.XXXXXX)
trap 'rm -rf "$dir"' EXIT
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')

# A clone, as the reader has it.
mkdir "$dir/clone"
(cd "$top" && tar -c --exclude=./build --exclude=./.git .) |
    tar -x -C "$dir/clone"

cd "$top" || exit
testsuite/docs/blocks script "${pages[@]}" >"$dir/script"
# What the pages do not show.
cat >>"$dir/script" <<'HIDDEN'
echo == hidden
cat /etc/localkdc/kdc.conf
ls -l /srv/share
echo == end
HIDDEN
testsuite/docs/blocks output "${pages[@]}" >"$dir/shown"
env -u KRB5_PREFIX -u STAGE -u LD_LIBRARY_PATH -u LDFLAGS \
    -u PKG_CONFIG_PATH -u PREFIX PASSWD="$password" \
    unshare --mount --net --uts --ipc --pid --fork --mount-proc --kill-child \
    testsuite/docs/machine "$dir" "$cache" >"$dir/output" 2>&1 &
# It does not hear Ctrl-C itself, and all of the machine goes with it.
trap 'kill -KILL "$!"; exit 130' INT TERM HUP
wait "$!"
status=$?
trap - INT TERM HUP
# For whoever writes these pages.
mkdir -p build/log && cp "$dir/output" build/log/docs-commands.log

# said BLOCK: what its commands said.
said()
{
    sed -n "\\|^== $1\$|,/^== end\$/p" "$dir/output" | grep -v '^+'
}

ran=
while read -r block; do
    if said "$block" | grep -q '^== end$'; then
        pass "$block"
        ran=$block
    else
        fail "$block" "$(tail -n 30 "$dir/output")"
        break
    fi
done < <(sed -n 's/^echo == \(.*:.*\)/\1/p' "$dir/script")
is "the commands run to the end, after $ran" "$status" 0
while IFS=$'\t' read -r block regex; do
    like "$block says what is shown" "$(said "$block")" "$regex"
done <"$dir/shown"

like "the KDC's module is the installed one" "$(said hidden)" \
    '^ +module = localkdc_idle:/usr/local/lib/localkdc/idle.so'
like "what was put into the share is there" "$(said hidden)" \
    " alice +alice .* README.md$"

done_testing
