# SPDX-License-Identifier: GPL-3.0-or-later
# Whole machines for tests of what is shipped: a Debian that boots with systemd
# in a container, where the packages are installed with apt.  Sourced.

. "$(dirname "$0")/../tap.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/packaging/chroot.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can boot a container"
for program in systemd-nspawn debootstrap apt-ftparchive; do
    [ -n "$(command -v $program)" ] || skip_all "there is no $program"
done
suite=${SUITE:-$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)}
store=$("$top/bootstrap/place")/packages/$suite

# packages_built PACKAGE...: an apt repository of these, as `make packages`
# makes it, in $repository.
packages_built()
{
    local log

    log=$(mktemp)
    PACKAGES=$* "$top/packaging/build" "$suite" >"$log" 2>&1 ||
        give_up "make packages: $(tail -n 30 "$log")"
    rm "$log"
    repository=$top/build/packages
}

# new_machine NAME: a new one, in $root, which has the repository in its apt.
new_machine()
{
    local base

    base=$("$top/packaging/machine" "$suite") || give_up "no Debian machine"
    root=$(mktemp -d "$store/$1.XXXXXX")
    machines+=("$root")
    cp -a "$base/." "$root"
    chmod 755 "$root"
    echo "$1" >"$root/etc/hostname"
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$1" >"$root/etc/hosts"
    mkdir "$root/repository"
    cp -a "$repository"/. "$root/repository"
    echo "deb [trusted=yes] file:/repository $suite main" \
        >"$root/etc/apt/sources.list.d/iakerb.list"
    cat >"$root/etc/systemd/system/phase.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/bash -c "bash /phase >/output 2>&1 </dev/null; true"
ExecStopPost=/bin/systemctl --no-block poweroff
TimeoutStartSec=120
UNIT
}
machines=()
trap 'rm -rf "${machines[@]}"' EXIT

# outside COMMAND...: in the machine's files while it is not booted, with the
# network of this one, to fetch packages.
outside()
{
    inside "$root" env DEBIAN_FRONTEND=noninteractive "$@"
}

# booted: boot the machine, run what is on standard input there, and shut it
# down.  Each line of its output that begins with "==" names what follows it.
booted()
{
    cat >"$root/phase"
    rm -f "$root/output"
    # Debian 13's systemd wants to be told where a machine has cgroups of
    # version 1.
    timeout 180 systemd-nspawn -q -D "$root" --register=no --keep-unit \
        --private-network --boot --link-journal=no --timezone=off \
        -E SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 \
        systemd.wants=phase.service </dev/null >"$root/console" 2>&1 ||
        diag "$(tail -n 5 "$root/console")"
    touch "$root/output"
}

# what NAME: what was said under that name.
what()
{
    sed -n "/^== $1\$/,/^==/{/^==/d;p}" "$root/output"
}

# files: all files that a package or its scripts may have made.
files()
{
    (cd "$root" && find . \( -path ./proc -o -path ./sys -o -path ./dev \
        -o -path ./run -o -path ./tmp -o -path ./var/lib/dpkg \
        -o -path ./var/lib/apt -o -path ./var/lib/systemd \
        -o -path ./var/cache -o -path ./var/log -o -path ./var/tmp \
        -o -path ./repository -o -path ./root \) -prune -o -print | sort) |
        grep -vE '^\./(phase|output|console)$'
}
