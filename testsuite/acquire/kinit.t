#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# iakerb-kinit against smbd, and what programs that know nothing of IAKERB do
# with the tickets.

. "$(dirname "$0")/lib.sh"

. "$testsuite/smb/file_manager.sh"

realm_start
realm_admin NAS "modprinc -maxrenewlife 7d krbtgt/NAS" \
    "modprinc -maxrenewlife 7d alice" "cpw -pw $pw bob" \
    "ktadd -k $client_dir/alice.keytab -norandkey alice"
realm_user eve "$pw" -pwexpire yesterday
realm_user locked "$pw" -allow_tix
"${in_server[@]}" ip address add fd53::10/64 dev eth0 nodad
"${in_client[@]}" ip address add fd53::30/64 dev eth0 nodad
smbd_start "bind interfaces only = no"

# typed WORD ARGUMENT...: iakerb-kinit with a terminal, where WORD is typed.
typed()
{
    local word=$1
    shift

    (sleep 1; echo "$word") | client PATH="$STAGE/bin:/usr/bin:/bin" \
        KRB5CCNAME="$cache" script -qefc "iakerb-kinit $*" /dev/null
}

# ---- The man page --------------------------------------------------------

page=$STAGE/share/man/man1/iakerb-kinit.1
# The options in the usage line, one on a line and without the first dash:
# "-CE" is two.
options()
{
    kinit --help | grep -oE -- '( ?\[-| -)-?[A-Za-z-]+' |
        sed -E 's/^ ?\[?-//' |
        sed '/^-/!s/./&\n/g' | sed '/^$/d'
}

is "every option is in the man page" "$(options | sort)" \
    "$(grep '^\.It Fl' "$page" | grep -oE 'Fl [A-Za-z-]+' | cut -c4- | sort)"
is "mandoc has nothing to say" "$(mandoc -Tlint "$page" 2>/dev/null |
    grep -v 'referenced manual not found')" ""

# ---- A password ----------------------------------------------------------

size=$(stat -c %s "$server_log")
ok "a password" with_password "$pw" alice nas
like "it is prompted for, with the realm" "$output" "^Password for alice@NAS:"
is "TGT and service ticket" "$(principals)" \
    "alice@NAS krbtgt/NAS@NAS cifs/nas@ cifs/nas@NAS"
unlike "nobody was logged on for it" "$(server_log_since "$size")" AuthZ
logs_in_stock "smbclient of the distribution" alice nas


# Samba that is not patched, as docs/preauthentication.md has it.
asked()
{
    stock //nas/share -c pwd <<<"$1"
}
ok "it asks, and takes Enter" asked ""
like "it asks, and takes Enter: the question" "$output" "^Password for "
asks_and_fails()
{
    asked "$pw"
}
refused "it asks, and the right password fails" 1 "session setup failed:" \
    asks_and_fails
manager()
{
    client LD_LIBRARY_PATH= KRB5CCNAME="$cache" "$file_manager" \
        smb://nas/share alice WORKGROUP "" </dev/null
}
like "libsmbclient of the distribution knows no realm" "$(manager 2>&1)" \
    "^without a password: ENOMEM$"
# manages WHAT: it logs in now, without another question.
manages()
{
    ok "$1" manager
    unlike "$1: no more is asked" "$output" "without a password:"
}
for line in "default_realm = ANY" "[domain_realm]"$'\n'"nas = NAS"; do
    printf '[libdefaults]\n%s\n' "$line" >"$client_dir/krb5.conf"
    manages "libsmbclient of the distribution, with krb5.conf: ${line%%$'\n'*}"
done
: >"$client_dir/krb5.conf"
cp "$client_dir/smb.conf" "$client_dir/smb.conf.before"
sed -i '/global/a realm = NAS' "$client_dir/smb.conf"
manages "libsmbclient of the distribution, with smb.conf: realm"
mv "$client_dir/smb.conf.before" "$client_dir/smb.conf"

# MIT's sample programs call gss_init_sec_context() for krb5 and no more.
spawn "${in_server[@]}" env KRB5_KTNAME="$server_dir/keytab" \
    KRB5_CONFIG="$server_dir/krb5.conf" KRB5RCACHEDIR="$server_dir/state" \
    /usr/bin/gss-server -port 4444 -logfile "$server_dir/gss-server.log" host \
    >/dev/null 2>&1
daemon_ready gss-server /dev/null listening_tcp 4444
ok "a ticket for another service" with_password "$pw" -S cifs/nas -S host/nas \
    alice nas
kdc_stop
logs_in_stock "smbclient, without any KDC" alice nas
ok "gss_init_sec_context() of the distribution's krb5, without any KDC" \
    client LD_LIBRARY_PATH= KRB5CCNAME="$cache" /usr/bin/gss-client \
    -port 4444 -mech '{ 1 2 840 113554 1 2 2 }' nas host@nas "from alice"
wait_for 5 grep -q . "$server_dir/gss-server.log"
like "gss_init_sec_context(): the server's record" \
    "$(<"$server_dir/gss-server.log")" "\"from alice\""
kdc_start

ok "the terminal" typed "$pw" alice nas
like "the terminal: the prompt" "$output" "Password for alice@NAS:"
unlike "the terminal: what is typed is not shown" "$output" "$pw"
# at_prompt SIGNAL: what becomes of the terminal, and of the program.
at_prompt()
{
    client PATH="$STAGE/bin:/usr/bin:/bin" KRB5CCNAME="$cache" \
        "$testsuite/acquire/at_prompt" "$1" "$pw" iakerb-kinit alice nas
}
is "the terminal: Ctrl-C" "$(at_prompt SIGINT)" "no echo, echo, exit 1"
is "the terminal: Ctrl-\\" "$(ulimit -c 0; at_prompt SIGQUIT)" \
    "no echo, echo, signal 3"
is "the terminal: SIGTERM" "$(at_prompt SIGTERM)" "no echo, echo, signal 15"
is "the terminal: SIGHUP" "$(at_prompt SIGHUP)" "no echo, echo, signal 1"
is "the terminal: Ctrl-Z, and on" "$(at_prompt SIGTSTP)" \
    "no echo, echo, no echo, echo, exit 0"

ok "the realm is named, the server by another name" \
    with_password "$pw" alice@NAS nas.local
logs_in_stock "by that name" alice nas.local
ok "the server by address" with_password "$pw" alice "$server_ip"
is "the server by address: tickets" "$(principals)" \
    "alice@NAS krbtgt/NAS@NAS cifs/$server_ip@ cifs/$server_ip@NAS"
ok "the server by IPv6 address" \
    with_password "$pw" -S cifs/nas alice fd53::10
ok "several services" with_password "$pw" -S cifs/nas@NAS -S host/nas@NAS \
    alice nas
is "several services: tickets" "$(principals)" \
    "alice@NAS krbtgt/NAS@NAS cifs/nas@NAS host/nas@NAS"

# More tickets than one conversation has legs.
services=() aliases=()
for i in {1..20}; do
    services+=(-S "cifs/alias$i")
    aliases+=("add_alias cifs/alias$i cifs/nas")
done
realm_admin NAS "${aliases[@]}"
ok "more services than a conversation carries" \
    with_password "$pw" -V "${services[@]}" alice nas
like "more services than a conversation carries: messages" "$output" \
    "Exchanged 22 messages"
like "more services than a conversation carries: tickets" "$(principals)" \
    "cifs/alias1@NAS.* cifs/alias20@NAS"

ok "verbose" with_password "$pw" -V alice nas
like "verbose: messages" "$output" \
    "Exchanged 3 messages with nas: [0-9]+ bytes sent, [0-9]+ received"
like "verbose: the cache" "$output" "Stored tickets in cache: $cache"

# The realm of a server is guessed from its name, and is asked for otherwise.
names_edit "1i $server_ip files"
realm_admin NAS "add_alias cifs/files cifs/nas"
for host in files "$server_ip"; do
    ok "a server called $host" with_password "$pw" -V alice "$host"
    like "a server called $host: one message more" "$output" \
        "Exchanged 4 messages"
    like "a server called $host: alice@NAS" "$(principals)" "krbtgt/NAS@NAS"
done

# ---- Other sources -------------------------------------------------------

ok "a keytab" kinit -k -t "$client_dir/alice.keytab" alice nas
ok "a keytab knows the user" kinit -t "$client_dir/alice.keytab" nas
logs_in_stock "with the keytab's tickets" alice nas
client KRB5CCNAME="$cache" kdestroy
ok "the default client keytab" client PATH="$STAGE/bin:/usr/bin:/bin" \
    KRB5CCNAME="$cache" KRB5_CLIENT_KTNAME="$client_dir/alice.keytab" \
    iakerb-kinit -i nas
logs_in_stock "with that keytab's tickets" alice nas
client KRB5CCNAME="$cache" kdestroy
ok "the default keytab" client PATH="$STAGE/bin:/usr/bin:/bin" \
    KRB5CCNAME="$cache" KRB5_KTNAME="$client_dir/alice.keytab" \
    iakerb-kinit -k nas
like "the default keytab: tickets" "$(principals)" "^alice@NAS .*cifs/nas@NAS"

lifetime()
{
    client KRB5CCNAME="$cache" klist -f | grep -A1 krbtgt
}
flags()
{
    lifetime | sed -n 's/.*Flags: //p'
}
ok "kinit's -f and -p" with_password "$pw" -f -p alice nas
like "-f and -p: forwardable, proxiable" "$(flags)" "F.*P"
ok "-F and -P" with_password "$pw" -F -P -A alice nas
unlike "-F and -P: neither" "$(flags)" "[FP]"
ok "-s" with_password "$pw" -s 2s alice nas
like "-s: the ticket is postdated and invalid" "$(flags)" "d.*i"
is "-s: there is no ticket that it could get" "$(principals)" \
    "alice@NAS krbtgt/NAS@NAS"
refused "-v: too early" 1 \
    "^iakerb-kinit: the time from which the ticket of alice@NAS is good" kinit -v nas
sleep 3
ok "-v" kinit -v nas
unlike "-v: the ticket is valid" "$(flags)" "i"
is "-v: a ticket for the service" "$(principals)" \
    "alice@NAS krbtgt/NAS@NAS cifs/nas@ cifs/nas@NAS"
refused "-v: a ticket that is valid" 1 \
    "^iakerb-kinit: the ticket of alice@NAS cannot be validated" kinit -v nas
trace=$client_dir/trace
ok "-I" with_password "$pw" -I "$cache" alice nas
like "-I: it is read what the cache says" "$(<"$trace")" "pa_type"
trace=
# received ARGUMENT...: the bytes of all answers.
received()
{
    with_password "$pw" -V "$@" alice nas 2>&1 |
        sed -nE 's/.* ([0-9]+) received.*/\1/p'
}
pac=$(received --request-pac)
no_pac=$(received --no-request-pac)
ok "a TGT without a PAC is smaller than one with it: $no_pac, $pac" \
    test "$no_pac" -lt "$((pac - 50))"

ok "lifetimes" with_password "$pw" -l 10m -r 2d alice nas
like "lifetimes: it is renewable" "$(lifetime)" "renew until .* Flags: .*R"
before=$(lifetime)
sleep 1
ok "renewal" kinit -R nas
unlike "renewal: the times have changed" "$(lifetime)" \
    "^$(head -n 1 <<<"$before")"
is "renewal: a ticket for the service too" "$(principals)" \
    "alice@NAS krbtgt/NAS@NAS cifs/nas@ cifs/nas@NAS"
logs_in_stock "renewal" alice nas
ok "no renewable life" with_password "$pw" alice nas
refused "no renewable life: renewal" 1 \
    "^iakerb-kinit: the ticket of alice@NAS cannot be renewed" kinit -R nas

# ---- Caches --------------------------------------------------------------

ok "-c" with_password "$pw" -c "FILE:$client_dir/other" alice nas
like "-c: klist" "$(principals "FILE:$client_dir/other")" "^alice@NAS"

mkfifo "$client_dir/fifo"
fifo()
{
    with_password "$pw" -c "FILE:$client_dir/fifo" alice nas
}
refused "-c, a pipe" 1 "iakerb-kinit: cannot store the tickets in \
$client_dir/fifo: it is no regular file$" fifo
ok "-c, a pipe: it is still there" test -p "$client_dir/fifo"
default_fifo()
{
    cache=FILE:$client_dir/fifo with_password "$pw" alice nas
}
refused "a default cache that is a pipe" 1 "no regular file$" default_fifo
ok "a default cache that is a pipe: it is still there" \
    test -p "$client_dir/fifo"
device()
{
    with_password "$pw" -c FILE:/dev/full alice nas
}
refused "-c, a device" 1 "iakerb-kinit: cannot store the tickets in /dev/full: \
it is no regular file$" device
ok "-c, a device: it is still there" test -c /dev/full
# What is written to a descriptor that was closed goes nowhere.
for closed in "<&-" ">&-" "2>&-" "<&- >&- 2>&-"; do
    rm -f "$client_dir/tickets"
    ok "started with $closed" client PATH="$STAGE/bin:/usr/bin:/bin" \
        KRB5CCNAME="$cache" sh -c "iakerb-kinit -V \
        -t '$client_dir/alice.keytab' nas $closed"
    is "started with $closed: tickets" "$(principals)" \
        "alice@NAS krbtgt/NAS@NAS cifs/nas@ cifs/nas@NAS"
done

mkdir "$client_dir/collection"
cache=DIR:$client_dir/collection
ok "DIR" with_password "$pw" alice nas
ok "DIR: another user" with_password "$pw" bob nas
is "DIR: both are there" "$(client KRB5CCNAME="$cache" klist -l |
    grep -o '^[a-z]*@NAS' | sort | paste -sd ' ')" "alice@NAS bob@NAS"
like "DIR: the last one is the default" "$(principals)" "^bob@NAS"
logs_in_stock "DIR" bob nas
ok "DIR: the first one again" with_password "$pw" alice nas
is "DIR: its cache is taken again" "$(client KRB5CCNAME="$cache" klist -l |
    grep -c '@NAS')" 2

if client keyctl session - true >/dev/null 2>&1; then
    # shellcheck disable=SC2016  # for the inner shell
    ok "KEYRING" client PATH="$STAGE/bin:$KRB5_PREFIX/bin:/usr/bin:/bin" \
        KRB5CCNAME=KEYRING:session:iakerb keyctl session - sh -c \
        'echo "$1" | iakerb-kinit alice nas && klist' sh "$pw"
    like "KEYRING: klist" "$output" "Default principal: alice@NAS"
else
    skip "KEYRING" "this machine has no session keyrings"
fi
cache=FILE:$client_dir/tickets

# ---- Failures ------------------------------------------------------------

ok "tickets that a failure keeps" with_password "$pw" alice nas
before=$(principals)
wrong()
{
    with_password wrong alice nas
}
refused "a wrong password" 1 "iakerb-kinit: wrong password for alice@NAS$" wrong
refused "no password" 1 "iakerb-kinit: no password for alice@NAS was given$" \
    kinit alice nas
refused "an unknown user" 1 "^iakerb-kinit: there is no user nobody@NAS$" \
    kinit nobody nas
refused "a locked account" 1 "iakerb-kinit: the account locked@NAS is locked" \
    kinit locked nas
refused "an expired password" 1 \
    "iakerb-kinit: the password of eve@NAS has expired and must be changed$" \
    kinit eve nas
like "an expired password: what to do" "$output" "change it at nas itself$"
refused "another realm" 1 \
    "^iakerb-kinit: the server does not serve the realm of alice@OTHER$" \
    kinit alice@OTHER nas
no_service()
{
    with_password "$pw" -S cifs/other alice nas
}
refused "no such service" 1 \
    "the KDC of alice@NAS does not know the service cifs/other$" no_service
refused "no such keytab" 1 "^iakerb-kinit: cannot use the keytab: .*/nowhere" \
    kinit -kt "$client_dir/nowhere" nas
refused "an unknown server" 1 "^iakerb-kinit: cannot find server \"no.such\":" \
    kinit alice no.such
refused "a closed port" 1 "^iakerb-kinit: cannot reach server \"nas\": Connection \
refused$" kinit -o 1 alice nas
refused "no arguments" 2 "^usage: iakerb-kinit" kinit
ok "--help" kinit --help
like "--help says how" "$output" "^usage: iakerb-kinit"
ok "--version" kinit --version
like "--version is one" "$output" "^iakerb-kinit [0-9]+\.[0-9]+\.[0-9]+$"
refused "no server" 2 \
    "^iakerb-kinit: name the user and the server: iakerb-kinit alice SERVER$" \
    kinit alice
for share in //nas/share '\\nas\share' smb://nas/share nas/share; do
    refused "a share: $share" 2 "not the name of a server; give only the name: \
nas$" kinit -V alice "$share"
done
refused "-a" 2 "^iakerb-kinit: -a: the server's KDC .* no ticket" \
    kinit -a alice nas
refused "-f and -F" 2 "only one of -f and -F can be given$" kinit -fF alice nas
refused "-R and -v" 2 "only one of -k, -R and -v can be given$" kinit -Rv nas
refused "-s in the past" 2 "\"0s\" is no time to come$" kinit -s 0s alice nas
refused "-s and -S" 2 "^iakerb-kinit: -s: .*for -S$" \
    kinit -s 1h -S host/nas alice nas
nothing_sent()
{
    kinit -V alice no.such
}
unlike "nothing was sent" "$(nothing_sent 2>&1)" Exchanged
refused "a bad port" 2 "^iakerb-kinit: \"0x\" is no port" kinit -o 0x alice nas
is "the tickets are kept" "$(principals)" "$before"

kdc_stop
refused "the KDC does not run" 1 \
    "^iakerb-kinit: the server's KDC did not answer when alice@NAS logged in$" \
    kinit alice@NAS nas
kdc_start

# ---- The user's own configuration -----------------------------------------

cat >"$client_dir/krb5.conf" <<-CONF
	[libdefaults]
	    dns_lookup_kdc = true
	    ticket_lifetime = 7m
	[realms]
	    NAS = {
	        kdc = $client_ip
	        admin_server = $client_ip
	    }
CONF
trace=$client_dir/trace
with_password "$pw" -r 1d alice nas >/dev/null 2>&1
ok "with a realm in krb5.conf" kinit -R nas
like "the trace shows what was sent" "$(<"$trace")" "Get|Requesting|Retrieving"
unlike "nobody is asked but the server" "$(<"$trace")" \
    "Resolving hostname|Initiating|Sending (initial|retry|TCP|DNS)|answer"
tgt_minutes()
{
    client KRB5CCNAME="$cache" klist | awk '/krbtgt/ {
        split($2, from, ":"); split($4, to, ":")
        print (to[1] * 60 + to[2] - from[1] * 60 - from[2] + 1440) % 1440 }'
}
with_password "$pw" alice nas >/dev/null 2>&1
like "ticket_lifetime is obeyed" "$(tgt_minutes)" "^[67]$"
trace=
: >"$client_dir/krb5.conf"

# ---- Servers -------------------------------------------------------------

# with_server WHAT LINE...: smbd with these lines in smb.conf.
with_server()
{
    local what=$1
    shift

    smbd_stop
    smbd_start "$@"
    ok "$what" with_password "$pw" alice nas
}

with_server "SMB 2.0.2" "server max protocol = SMB2_02"
with_server "SMB 3.1.1, and encryption is required" \
    "server min protocol = SMB3_11" "server smb encrypt = required"
with_server "signing is required" "server signing = required"

smbd_stop
smbd_start "server support iakerb = no" "ntlm auth = ntlmv2-only"
refused "a server without IAKERB" 1 "^iakerb-kinit: server \"nas\" speaks SMB but \
does not offer IAKERB \(it offers: Kerberos, NTLM\)$" kinit alice nas
smbd_stop
smbd_start "server min protocol = NT1" "server max protocol = NT1"
refused "a server of SMB 1" 1 \
    "^iakerb-kinit: server \"nas\" does not speak SMB 2 or later$" \
    kinit alice nas
done_testing
