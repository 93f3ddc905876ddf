# SPDX-License-Identifier: GPL-3.0-or-later
# A Debian of some suite in a folder, in which packages are built.  Sourced
# after bootstrap/common.sh.

# mirrors SUITE: the lines of sources.list, with the mirrors of this machine's
# own apt configuration.
mirrors()
{
    local main security

    main=$(apt-get indextargets --format '$(SITE) $(RELEASE)' \
        'Created-By: Packages' 'Origin: Debian' |
        awk '$2 !~ /-security/ { print $1; exit }')
    [ -n "$main" ] || die "no Debian mirror in this machine's apt" \
        "configuration; add one, and run apt-get update"
    security=$(apt-get indextargets --format '$(SITE) $(RELEASE)' \
        'Created-By: Packages' |
        awk '$2 ~ /-security/ { print $1; exit }')
    echo "deb $main $1 main"
    echo "deb $main $1-updates main"
    [ -z "$security" ] || echo "deb $security $1-security main"
}

# debian SUITE FOLDER PACKAGE...: a small Debian, up to date, with these
# packages; apt there fetches as apt here does.
debian()
{
    local suite=$1 root=$2 main
    shift 2

    rm -rf "$root.new"
    main=$(mirrors "$suite" | awk 'NR == 1 { print $2 }')
    debootstrap --variant=minbase --include=ca-certificates \
        --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
        "$suite" "$root.new" "$main"
    mirrors "$suite" >"$root.new/etc/apt/sources.list"
    apt-config dump |
        grep -E '^Acquire::(https?::(Proxy|CAInfo|Timeout)|Retries)' \
            >"$root.new/etc/apt/apt.conf.d/90machine" || :
    # Nothing is asked, no daemon started, no manual kept.
    echo 'APT::Install-Recommends "false";' \
        >"$root.new/etc/apt/apt.conf.d/90build"
    inside "$root.new" sh -ec 'export DEBIAN_FRONTEND=noninteractive
        apt-get -qq update
        apt-get -qq -y dist-upgrade
        apt-get -qq -y install "$@"
        apt-get clean' sh "$@"
    mv "$root.new" "$root"
}

# inside FOLDER COMMAND...: run this in the Debian in FOLDER, as its root; what
# is in $binds is mounted there.
inside()
{
    local root=$1
    shift

    systemd-nspawn -q -D "$root" --register=no --keep-unit --as-pid2 \
        --resolv-conf=replace-host --timezone=off --link-journal=no \
        --hostname=build "${binds[@]}" "$@" </dev/null
}
binds=()
