# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed's hosts: as many as a test wants, for bash.  Sourced by
# testbed.sh, whose head says how they are used.
#
# A host is a network namespace with a cable to a switch, a name, and a folder
# that it alone sees, below $bed/hosts.  There is no way out, so whatever would
# ask a name server or a KDC elsewhere fails at once.  Nothing of the machine's
# own can be met there: neither its /tmp nor its keytab nor what its name
# resolver has been told.  One sleeping process keeps the namespaces.

hosts=()
declare -A host_pid host_address host_relay host_relay_pid
declare -A host_pw host_kdc_pid host_smbd_pid

# network_start: the switch, in the first way that this machine allows: as root,
# or as anybody in a user namespace.
network_start()
{
    local try enter=(nsenter -n)

    mkdir "$bed/hosts" "$bed/seen"
    for try in "unshare" "unshare -Ur"; do
        # shellcheck disable=SC2086  # words
        if $try -mn mount -t tmpfs none "$bed/hosts" 2>/dev/null; then
            break
        fi
        try=
    done
    case $try in
    "")
        give_up "no mount and network namespaces here: run as root, or" \
            "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)"
        ;;
    *-U*)
        enter+=(-U --preserve-credentials)
        ;;
    esac

    # shellcheck disable=SC2086
    spawn $try -n sleep infinity
    into=("${enter[@]}" -t)
    in_switch=("${into[@]}" "$!")
    daemon_ready "the switch" /dev/null sleeps "$!"
    "${in_switch[@]}" ip link add name switch type bridge &&
        "${in_switch[@]}" ip link set switch up ||
        give_up "cannot make a virtual switch (ip link add type bridge)"
}

# sleeps PID: it has come to its end, which is sleep(1).
sleeps()
{
    [ "$(cat "/proc/$1/comm" 2>/dev/null)" = sleep ]
}

# The machine's /tmp has the tickets of whoever runs the tests.  own_tmp is what
# a command runs below, in a mount namespace, to have another folder for it; but
# what is tested may lie there.
# shellcheck disable=SC2016  # for the inner shell
own_tmp=(sh -c '
    for path in $2; do
        mount --rbind "$path" "$1/${path#/tmp/}" || exit
    done
    mount --rbind "$1" /tmp && shift 2 && exec "$@"' own_tmp)

# own_tmp_make FOLDER: a folder for it, and $tested_in_tmp.
own_tmp_make()
{
    local path

    tested_in_tmp=
    mkdir -p "$1"
    chmod 1777 "$1"
    for path in "$top" "$STAGE" "$KRB5_PREFIX" "$SAMBA_PREFIX"; do
        case $path in
        /tmp/*)
            mkdir -p "$1/${path#/tmp/}"
            tested_in_tmp+=" $path"
            ;;
        esac
    done
}

# What a host runs below for its life: it has a name, of the folders of hosts it
# sees those in $3, and in /etc what is in its folder.
# shellcheck disable=SC2016  # for the inner shell
own_files=(sh -c '
    own=$1/hosts/$2
    hostname "$2" && mount -t tmpfs -o mode=755 none "$1/seen" || exit
    for name in $3; do
        mkdir "$1/seen/$name" &&
            mount --rbind "$1/hosts/$name" "$1/seen/$name" || exit
    done
    mount --move "$1/seen" "$1/hosts" &&
        mount --bind "$own/hosts" /etc/hosts &&
        mount --bind "$own/nsswitch.conf" /etc/nsswitch.conf || exit
    [ ! -e /etc/krb5.keytab ] ||
        mount --bind "$1/no-keytab" /etc/krb5.keytab || exit
    shift 3 && exec "$@"' own_files)

# host_add NAME [SEEN...]: a host, with nothing set up on it.  It sees the
# folders of the hosts SEEN besides its own.
host_add()
{
    local name=$1 dir=$bed/hosts/$1 number=${#hosts[@]} port

    [[ $name =~ ^[a-z]{1,15}$ && ! -e $dir && $number -lt 60 ]] ||
        give_up "there can be no further host \"$name\""
    mkdir -p "$dir"/{private,state,share,.smb} \
        "$dir"/system/{etc/samba,var/lib,run/localkdc} "$bed/sanitizer"
    mkdir -m 0700 "$dir/kdc"
    chmod 0700 "$dir/private"
    chmod 0777 "$dir/share"
    : >"$dir/krb5.conf"
    : >"$dir/hosts"
    : >"$bed/no-keytab"
    echo "hosts: files dns" >"$dir/nsswitch.conf"
    cat >"$dir/passwd" <<-PASSWD
	root:x:0:0:root:/:/bin/false
	nobody:x:65534:65534:nobody:/:/bin/false
	PASSWD
    cat >"$dir/group" <<-GROUP
	root:x:0:
	users:x:100:
	nogroup:x:65534:
	GROUP
    ln -s "$dir/passwd" "$dir/system/etc/passwd"
    cat >"$dir/smb.conf" <<-CONF
	[global]
	    lock directory = $dir
	    state directory = $dir
	    cache directory = $dir
	    private dir = $dir
	CONF
    # Where libsmbclient looks for it.
    ln -s ../smb.conf "$dir/.smb/smb.conf"

    own_tmp_make "$dir/tmp"
    spawn "${in_switch[@]}" unshare -n -m -u "${own_files[@]}" "$bed" "$name" \
        "$*" "${own_tmp[@]}" "$dir/tmp" "$tested_in_tmp" sleep infinity
    daemon_ready "$name" /dev/null sleeps "$!"
    host_pid[$name]=$!
    host_address[$name]=10.53.57.$((30 + number))
    host_pw[$name]=$(random_word)
    hosts+=("$name")
    port=$(cable_of "$name")
    "${in_switch[@]}" ip link add name "$port" type veth \
        peer name eth0 netns "$!" &&
        "${in_switch[@]}" ip link set "$port" master switch up &&
        "${into[@]}" "$!" sh -c "ip link set lo up && ip link set eth0 up &&
            ip address add ${host_address[$name]}/24 dev eth0" ||
        give_up "cannot make a virtual cable (ip link add type veth)"
    names_resolve
}

# cable_of NAME: the switch's end of its cable; such a name is short.
cable_of()
{
    echo "to${host_address[$1]##*.}"
}

# names_resolve: each host finds each other by its name, whatever Samba
# remembers; where there is a relay before it, that one.
names_resolve()
{
    local here there address

    for here in "${hosts[@]}"; do
        rm -f "$bed/hosts/$here"/gencache*.tdb
        {
            echo "127.0.0.1 localhost"
            for there in "${hosts[@]}"; do
                address=${host_address[$there]}
                [ "$here" = "$there" ] ||
                    address=${host_relay[$there]-$address}
                echo "$address $there $there.local"
            done
        } >"$bed/hosts/$here/hosts"
    done
}

# names_edit EXPRESSION: what the client has been told of names, changed as by
# sed(1).  The file stays the one that is mounted there.
names_edit()
{
    local names

    names=$(sed -E "$1" "$client_dir/hosts")
    echo "$names" >"$client_dir/hosts"
}

# What is built with AddressSanitizer wants its library before all others.
sanitizer_library()
{
    LD_LIBRARY_PATH=$1 ldd "$SAMBA_PREFIX/sbin/smbd" |
        awk '$1 ~ /^libasan\./ { print $3; exit }'
}

# environment_make: $host_environment, in which everything runs on a host.
environment_make()
{
    local path libraries asan ubsan

    path=$SAMBA_PREFIX/sbin:$SAMBA_PREFIX/bin
    path+=:$KRB5_PREFIX/sbin:$KRB5_PREFIX/bin:$PATH
    libraries=$STAGE/lib:$KRB5_PREFIX/lib:$SAMBA_PREFIX/lib
    sanitizer=$(sanitizer_library "$libraries")
    # What Samba leaves to the end of its processes is no leak, and it links
    # what it generates from IDL into more than one library.
    asan=detect_leaks=0:detect_odr_violation=0:verify_asan_link_order=0
    asan+=:log_path=$bed/sanitizer/asan
    ubsan=halt_on_error=1:print_stacktrace=1:log_path=$bed/sanitizer/ubsan
    host_environment=(env -i
        PATH="$path"
        LD_LIBRARY_PATH="$libraries"
        LC_ALL=C
        ASAN_OPTIONS="$asan:${ASAN_OPTIONS-}"
        UBSAN_OPTIONS="$ubsan:${UBSAN_OPTIONS-}")
}

# on_host NAME: $on_host is what a command runs below to be there: a mount in it
# is its own.  Who enters a mount namespace loses the folder where he is; and a
# shell would not believe $PWD then.
on_host()
{
    # shellcheck disable=SC2016  # for perl
    on_host=("${into[@]}" "${host_pid[$1]}" -m -u unshare -m
        perl -e 'chdir $ENV{PWD}; exec @ARGV or die "$ARGV[0]: $!\n"'
        "${host_environment[@]}")
}

# What the short names are of, for the command that "at" runs.
of_server=(server_host server_dir server_ip server_log in_server server
    server_realm kdc_socket kdc_log kdc root pw kdc_pid smbd_pid)
of_client=(client_host client_dir client_ip capture in_client client)

# server_is NAME: it is the one that the server's short names are of.  Its
# accounts come from nss_wrapper and uid_wrapper: no root needed.
server_is()
{
    local on_host

    server_host=$1
    server_dir=$bed/hosts/$1
    server_ip=${host_address[$1]}
    server_log=$server_dir/smbd.log
    in_server=("${into[@]}" "${host_pid[$1]}")
    on_host "$1"
    server=("${on_host[@]}"
        HOME=/
        LD_PRELOAD="$sanitizer libnss_wrapper.so libuid_wrapper.so"
        NSS_WRAPPER_PASSWD="$server_dir/passwd"
        NSS_WRAPPER_GROUP="$server_dir/group"
        NSS_WRAPPER_HOSTNAME="$1"
        UID_WRAPPER=1 UID_WRAPPER_ROOT=1
        KRB5_CONFIG="$server_dir/krb5.conf"
        KRB5RCACHEDIR="$server_dir/state"
        SMB_CONF_PATH="$server_dir/smb.conf")

    server_realm=${1^^}
    root=$server_dir/system
    kdc_socket=$root/run/localkdc/kdc.sock
    kdc_log=$server_dir/kdc/krb5kdc.log
    kdc=("${server[@]}" LD_PRELOAD= KRB5_CONFIG=/dev/null
        KRB5_KDC_PROFILE="$server_dir/kdc/kdc.conf")
    pw=${host_pw[$1]}
    kdc_pid=${host_kdc_pid[$1]-}
    smbd_pid=${host_smbd_pid[$1]-}
}

# client_is NAME: it is the one that the client's short names are of.
client_is()
{
    local on_host

    client_host=$1
    client_dir=$bed/hosts/$1
    client_ip=${host_address[$1]}
    capture=$client_dir/capture.pcap
    in_client=("${into[@]}" "${host_pid[$1]}")
    on_host "$1"
    client=("${on_host[@]}"
        HOME="$client_dir"
        LD_PRELOAD="$sanitizer"
        KRB5_CONFIG="$client_dir/krb5.conf"
        SMB_CONF_PATH="$client_dir/smb.conf")
}

# at NAME COMMAND...: the server's short names, in this command, are of NAME.
at()
{
    local "${of_server[@]}"

    server_is "$1"
    "${@:2}"
}

# from NAME COMMAND...: so the client's.
from()
{
    local "${of_client[@]}"

    client_is "$1"
    "${@:2}"
}

server()
{
    "${server[@]}" "$@"
}

client()
{
    "${client[@]}" "$@"
}

# unix_socket STATE PATH: the server has a UNIX socket in this state, which is
# 01 for one that listens and 03 for one that is connected.
unix_socket()
{
    "${in_server[@]}" awk -v state="$1" -v path="$2" '
        $6 == state && $8 == path && (state != "01" || $4 == "00010000") {
            found = 1
        }
        END { exit !found }' /proc/self/net/unix
}

# listening_tcp PORT [ADDRESS]: somebody on the server listens on this port, of
# this address or of all if one is given.
listening_tcp()
{
    local at=

    if [ -n "${2-}" ]; then
        # shellcheck disable=SC2046,SC2183  # words
        printf -v at '^(00000000|%02X%02X%02X%02X)' \
            $(tr . '\n' <<<"$2" | tac)
    fi
    at+=:$(printf '%04X' "$1")\$
    "${in_server[@]}" awk -v at="$at" \
        '$2 ~ at && $4 == "0A" { found = 1 } END { exit !found }' \
        /proc/self/net/tcp
}

# host_slow NAME MILLISECONDS: connections to its port 445 take so long, each
# way.  Not every kernel has netem, so a relay beside it holds what passes.
host_slow()
{
    local name=$1 address=${host_address[$1]} relay

    relay=${address%.*}.$((${address##*.} + 100))
    "${into[@]}" "${host_pid[$name]}" ip address add "$relay/24" dev eth0 ||
        give_up "no address for the relay"
    spawn "${into[@]}" "${host_pid[$name]}" "$testsuite/relay" "$2" "$relay" \
        445 "$address"
    host_relay[$name]=$relay
    host_relay_pid[$name]=$!
    at "$name" daemon_ready "the relay" /dev/null listening_tcp 445 "$relay"
    names_resolve
}

host_near()
{
    stop "${host_relay_pid[$1]}"
    "${into[@]}" "${host_pid[$1]}" ip address del "${host_relay[$1]}/24" \
        dev eth0
    unset "host_relay[$1]"
    names_resolve
}

# host_cut NAME: its cable is pulled out of the switch.
host_cut()
{
    "${in_switch[@]}" ip link set "$(cable_of "$1")" down
}

# host_joined NAME: and put in again.
host_joined()
{
    "${in_switch[@]}" ip link set "$(cable_of "$1")" up
    wait_for 10 cable_is_in "$1" || give_up "the cable stays out"
}

cable_is_in()
{
    "${into[@]}" "${host_pid[$1]}" ip link show dev eth0 |
        grep LOWER_UP >/dev/null
}
