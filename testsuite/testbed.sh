# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed: hosts that share nothing but a network, for bash.  Sourced;
# everything that it makes goes when the shell exits.
#
# Two hosts are there from the start, and the short names are theirs:
#
#   nas     the server: "server COMMAND" runs there.  realm_start or local_realm
#           give it the realm NAS, smbd_start a share
#   client  "client COMMAND" runs there; no Kerberos configuration.  It does not
#           see the server's files
#
# so that this is a test:
#
#   . "$(dirname "$0")/../testbed.sh"
#   realm_start
#   smbd_start
#   logs_in "a password" alice smb -U "alice%$pw" //nas/share -c pwd
#
# There can be any number of hosts, each a server with its own realm, KDC and
# smbd, a client, or both.  They find each other by name.  "at" says of which
# server the short names are in a command, and "from" of which client:
#
#   host_add laptop
#   at laptop local_realm alice bob     localkdc setup, two users, its KDC
#   at laptop smbd_start
#   laptop_pw=${host_pw[laptop]}
#   at nas from laptop logs_in "from laptop" alice smb -U ... //nas/share
#   at laptop lk user list              localkdc on laptop
#   from laptop client kinit alice <<<"$laptop_pw"
#
#   host_slow nas 50                    50 ms away from all, each way
#   host_near nas
#   host_cut laptop                     its cable is pulled out
#   host_joined laptop                  and put in again
#
# Below "at", $server_dir is the folder of this host, $root the one that
# localkdc takes for the host's root, $server_ip its address, $server_realm and
# $kdc_socket its realm, $pw the password of its users and $server_log what its
# smbd says; below "from", $client_dir and $client_ip.  A command that is
# started with spawn, or below timeout, is "${server[@]}" COMMAND or
# "${client[@]}" COMMAND.  In a shell function, all of this holds too.
#
# Read on in testbed/: hosts.sh, realm.sh, smbd.sh, logins.sh, record.sh, end.sh,
# processes.sh; and tap.sh, which is for every test.  A name has one meaning in
# all of the suite's *.sh files, which testsuite/lint/shell.t sees to.
#
# KRB5_PREFIX, SAMBA_PREFIX and STAGE say what is tested; where they are not
# set, the bootstrap scripts are asked.

# So that no command fails unseen; and so nothing pipes into grep -q, which does
# not wait for the end of what it is told, and then that has failed.
set -uo pipefail
umask 022
# For a host, which a command enters without its folder.
export PWD

testsuite=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$testsuite")
. "$testsuite/tap.sh"

: "${STAGE:=$top/build/stage}"
: "${KRB5_PREFIX:=$("$top/bootstrap/krb5")}"
: "${SAMBA_PREFIX:=$("$top/bootstrap/samba" "$STAGE")}"
[ -x "$KRB5_PREFIX/sbin/krb5kdc" ] && [ -x "$SAMBA_PREFIX/sbin/smbd" ] ||
    give_up "there is no krb5kdc or smbd to test"

# Made of a short path, because a UNIX socket's path is at most 107 bytes; on
# a real disk, which /tmp may not be.
bed=$(mktemp -d /var/tmp/iakerb.XXXXXX)

# Where the logs of a test that failed are put.
kept_logs=$top/build/log/${LOG_PREFIX-}$(basename "$(dirname "$0")")
kept_logs+=-$(basename "$0" .t)

. "$testsuite/testbed/processes.sh"
. "$testsuite/testbed/hosts.sh"
. "$testsuite/testbed/realm.sh"
. "$testsuite/testbed/smbd.sh"
. "$testsuite/testbed/logins.sh"
. "$testsuite/testbed/record.sh"
. "$testsuite/testbed/end.sh"

trap testbed_stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
environment_make
network_start
host_add client
# Tests carry tickets and keytabs from the server to its client.
host_add nas client
server_is nas
client_is client
