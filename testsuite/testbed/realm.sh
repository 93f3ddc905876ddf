# SPDX-License-Identifier: GPL-3.0-or-later
# The realm of a testbed's server and its KDC on a UNIX socket, for bash.
# Sourced by testbed.sh, whose head says how it is used.
#
# A realm has the server's name in upper case and is made in one of two ways: by
# localkdc, as people have it (local_realm), or with kadmin.local, where a test
# wants it in its own way (realm_start).

random_word()
{
    od -An -N12 -tx1 /dev/urandom | tr -d ' \n'
}

# ---- By localkdc ---------------------------------------------------------

# account_add NAME: an account of the server.
account_add()
{
    local uid

    uid=$((1000 + $(wc -l <"$server_dir/passwd")))
    echo "$1:x:$uid:100:$1:/:/bin/false" >>"$server_dir/passwd"
}

# lk ARGUMENT...: localkdc on the server, whose files are below $root.
lk()
{
    server "$STAGE/sbin/localkdc" --root "$root" "$@"
}

# local_realm USER...: what localkdc setup makes, with these users, whose
# password is in $pw, and its KDC.
local_realm()
{
    local user

    lk setup >"$kdc_log" 2>&1 || give_up "localkdc setup: $(<"$kdc_log")"
    for user; do
        account_add "$user"
        lk user add "$user" <<<"$pw" >"$kdc_log" 2>&1 ||
            give_up "localkdc user add $user: $(<"$kdc_log")"
    done
    localkdc_start
}

# localkdc_start: the KDC as localkdc configures it; and who is a Kerberos
# client on this host finds it.
localkdc_start()
{
    ln -sf "$root/etc/localkdc/kdc.conf" "$server_dir/kdc/kdc.conf"
    ln -sf "$root/etc/krb5.conf" "$server_dir/krb5.conf"
    kdc_start
}

# ---- With kadmin.local ---------------------------------------------------

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
    local realm=$1 dir=$server_dir/kdc host=$server_host name commands=()

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
    commands=("addprinc -randkey -requires_preauth cifs/$host"
        "addprinc -randkey -requires_preauth host/$host"
        "ktadd -k $server_dir/keytab cifs/$host host/$host")
    for name in "${host^^}" "$host.local" "$server_ip"; do
        commands+=("add_alias cifs/$name cifs/$host"
            "add_alias host/$name host/$host")
    done
    realm_admin "$realm" "${commands[@]}"
}

# realm_user NAME PASSWORD [OPTION...]: an account of the server, in the realm;
# the options are addprinc's.
realm_user()
{
    local name=$1 password=$2
    shift 2

    account_add "$name"
    realm_admin "$server_realm" "addprinc $* -pw $password $name"
}

# The realm with the users alice and bob, whose password is in $pw.  The
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
    realm_make "$server_realm"
    cat >"$server_dir/kdc/krb5.conf" <<-CONF
	[realms]
	    $server_realm = {
	        kdc = $kdc_socket
	    }
	    OTHER = {
	        kdc = $kdc_socket
	    }
	CONF
    realm_user alice "$pw"
    realm_user bob "$pw"
    kdc_start
    kdc_hidden
}

# kdc_start [REALM...]: for the server's realm and these.
kdc_start()
{
    # shellcheck disable=SC2046  # words
    spawn "${kdc[@]}" krb5kdc -n $(printf -- '-r %s ' "$server_realm" "$@") \
        >>"$kdc_log" 2>&1
    kdc_pid=$!
    host_kdc_pid[$server_host]=$!
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

# The server's realm is made anew: all keys but the users' are others, of the
# same numbers.  The KDC's realms besides are given as to kdc_start.
realm_anew()
{
    local name services=("cifs/$server_host" "host/$server_host") commands=()

    for name in "krbtgt/$server_realm" "${services[@]}"; do
        commands+=("cpw -randkey $name" "modprinc -kvno 1 $name")
    done
    rm "$server_dir/keytab"
    realm_admin "$server_realm" "${commands[@]}" \
        "ktadd -norandkey -k $server_dir/keytab ${services[*]}"
    kdc_stop
    kdc_start "$@"
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
	    default_realm = $server_realm
	    request_timeout = 2
	[realms]
	    $server_realm = {
	        kdc = $2
	    }
	CONF
}
