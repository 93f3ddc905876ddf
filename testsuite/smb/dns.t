#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A login asks no name server for the realm or its KDC: one that swallows all
# queries delays nothing.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

# Every query is recorded, and none is answered.
queries=$client_dir/queries
spawn "${client[@]}" perl -MIO::Socket::INET -e '
    my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1",
        LocalPort => 53, Proto => "udp") or die "port 53: $@\n";
    open(my $queries, ">", $ARGV[0]) or die "$ARGV[0]: $!\n";
    $queries->autoflush(1);
    while (defined $server->recv(my $query, 1024)) {
        my $name = join(".", unpack("x12 (C/a)*", $query));
        $name =~ s/(\.\.|[^\w.-]).*//s;
        print $queries "$name\n";
    }' "$queries"
daemon_ready "the silent name server" /dev/null test -e "$queries"
echo "nameserver 127.0.0.1" >"$client_dir/resolv.conf"

with_name_server()
{
    # shellcheck disable=SC2016  # for the inner shell
    client sh -c \
        'mount --bind "$1" /etc/resolv.conf && shift && exec env "$@"' \
        sh "$client_dir/resolv.conf" "$@"
}

with_name_server RES_OPTIONS="timeout:1 attempts:1" \
    getent hosts no.such.host.example
like "the name server is asked, and silent" "$(<"$queries")" \
    "^no.such.host.example$"

for login in alice://nas alice@NAS://nas.local "alice://$server_ip"; do
    : >"$queries"
    start=$EPOCHREALTIME
    logs_in "$login" alice with_name_server smbclient \
        --use-kerberos=required -U "${login%%:*}%$pw" "${login#*:}/share" \
        -c pwd
    at_most "$login: at once" 10 "$start"
    is "$login: no query" "$(<"$queries")" ""
done
done_testing
