# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed: a server and a client that share nothing but a network, for
# bash.  Sourced; everything that it makes goes when the shell exits.
#
#   server  has a local realm, its KDC on a UNIX socket, and smbd
#   client  has no Kerberos configuration, and does not see the server's files
#
# Each is a network namespace, with a cable between them and no way out, so
# whatever would ask a name server or a KDC elsewhere fails at once.  The
# server's accounts come from nss_wrapper and uid_wrapper: no root needed.
# server_slow puts the server farther away, server_cut pulls the cable out.
# Neither host sees the machine's /tmp or its keytab.
#
# KRB5_PREFIX, SAMBA_PREFIX and STAGE say what is tested; where they are not
# set, the bootstrap scripts are asked.

# So that no command fails unseen; and so nothing pipes into grep -q, which does
# not wait for the end of what it is told, and then that has failed.
set -uo pipefail
umask 022

testsuite=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"

: "${STAGE:=$top/build/stage}"
: "${KRB5_PREFIX:=$("$top/bootstrap/krb5")}"
: "${SAMBA_PREFIX:=$("$top/bootstrap/samba" "$STAGE")}"
[ -x "$KRB5_PREFIX/sbin/krb5kdc" ] && [ -x "$SAMBA_PREFIX/sbin/smbd" ] ||
    give_up "there is no krb5kdc or smbd to test"

server_ip=10.53.57.10
client_ip=10.53.57.30
relay_ip=10.53.57.20

# Made of a short path, because a UNIX socket's path is at most 107 bytes; on
# a real disk, which /tmp may not be.
bed=$(mktemp -d /var/tmp/iakerb.XXXXXX)
server_dir=$bed/server
client_dir=$bed/client
kdc_socket=$server_dir/kdc/socket
server_log=$server_dir/smbd.log
kdc_log=$server_dir/kdc/krb5kdc.log
capture=$client_dir/capture.pcap

# Where the logs of a test that failed are put.
kept_logs=$top/build/log/${LOG_PREFIX-}$(basename "$(dirname "$0")")
kept_logs+=-$(basename "$0" .t)

started=()
sanitizer=
smbd_pid=
kdc_pid=

# ---- Hosts ---------------------------------------------------------------

# Two network namespaces, in the first way that this machine allows: as root,
# or as anybody in a user namespace.
network_start()
{
    local try enter=(nsenter -n)

    for try in "unshare" "unshare -Ur"; do
        # shellcheck disable=SC2086  # words
        if $try -mn mount -t tmpfs none "$client_dir" 2>/dev/null; then
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
    in_server=("${enter[@]}" -t "$!")
    wait_for 10 network_apart "$!" /proc/self
    spawn "${in_server[@]}" unshare -n sleep infinity
    in_client=("${enter[@]}" -t "$!")
    wait_for 10 network_apart "$!" "/proc/${in_server[-1]}"

    "${in_server[@]}" ip link add name eth0 type veth \
        peer name eth0 netns "$!" &&
        network_up "$server_ip" "${in_server[@]}" &&
        network_up "$client_ip" "${in_client[@]}" ||
        give_up "cannot make a virtual cable (ip link add type veth)"
}

# network_apart PID OTHER: PID has a network namespace of its own.
network_apart()
{
    local mine other

    mine=$(readlink "/proc/$1/ns/net") && other=$(readlink "$2/ns/net") &&
        [ "$mine" != "$other" ] &&
        [ "$mine" != "$(readlink /proc/self/ns/net)" ]
}

# network_up ADDRESS ENTER...
network_up()
{
    local address=$1
    shift

    "$@" sh -c "ip link set lo up && ip link set eth0 up &&
        ip address add $address/24 dev eth0"
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

# nas_is ADDRESS: where the client finds the server, whatever Samba remembers.
nas_is()
{
    rm -f "$client_dir"/gencache*.tdb
    cat >"$client_dir/hosts" <<-HOSTS
	127.0.0.1 localhost
	$1 nas nas.local
	$client_ip client client.local
	HOSTS
}

# server_slow MILLISECONDS: away from the client, each way.  Not every kernel
# has netem, so a relay beside the server holds what passes.
server_slow()
{
    "${in_server[@]}" ip address add "$relay_ip/24" dev eth0 ||
        give_up "no address for the relay"
    spawn "${in_server[@]}" "$testsuite/relay" "$1" "$relay_ip" 445 \
        "$server_ip"
    relay_pid=$!
    daemon_ready "the relay" /dev/null listening_tcp 445 "$relay_ip"
    nas_is "$relay_ip"
}

server_near()
{
    stop "$relay_pid"
    "${in_server[@]}" ip address del "$relay_ip/24" dev eth0
    nas_is "$server_ip"
}

# The cable is pulled out, and put in again.
server_cut()
{
    "${in_server[@]}" ip link set eth0 down
}

cable_is_in()
{
    "${in_client[@]}" ip link show dev eth0 | grep LOWER_UP >/dev/null
}

server_joined()
{
    "${in_server[@]}" ip link set eth0 up
    wait_for 10 cable_is_in || give_up "the cable stays out"
}

# What is built with AddressSanitizer wants its library before all others.
sanitizer_library()
{
    LD_LIBRARY_PATH=$1 ldd "$SAMBA_PREFIX/sbin/smbd" |
        awk '$1 ~ /^libasan\./ { print $3; exit }'
}

hosts_setup()
{
    local common path libraries asan ubsan no_keytab

    mkdir -p "$server_dir"/{kdc,private,state,share} "$client_dir" \
        "$bed/sanitizer"
    chmod 0700 "$server_dir"/{kdc,private}
    chmod 0777 "$server_dir/share"
    network_start

    path=$SAMBA_PREFIX/sbin:$SAMBA_PREFIX/bin
    path+=:$KRB5_PREFIX/sbin:$KRB5_PREFIX/bin:$PATH
    libraries=$STAGE/lib:$KRB5_PREFIX/lib:$SAMBA_PREFIX/lib
    sanitizer=$(sanitizer_library "$libraries")
    # What Samba leaves to the end of its processes is no leak, and it links
    # what it generates from IDL into more than one library.
    asan=detect_leaks=0:detect_odr_violation=0:verify_asan_link_order=0
    asan+=:log_path=$bed/sanitizer/asan
    ubsan=halt_on_error=1:print_stacktrace=1:log_path=$bed/sanitizer/ubsan
    common=(env -i
        PATH="$path"
        LD_LIBRARY_PATH="$libraries"
        LC_ALL=C
        ASAN_OPTIONS="$asan:${ASAN_OPTIONS-}"
        UBSAN_OPTIONS="$ubsan:${UBSAN_OPTIONS-}")

    # smbd learns of the KDC from smb.conf; its krb5 configuration is empty,
    # as on a machine that never heard of Kerberos.
    : >"$server_dir/krb5.conf"
    cat >"$server_dir/passwd" <<-PASSWD
	root:x:0:0:root:/:/bin/false
	nobody:x:65534:65534:nobody:/:/bin/false
	PASSWD
    cat >"$server_dir/group" <<-GROUP
	root:x:0:
	users:x:100:
	nogroup:x:65534:
	GROUP
    # No command finds the machine's keytab by default.
    : >"$bed/no-keytab"
    # shellcheck disable=SC2016  # for the inner shell
    no_keytab=(sh -c '
        [ ! -e /etc/krb5.keytab ] || mount --bind "$1" /etc/krb5.keytab &&
            shift && exec "$@"' no_keytab "$bed/no-keytab")
    own_tmp_make "$server_dir/tmp"
    own_tmp_make "$client_dir/tmp"
    server=("${in_server[@]}" unshare -m
        "${own_tmp[@]}" "$server_dir/tmp" "$tested_in_tmp" "${no_keytab[@]}"
        "${common[@]}"
        HOME=/
        LD_PRELOAD="$sanitizer libnss_wrapper.so libuid_wrapper.so"
        NSS_WRAPPER_PASSWD="$server_dir/passwd"
        NSS_WRAPPER_GROUP="$server_dir/group"
        NSS_WRAPPER_HOSTNAME=nas
        UID_WRAPPER=1 UID_WRAPPER_ROOT=1
        KRB5_CONFIG="$server_dir/krb5.conf"
        KRB5RCACHEDIR="$server_dir/state"
        SMB_CONF_PATH="$server_dir/smb.conf")
    kdc=("${server[@]}" LD_PRELOAD=
        KRB5_KDC_PROFILE="$server_dir/kdc/kdc.conf")

    : >"$client_dir/krb5.conf"
    nas_is "$server_ip"
    echo "hosts: files dns" >"$client_dir/nsswitch.conf"
    cat >"$client_dir/smb.conf" <<-CONF
	[global]
	    lock directory = $client_dir
	    state directory = $client_dir
	    cache directory = $client_dir
	    private dir = $client_dir
	CONF
    # Where libsmbclient looks for it.
    mkdir "$client_dir/.smb"
    ln -s ../smb.conf "$client_dir/.smb/smb.conf"
    # shellcheck disable=SC2016  # for the inner shell
    client=("${in_client[@]}" unshare -m
        sh -c 'mount --bind "$1/hosts" /etc/hosts &&
            mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf &&
            mount -t tmpfs none "$2" && shift 2 && exec "$@"' \
        client "$client_dir" "$server_dir"
        "${own_tmp[@]}" "$client_dir/tmp" "$tested_in_tmp" "${no_keytab[@]}"
        "${common[@]}"
        HOME="$client_dir"
        LD_PRELOAD="$sanitizer"
        KRB5_CONFIG="$client_dir/krb5.conf"
        SMB_CONF_PATH="$client_dir/smb.conf")
}

server()
{
    "${server[@]}" "$@"
}

client()
{
    "${client[@]}" "$@"
}

# spawn COMMAND...: start a daemon in a process group of its own; $! is both.
spawn()
{
    setsid "$@" <&0 &
    started+=("$!")
}

# stop PID: end a daemon and its children, and wait until they have ended.
# What init has yet to collect is no process any more.
stop()
{
    local deadline=$((SECONDS + 5))

    kill -TERM -- "-$1" 2>/dev/null
    while pgrep -g "$1" -r D,R,S,T >/dev/null; do
        [ "$SECONDS" -le "$deadline" ] || kill -KILL -- "-$1" 2>/dev/null
        sleep 0.02
    done
    wait "$1" 2>/dev/null
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds.
wait_for()
{
    local deadline=$((SECONDS + $1))
    shift

    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.02
    done
}

# daemon_ready NAME LOG CHECK...: wait until CHECK holds for the daemon that
# was spawned last.
daemon_ready()
{
    local name=$1 log=$2 pid=$! deadline=$((SECONDS + 20))
    shift 2

    until "$@"; do
        kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ] ||
            give_up "$name did not start; its log says:" \
                "$(tail -n 20 "$log" | sed '1s/^/\n/')"
        sleep 0.02
    done
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
        # shellcheck disable=SC2046  # words
        printf -v at '^(00000000|%02X%02X%02X%02X)' \
            $(tr . '\n' <<<"$2" | tac)
    fi
    at+=:$(printf '%04X' "$1")\$
    "${in_server[@]}" awk -v at="$at" \
        '$2 ~ at && $4 == "0A" { found = 1 } END { exit !found }' \
        /proc/self/net/tcp
}

# smbd overwrites its environment with its title, so its reports of undefined
# behaviour are in its own log.  Three of them are Samba's, and nothing to do
# with how it was patched.
sanitizer_reports()
{
    find "$bed/sanitizer" -type f -exec head -n 40 {} +
    grep -hs "runtime error: " "$server_log" |
        grep -vE "(locking/posix|notifyd/notifyd|smb/smb2_signing)\.c:"
}

testbed_stop()
{
    local status=$? pid found

    # Nothing keeps this from its end.
    trap '' INT TERM HUP
    trap - EXIT
    [ -z "$smbd_pid" ] || smbd_stop
    for pid in "${started[@]}"; do
        stop "$pid"
    done
    found=$(sanitizer_reports)
    if [ -n "$found" ]; then
        diag "the sanitizers found:"
        diag "$found"
        status=1
    fi
    if [ -e "$bed/broken-record" ]; then
        diag "a record of the network is empty or broken"
        status=1
    fi
    rm -rf "$kept_logs"
    if [ "$status" -ne 0 ]; then
        mkdir -p "$kept_logs"
        cp -r "$bed/sanitizer" "$server_log" "$kdc_log" "$server_dir"/*.conf \
            "$client_dir"/*.conf "$client_dir"/*.log "$capture" \
            "$kept_logs" 2>/dev/null
        diag "logs are in $kept_logs"
    fi
    rm -rf "$bed"
    exit "$status"
}

# ---- The realm -----------------------------------------------------------

# realm_admin REALM QUERY...: with kadmin.local.
realm_admin()
{
    local realm=$1 query
    shift

    for query; do
        "${kdc[@]}" kadmin.local -r "$realm" -q "$query" \
            >>"$server_dir/kdc/kadmin.log" 2>&1 ||
            give_up "kadmin.local failed: $query:" \
                "$(tail -n 1 "$server_dir/kdc/kadmin.log")"
    done
}

# realm_make REALM: a database with a principal for the service, under every
# name that a client may call the server by.
realm_make()
{
    local realm=$1 dir=$server_dir/kdc name queries=()

    mkdir -p "$dir/$realm"
    cat >>"$dir/kdc.conf" <<-CONF
	[realms]
	    $realm = {
	        database_name = $dir/$realm/principal
	        key_stash_file = $dir/$realm/stash
	        master_key_type = aes256-cts-hmac-sha1-96
	        supported_enctypes = aes256-cts:normal aes128-cts:normal
	        default_principal_flags = +preauth
	    }
	CONF
    "${kdc[@]}" kdb5_util -r "$realm" create -s -P "$(random_word)" \
        >>"$dir/kadmin.log" 2>&1 || give_up "no database for $realm"
    queries=("addprinc -randkey -requires_preauth cifs/nas"
        "addprinc -randkey -requires_preauth host/nas"
        "ktadd -k $server_dir/keytab cifs/nas host/nas")
    for name in NAS nas.local "$server_ip"; do
        queries+=("add_alias cifs/$name cifs/nas"
            "add_alias host/$name host/nas")
    done
    realm_admin "$realm" "${queries[@]}"
}

# user_add NAME PASSWORD [OPTION...]: an account of the server, in the realm;
# the options are addprinc's.
user_add()
{
    local name=$1 password=$2 uid
    shift 2

    uid=$((1000 + $(wc -l <"$server_dir/passwd")))
    echo "$name:x:$uid:100:$name:/:/bin/false" >>"$server_dir/passwd"
    realm_admin NAS "addprinc $* -pw $password $name"
}

# The realm NAS with the users alice and bob, whose password is in $pw.  The
# backlog is longer than the default, because who connects to a UNIX socket
# whose backlog is full fails at once.
realm_start()
{
    cat >"$server_dir/kdc/kdc.conf" <<-CONF
	[libdefaults]
	    spake_preauth_groups = edwards25519
	[kdcdefaults]
	    kdc_listen = $kdc_socket
	    kdc_tcp_listen = ""
	    kdc_tcp_listen_backlog = 1024
	    spake_preauth_kdc_challenge = edwards25519
	[logging]
	    kdc = FILE:$kdc_log
	    default = FILE:$server_dir/kdc/kadmin.log
	CONF
    realm_make NAS
    cat >"$server_dir/kdc/krb5.conf" <<-CONF
	[realms]
	    NAS = {
	        kdc = $kdc_socket
	    }
	    OTHER = {
	        kdc = $kdc_socket
	    }
	CONF
    pw=$(random_word)
    user_add alice "$pw"
    user_add bob "$pw"
    kdc_start
    kdc_hidden
}

# kdc_start [REALM...]: for NAS and these.
kdc_start()
{
    # shellcheck disable=SC2046  # words
    spawn "${kdc[@]}" krb5kdc -n $(printf -- '-r %s ' NAS "$@") \
        >>"$kdc_log" 2>&1
    kdc_pid=$!
    daemon_ready krb5kdc "$kdc_log" unix_socket 01 "$kdc_socket"
}

kdc_stop()
{
    stop "$kdc_pid"
}

# A realm besides, OTHER, of the same KDC, with an alice who is somebody else.
other_realm_start()
{
    realm_make OTHER
    realm_admin OTHER "addprinc -pw $pw alice"
    kdc_stop
    kdc_start OTHER
}

# In place of the KDC, one that accepts and never answers.
kdc_start_silent()
{
    rm -f "$kdc_socket"
    spawn "${in_server[@]}" perl -MIO::Socket::UNIX -e '
        my ($path, @held) = @ARGV;
        my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 128)
            or die "$path: $!\n";
        push @held, scalar $listener->accept while 1;' "$kdc_socket"
    kdc_pid=$!
    daemon_ready "the silent KDC" /dev/null unix_socket 01 "$kdc_socket"
}

# A test of IAKERB proves nothing if the client can ask the KDC itself: it has
# no network port, and to the client its socket does not exist.
kdc_hidden()
{
    local status=0

    "${in_server[@]}" sh -c \
        'awk "FNR > 1 { exit 1 }" /proc/self/net/tcp* /proc/self/net/udp*' ||
        give_up "the KDC listens on the network"
    # shellcheck disable=SC2016  # for perl
    client perl -MIO::Socket::UNIX -MErrno=ENOENT -e '
        my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]);
        exit(!$socket && $! == ENOENT ? 42 : 1);' "$kdc_socket" || status=$?
    [ "$status" -eq 42 ] ||
        give_up "the client sees the KDC's socket, or cannot be asked"
}

# kdc_config NAME SOCKET: a krb5 configuration whose KDC is that socket.
kdc_config()
{
    cat >"$server_dir/$1.conf" <<-CONF
	[libdefaults]
	    default_realm = NAS
	    request_timeout = 2
	[realms]
	    NAS = {
	        kdc = $2
	    }
	CONF
}

random_word()
{
    od -An -N12 -tx1 /dev/urandom | tr -d ' \n'
}

# ---- smbd ----------------------------------------------------------------

# smbd_start [LINE...]: with these lines in smb.conf's [global] too.
smbd_start()
{
    {
        cat <<-CONF
	[global]
	    netbios name = NAS
	    interfaces = $server_ip/24
	    bind interfaces only = yes
	    disable netbios = yes
	    private dir = $server_dir/private
	    lock directory = $server_dir/state
	    state directory = $server_dir/state
	    cache directory = $server_dir/state
	    pid directory = $server_dir/state
	    ncalrpc dir = $server_dir/ncalrpc
	    log file = $server_log
	    max log size = 0
	    log level = 1 auth_audit:4
	    load printers = no
	    disable spoolss = yes
	    kerberos method = dedicated keytab
	    dedicated keytab file = $server_dir/keytab
	    iakerb kdc socket = $kdc_socket
	    ntlm auth = disabled
	CONF
        printf '    %s\n' "$@"
        cat <<-CONF
	[share]
	    path = $server_dir/share
	    read only = no
	CONF
    } >"$server_dir/smb.conf"

    spawn "${server[@]}" smbd --foreground --no-process-group \
        >>"$server_log" 2>&1
    smbd_pid=$!
    daemon_ready smbd "$server_log" listening_tcp 445 "$server_ip"
}

# With the server of RPC services, which smbd starts as a daemon of its own.
smbd_stop()
{
    local pid

    stop "$smbd_pid"
    # Not our child, so there is no waiting for it.
    pid=$(cat "$server_dir/state/samba-dcerpcd.pid" 2>/dev/null) &&
        kill -- "-$pid" 2>/dev/null
    smbd_pid=
}

# ---- Logins --------------------------------------------------------------

# smb ARGUMENT...: smbclient on the client, with Kerberos or not at all.
smb()
{
    client smbclient --use-kerberos=required "$@"
}

# ticket CACHE PRINCIPAL PASSWORD [SERVICE]: a credential cache on the client,
# with a TGT, and a ticket for the service where one is named.  The client
# cannot ask a KDC, so the server does.
ticket()
{
    local cache=$client_dir/$1 principal=$2 password=$3 service=${4-}
    local asker=("${server[@]}" LD_PRELOAD=
        KRB5_CONFIG="$server_dir/kdc/krb5.conf" KRB5CCNAME="FILE:$cache")

    rm -f "$cache"
    "${asker[@]}" kinit "$principal" <<<"$password" >/dev/null &&
        { [ -z "$service" ] || "${asker[@]}" kvno -q "$service"; } ||
        give_up "no ticket for $principal"
}

# passdb USER: an account in Samba's own database too, with the same password,
# so that NTLM could know it.
passdb()
{
    printf '%s\n%s\n' "$pw" "$pw" | server pdbedit -a -u "$1" -t >/dev/null
}

# with_cache CACHE [SERVER]: log in with the tickets in this cache.
with_cache()
{
    smb --use-krb5-ccache="FILE:$client_dir/$1" "//${2-nas}/share" -c pwd
}

# tickets_issued: how many the KDC has issued for the server so far.
tickets_issued()
{
    grep -c 'TGS_REQ.*ISSUE.* for cifs/' "$kdc_log"
}

# server_log_since SIZE: what smbd has logged after the log had that size.
server_log_since()
{
    tail -c +$(($1 + 1)) "$server_log"
}

server_logged()
{
    server_log_since "$1" | grep -E -- "$2" >/dev/null
}

# recorded WHAT REGEX COMMAND...: COMMAND succeeds, and what the server has
# logged of it matches.
recorded()
{
    local what=$1 regex=$2 size
    shift 2

    size=$(stat -c %s "$server_log")
    ok "$what" "$@"
    like "$what: the server's record" "$(server_log_since "$size")" "$regex"
}

# logs_in WHAT USER COMMAND...: COMMAND succeeds, and by the server's own
# record that was a login of USER through IAKERB.
logs_in()
{
    recorded "$1" \
        "Successful AuthZ: \[SMB2,IAKERB\] user \[[A-Z]*\]\\\\\[$2\]" "${@:3}"
}

# refused WHAT STATUS CLIENT SERVER COMMAND...: COMMAND fails with the NTSTATUS
# of this name, and these regular expressions match what the client says and
# what the server logs.  "-" stands for a server that logs nothing of it.
refused()
{
    local what=$1 status=$2 client_says=$3 server_says=$4 size failed=0
    shift 4

    size=$(stat -c %s "$server_log")
    output=$("$@" 2>&1) || failed=1
    is "$what: fails" "$failed" 1
    like "$what: $status" "$output" "session setup failed: $status\$"
    like "$what: the client says why" "$output" "$client_says"
    if [ "$server_says" != - ]; then
        wait_for 5 server_logged "$size" "$server_says"
        like "$what: the server's log says why" \
            "$(server_log_since "$size")" "$server_says"
    fi
    unlike "$what: nobody is logged in" "$(server_log_since "$size")" \
        "Successful AuthZ"
}

# record_start: record what passes the client's network, until record_stop
# shows it as testsuite/wire does.
record_start()
{
    spawn "${client[@]}" "$testsuite/capture" "$capture"
    recorder=$!
    if ! wait_for 30 test -s "$capture"; then
        stop "$recorder"
        : >"$bed/broken-record"
        give_up "nothing can be recorded"
    fi
}

# What is not on a record that is empty or cut off says nothing; so the test
# fails, even if it is a subshell that finds out.
record_stop()
{
    stop "$recorder"
    "$testsuite/wire" "$capture" | grep . || : >"$bed/broken-record"
    rm "$capture"
}

# record COMMAND...: show what passes the client's network during COMMAND.
record()
{
    record_start
    "$@" >/dev/null 2>&1
    record_stop
}

# hold ARGUMENT...: a session of smbclient that stays and takes its commands
# from the file descriptor $held.
hold()
{
    mkfifo "$client_dir/held"
    exec {held}<>"$client_dir/held"
    spawn "${client[@]}" smbclient --use-kerberos=required "$@" \
        <"$client_dir/held" >"$client_dir/held.log" 2>&1
}

# ---- The start -----------------------------------------------------------

trap testbed_stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
hosts_setup
