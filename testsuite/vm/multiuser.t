#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A mount that several users share, each with tickets of their own, wherever
# these are kept.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/guest.sh"

# works WHAT USER PRINCIPAL SCRIPT: the script of a user of the guest is the
# first one to use the mount as this principal.
works()
{
    gets_in "$1" "$3" as "$2" "$4"
}

# denied WHAT USER SCRIPT HELPER
denied()
{
    local what=$1 size failed=0

    size=$(stat -c %s "$server_log")
    output=$(as "$2" "$3" 2>&1) || failed=1
    is "$what: fails" "$failed" 1
    like "$what: the error" "$output" "Permission denied"
    helper_says "$what" "$4"
    unlike "$what: nobody is logged in" "$(server_log_since "$size")" \
        "Successful Auth"
}

# mounted: anew, as root with the keytab of the service account, so that
# nobody has a session.
mounted()
{
    guest "umount /mnt 2>/dev/null; rm -f /tmp/krb5cc_*;
        mount.cifs //nas/share /mnt -o sec=krb5,multiuser,username=backup" ||
        give_up "no mount"
}

realm_start
bob_pw=$(random_word)
realm_admin NAS "cpw -pw $bob_pw bob"
realm_user backup "$(random_word)"
for user in backup bob; do
    realm_admin NAS "ktadd -k $server_dir/$user.keytab -norandkey $user"
done
client_keytab=$("$KRB5_PREFIX/bin/krb5-config" --defcktname)
client_keytab=${client_keytab#FILE:}
client_keytab=${client_keytab//%\{euid\}/1002}
smbd_start
guest_start
guest_put "$server_dir/backup.keytab" /etc/krb5.keytab
ticket alice alice@NAS "$pw"
ticket bob bob@NAS "$bob_pw"

mounted
like "root's session" "$(cat "$server_log")" \
    "Successful AuthZ: \[SMB2,krb5\] user \[[A-Z]*\]\\\\\[backup\]"
denied "without tickets" alice "touch /mnt/file" "uid 1001 has no tickets"
guest_put "$client_dir/alice" /tmp/krb5cc_1001 alice
guest_put "$client_dir/bob" /tmp/krb5cc_1002 bob
guest "sleep 1.1"
works "alice, with a FILE cache" alice alice "echo alice >/mnt/by-alice"
works "bob at the same time" bob bob "echo bob >/mnt/by-bob"
is "the server has alice's file" "$(cat "$server_dir/share/by-alice")" alice
is "the server has bob's file" "$(cat "$server_dir/share/by-bob")" bob
is "alice reads bob's file" "$(as alice "cat /mnt/by-bob")" bob
like "the ticket is in alice's cache" \
    "$(as alice klist)" "cifs/nas@NAS"
like "which is still hers" "$(guest "ls -l /tmp/krb5cc_1001")" \
    "^-rw------- .* alice "

mounted
guest_put "$client_dir/alice" /home/alice/cc alice
works "KRB5CCNAME" alice alice \
    "env KRB5CCNAME=FILE:/home/alice/cc touch /mnt/environment"

mounted
guest "mkdir -p /home/bob/ccs && chown bob /home/bob/ccs"
guest_put "$client_dir/bob" /home/bob/ccs/tkt bob
works "a DIR cache" bob bob "env KRB5CCNAME=DIR:/home/bob/ccs touch /mnt/dir"
like "a DIR cache: the ticket is in it" \
    "$(as bob "KRB5CCNAME=DIR:/home/bob/ccs klist")" "cifs/nas@NAS"

mounted
guest "mkdir -p ${client_keytab%/*}"
guest_put "$server_dir/bob.keytab" "$client_keytab" bob
works "a KEYRING cache, filled from a client keytab" bob bob \
    "env KRB5CCNAME=KEYRING:persistent:1002 touch /mnt/keyring"
like "a KEYRING cache: the ticket is in it" \
    "$(as bob "KRB5CCNAME=KEYRING:persistent:1002 klist")" "cifs/nas@NAS"
helper_says "a KEYRING cache" "bob@NAS gets in .*, had through the server$"
guest "rm $client_keytab"

mounted
guest_put "$client_dir/alice" /home/alice/cc alice
works "a cache in another mount namespace" alice alice "
    unshare -rm sh -c 'mount -t tmpfs none /tmp &&
        cp /home/alice/cc /tmp/hidden &&
        env KRB5CCNAME=FILE:/tmp/hidden touch /mnt/namespace'"

mounted
guest_put "$client_dir/bob" /home/bob/cc bob
denied "somebody else's cache" alice \
    "env KRB5CCNAME=FILE:/home/bob/cc touch /mnt/stolen" \
    "uid 1001 has no tickets"

done_testing
