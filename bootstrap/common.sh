# Shared by the bootstrap scripts: where built things live, and how a long
# step shows what it does.  Sourced by bash scripts.

set -euo pipefail

# What programs print is read here, and times are computed with.
locale=${LC_ALL-}
export LC_ALL=C.UTF-8

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$(realpath -ms "$("$top/bootstrap/place")")
jobs=${JOBS:-$(nproc)}

die()
{
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

case $top$cache in
*[[:space:]]*)
    die "neither this folder nor the cache may have white space in its" \
        "path: $top, $cache (IAKERB_CACHE)"
    ;;
esac
mkdir -p "$cache/log"

# key FILE-OR-STRING...: a short name for exactly this input.
key()
{
    local item

    for item; do
        if [ -f "$item" ]; then
            cat "$item"
        else
            printf '%s\n' "$item"
        fi
    done | sha256sum | cut -c1-12
}

# how_far LOG EXPECTED: the last "[n/m]" that waf printed, or the number of
# files compiled so far out of EXPECTED.
how_far()
{
    local waf

    waf=$(tail -c 4096 "$1" | grep -oE '\[ *[0-9]+/[0-9]+\]' | tail -n 1)
    if [ -n "$waf" ]; then
        printf '%s' "$waf"
    elif [ "$2" -gt 0 ]; then
        printf '[%d/%d]' "$(grep -cE -- ' -c( |$)' "$1")" "$2"
    fi
} || true

# A program that is started with & ignores Ctrl-C; a function does not.
in_shell()
{
    "$@"
}

# step LABEL LOGFILE EXPECTED COMMAND...: run COMMAND with its output in
# LOGFILE, and say what is running, how far it is and for how long.
step()
{
    local label=$1 log=$2 expected=$3 start=$SECONDS pid took every last=0
    shift 3

    in_shell "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    if [ -t 2 ]; then every=1; else every=30; fi
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        took=$((SECONDS - start))
        [ $((took - last)) -ge "$every" ] || continue
        last=$took
        if [ -t 2 ]; then
            printf '\r\033[K  %s %s %dm%02ds' "$label" \
                "$(how_far "$log" "$expected")" \
                $((took / 60)) $((took % 60)) >&2
        else
            printf '  %s %s %dm%02ds\n' "$label" \
                "$(how_far "$log" "$expected")" \
                $((took / 60)) $((took % 60)) >&2
        fi
    done
    took=$((SECONDS - start))
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
    if wait "$pid"; then
        printf '  %s: done in %dm%02ds\n' "$label" \
            $((took / 60)) $((took % 60)) >&2
    else
        printf '  %s: FAILED; the last lines of %s:\n' "$label" "$log" >&2
        tail -n 20 "$log" >&2
        return 1
    fi
}

# Two runs never build the same thing at once: the second waits, and then
# finds what the first one built.
lock()
{
    exec 9>"$cache/$1.lock"
    if ! flock -n 9; then
        echo "  $1: waiting for another build in $cache" >&2
        flock 9
    fi
}

# room_for MIB: before a build, that the cache's disk has so much left.
room_for()
{
    local left

    left=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
    [ "$left" -ge "$1" ] || die "$left MiB are free in $cache, and this needs" \
        "$1; IAKERB_CACHE names another folder, and make distclean empties" \
        "this one"
}

# keep_logs FOLDER: what configure wrote in this source, before it goes.
keep_logs()
{
    local log

    for log in "$1"/{src,bin}/config.log; do
        [ ! -f "$log" ] || cp "$log" "$cache/log/$(basename "$0")-config.log"
    done
}

# Compile through ccache, with one store for all clones, and with nothing that
# make was told for this one.
use_ccache()
{
    unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR CC CFLAGS CPPFLAGS LDFLAGS
    export CCACHE_DIR=$cache/ccache CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1
    export CCACHE_MAXSIZE=4G
}

# why_no_lists LOG: what is to be done where apt-get update failed, as LOG has
# it.
why_no_lists()
{
    if grep -qE 'Release file .* is (expired|not valid yet)' "$1"; then
        echo "the release files of this machine's Debian mirror are out of" \
            "date: the mirror is not kept up any more, or the clock of this" \
            "machine is wrong (date); set the clock, name another mirror in" \
            "/etc/apt/sources.list, or, where an old mirror is meant, put" \
            "'Acquire::Check-Valid-Until \"false\";' into a file in" \
            "/etc/apt/apt.conf.d"
    else
        echo "apt-get update failed, as $1 has it; see that it succeeds first"
    fi
}

# private_apt TYPE SUITE: have in $apt the options with which apt knows this
# suite of Debian alone.  The mirror and its key are those of this machine's
# own apt configuration, which stays as it is.
private_apt()
{
    local dir=$cache/apt uri

    uri=$(apt-get indextargets --format '$(SITE) $(RELEASE)' \
        'Created-By: Packages' 'Origin: Debian' |
        awk '$2 !~ /-security/ { print $1; exit }')
    [ -n "$uri" ] || die "no Debian mirror in this machine's apt" \
        "configuration; add one, and run apt-get update"
    mkdir -p "$dir/archives/partial" "$dir/$1-$2/lists/partial"
    echo "$1 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "$uri $2 main" >"$dir/$1-$2.list"
    apt=(-o Dir::Etc::SourceList="$dir/$1-$2.list"
        -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$dir/$1-$2"
        -o Dir::Cache="$dir" -o Dir::State::status=/var/lib/dpkg/status
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3)
    if ! apt-get -qq "${apt[@]}" update >"$cache/log/apt-$2.log" 2>&1; then
        cat "$cache/log/apt-$2.log" >&2
        echo "  $2: $(why_no_lists "$cache/log/apt-$2.log")" >&2
        return 1
    fi
}
