#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Descriptions that are not the kernel's are refused before anything is done.

. "$(dirname "$0")/lib.sh"

# bad WHAT REGEX DESCRIPTION
bad()
{
    negates "$1" EINVAL "$2" "$3"
}

# fields TEXT: a key of these fields.
fields()
{
    printf 'cifs.spnego;0;0;39010000;%s' "$1"
}

# connections: how many there have been to the server.
connections()
{
    wc -l <"$bed/connections"
}
: >"$bed/connections"
spawn "${server[@]}" perl -MIO::Socket::INET -e '
    my $listener = IO::Socket::INET->new(LocalPort => 445, Listen => 128,
        ReuseAddr => 1) or die "port 445: $!\n";
    $| = 1;
    print "one\n" while $listener->accept;' >"$bed/connections"
daemon_ready "the listener" /dev/null listening_tcp 445

wrong_place='the key.s description has the field .* twice or in the wrong place'
start="ver=0x2;host=nas;ip4=$server_ip;sec=krb5"

bad "nothing" "this is not a key's description$" ""
bad "half of it" "this is not a key's description$" "cifs.spnego;0;0"
bad "another type" "keys of the type \"user\" are not made here$" \
    "user;0;0;39010000;name"
bad "no fields" "the key's description holds something that is no field$" \
    "$(fields "")"
for version in 0x1 0x3 0x02x 2 "" 0x; do
    bad "version '$version'" "the key's description has a bad field ver$" \
        "$(spnego "ver=$version")"
done
for host in "" -nas .nas "na s" "n/s" "n@s" $'n\ns' $'n\e[1ms' \
        "$(printf 'n%.0s' {1..256})"; do
    bad "host $(printf %q "${host:0:20}")" \
        "the key's description has a bad field host$" "$(spnego "host=$host")"
done
for address in "" 1.2.3 1.2.3.4.5 nas ::1 "$(printf '1%.0s' {1..64})"; do
    bad "address '${address:0:20}'" \
        "the key's description has a bad field ip4$" \
        "$(spnego "ip4=$address")"
done
bad "mechanism" "the key's description has a bad field sec$" \
    "$(spnego sec=ntlmssp)"
for uid in "" 0 0x 0x-1 0xffffffff 0x100000000 0xg; do
    bad "uid '$uid'" "the key's description has a bad field uid$" \
        "$(spnego "uid=$uid")"
    bad "creduid '$uid'" "the key's description has a bad field creduid$" \
        "$(spnego "creduid=$uid")"
done
bad "user" "the key's description has a bad field user$" \
    "$(spnego "user=$(printf 'n%.0s' {1..256})")"
for pid in "" 0x0 0x400001 0x80000000 0x100000001 12; do
    bad "pid '$pid'" "the key's description has a bad field pid$" \
        "$(spnego "pid=$pid")"
done
bad "upcall_target" "the key's description has a bad field upcall_target$" \
    "$(spnego upcall_target=all)"

for field in ver=0x2 host=nas "ip4=$server_ip" sec=krb5 uid=0x0 creduid=0x0; do
    bad "twice: ${field%%=*}" "$wrong_place$" "$(spnego);$field"
done
bad "both addresses" "$wrong_place$" \
    "$(fields "ver=0x2;host=nas;ip4=$server_ip;ip6=::1;sec=krb5;uid=0x0")"
bad "a user's name with a field in it" "$wrong_place$" \
    "$(spnego "user=x;pid=0x1" pid=0x2)"
for missing in "host=nas;ip4=$server_ip;sec=krb5;uid=0x0" \
        "ver=0x2;ip4=$server_ip;sec=krb5;uid=0x0" \
        "ver=0x2;host=nas;sec=krb5;uid=0x0" \
        "ver=0x2;host=nas;ip4=$server_ip;uid=0x0" \
        "host=nas;ver=0x2;ip4=$server_ip;sec=krb5;uid=0x0"; do
    bad "missing: $missing" \
        "the key's description lacks a field, or has it in the wrong place$" \
        "$(fields "$missing")"
done
bad "cut off" "the key's description ends too early$" "$(fields "$start")"
bad "an empty field" \
    "the key's description holds something that is no field$" "$(spnego);"
bad "endless fields" "this is not a key's description$" \
    "$(spnego)$(printf ';x=%.0s' {1..2000})"
bad "a name server's answer for a bad host" "the key asks for a bad host name" \
    "dns_resolver;0;0;39010000;na/s"

negates "a key that is not the kernel's" EPERM \
    "uid 1001 asks for a key that is the kernel's to ask for$" \
    "$(spnego | sed 's/;0;0;/;1001;100;/')"

# What an old kernel leaves out, and a new one may add.
for description in "$(fields "$start;uid=0x0")" "$(spnego new=1 newer=2)"; do
    negates "${description#*;39010000;}" ENOKEY "uid 0 has no tickets" \
        "$description"
done

is "nobody has connected to the server" "$(connections)" 0
client "$BASH" -c "exec 3<>/dev/tcp/$server_ip/445"
ok "who connects is counted" wait_for 10 test -s "$bed/connections"
done_testing
