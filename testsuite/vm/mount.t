#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The kernel's SMB client and our cifs.upcall, with no KDC in reach: one user.
# Sourced with $guest_suite, with the kernel of that release.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/guest.sh"
cache=/tmp/krb5cc_0

# put_ticket PRINCIPAL PASSWORD: a fresh TGT as root's cache.
put_ticket()
{
    ticket tgt "$1" "$2"
    guest_put "$client_dir/tgt" "$cache"
}

sum_of()
{
    sha256sum <"$1" | cut -d' ' -f1
}

# two_channels: the server's one session is on two connections.
two_channels()
{
    server smbstatus --json |
        jq -e '[.sessions[].channels | length] == [2]' >/dev/null
}

realm_start
other_realm_start
realm_admin NAS "addprinc -pw $pw carol" \
    "addprinc -pw $pw -maxlife 2s -maxrenewlife 0 short" \
    "ktadd -k $server_dir/alice.keytab -norandkey alice bob"
smbd_start
guest_start

mount_refused "no tickets" "126\): Required key not available" \
    "uid 0 has no tickets; run kinit or iakerb-kinit$"

put_ticket alice@NAS "$pw"
before=$(tickets_issued)
mounts "a TGT" alice
helper_says "a TGT" \
    "alice@NAS gets in with a ticket for cifs/nas, had through the server$"
is "a TGT: tickets" $(($(tickets_issued) - before)) 1

guest "dd if=/dev/urandom of=/tmp/sent bs=64k count=64 2>/dev/null &&
    cp /tmp/sent /mnt/file"
sent=$(guest "sha256sum /tmp/sent | cut -d' ' -f1")
is "the server has what was written" "$(sum_of "$server_dir/share/file")" \
    "$sent"
unmount

mounts "again" alice
is "again: the ticket was kept" $(($(tickets_issued) - before)) 1
helper_says "again" "alice@NAS gets in with a ticket for cifs/nas$"
is "what was written can be read" \
    "$(guest "sha256sum /mnt/file | cut -d' ' -f1")" "$sent"

guest "echo 'create dns_resolver * * /usr/local/sbin/cifs.upcall %k' \
    >/etc/request-key.d/dns_resolver.conf"
smbd_stop
smbd_start
size=$(stat -c %s "$server_log")
is "after a restart of smbd" \
    "$(guest "echo 3 >/proc/sys/vm/drop_caches; sha256sum /mnt/file |
        cut -d' ' -f1")" "$sent"
like "after a restart of smbd: the server's record" \
    "$(server_log_since "$size")" \
    "Successful AuthZ: \[SMB2,krb5\] user \[[A-Z]*\]\\\\\[alice\]"
ok "after a restart of smbd: the kernel has asked for the address" \
    wait_for 10 guest "grep 'cifs.upcall.*: nas is $server_ip$' \
        /var/log/messages"
like "after a restart of smbd: not for ever" \
    "$(guest "cat /proc/keys")" " [0-9]+m .* dns_resol? +nas: "
is "after a restart of smbd: the ticket was kept" \
    $(($(tickets_issued) - before)) 1

put_ticket alice@NAS "$pw"
smbd_stop
smbd_start
is "after a restart, without the ticket" \
    "$(guest "touch /mnt/other; ls /mnt/other")" /mnt/other
helper_says "after a restart, without the ticket" ", had through the server$"
unmount
put_ticket alice@NAS "$pw"
mounts "the ticket was thrown away" alice
helper_says "the ticket was thrown away" ", had through the server$"
is "each time another ticket" $(($(tickets_issued) - before)) 3
unmount

for options in sec=krb5i sec=krb5,vers=2.1 sec=krb5,vers=3.0 sec=krb5,seal; do
    mounts "$options" alice "$options"
    unmount
done
mounts "by address" alice sec=krb5 "$server_ip"
unmount
mounts "in capitals" alice sec=krb5 NAS.local
helper_says "in capitals" "a ticket for cifs/nas.local, had through"
unmount

smbd_stop
smbd_start "interfaces = \"$server_ip;capability=RSS\""
mounts "two channels" alice sec=krb5,multichannel,max_channels=2
if [ -n "${guest_suite-}" ]; then
    like "two channels: the kernel's" \
        "$(guest "cat /proc/fs/cifs/DebugData")" "Extra Channels: 1"
    ok "two channels: one session of the server's" wait_for 10 two_channels
else
    # Linux 6.1 does not say which server the second one is to.
    helper_says "two channels" "the key's description has a bad field host"
fi
is "two channels: what was written can be read" \
    "$(guest "sha256sum /mnt/file | cut -d' ' -f1")" "$sent"
unmount

# The kernel knows IAKERB, where a server has no plain Kerberos.
smbd_stop
smbd_start "gensec:gse_krb5 = no"
recorded "a server with IAKERB alone" \
    "Successful AuthZ: \[SMB2,IAKERB\] user \[[A-Z]*\]\\\\\[alice\]" \
    guest "mount.cifs //nas/share /mnt -o sec=krb5"
helper_says "a server with IAKERB alone" "alice@NAS gets in with a ticket"
is "a server with IAKERB alone: what was written can be read" \
    "$(guest "sha256sum /mnt/file | cut -d' ' -f1")" "$sent"
unmount
smbd_stop
smbd_start

# A container: a mount namespace where root's cache is alice's, while the
# machine's is bob's.  The mount is its own, and a connection that was lost is
# made again for whoever comes first, here a process of the machine's.
contained()
{
    echo "unshare -m sh -c '
        mount -t tmpfs none /tmp && cp /root/alice /tmp/krb5cc_0 &&
        mount.cifs //nas/share /mnt -o sec=krb5$1 || exit
        sleep 9999 & echo \$! >/run/container'"
}

container_is_back()
{
    guest "nsenter -m -t \$(cat /run/container) touch /mnt/from-inside"
}

container_stop()
{
    guest "nsenter -m -t \$(cat /run/container) umount /mnt
        kill \$(cat /run/container)"
}

# come_first: of the machine's processes.
come_first()
{
    guest "touch /proc/\$(cat /run/container)/root/mnt/from-outside"
}

put_ticket alice@NAS "$pw"
guest "mv $cache /root/alice"
put_ticket bob@NAS "$pw"
gets_in "a container's mount" alice guest "$(contained ,username=alice@NAS)"
size=$(stat -c %s "$server_log")
smbd_stop
smbd_start
ok "a container's mount, made again by somebody else: fails" \
    eval '! come_first >/dev/null 2>&1'
helper_says "a container's mount, made again by somebody else" \
    "uid 0 has no tickets of alice@NAS"
ok "a container's mount, made again by itself" wait_for 30 container_is_back
like "a container's mount, made again by itself: the server's record" \
    "$(server_log_since "$size")" \
    "Successful AuthZ: \[SMB2,krb5\] user \[[A-Z]*\]\\\\\[alice\]"
unlike "a container's mount: never somebody else" \
    "$(server_log_since "$size")" "Successful AuthZ: .*\[bob\]"
container_stop
# Where the realm is not named, that cannot be known.
gets_in "a container's mount of nobody in particular" alice \
    guest "$(contained "")"
smbd_stop
smbd_start
gets_in "a container's mount of nobody in particular, made again" bob \
    wait_for 30 come_first
container_stop

# What follows is no matter of the kernel's.
[ -z "${guest_suite-}" ] || done_testing

guest "kdestroy"
ok "iakerb-kinit" guest "echo '$pw' | iakerb-kinit alice nas"
before=$(tickets_issued)
mounts "after iakerb-kinit" alice
is "after iakerb-kinit: no other ticket" "$(tickets_issued)" "$before"
unmount

guest "kdestroy"
put_ticket alice@NAS "$pw"
guest "mv $cache /tmp/krb5cc_1001; chown alice /tmp/krb5cc_1001"
mounts "another user's tickets" alice sec=krb5,cruid=alice
unmount

# After an error of root's own tickets, mount.cifs takes those of who runs sudo.
put_ticket short@NAS "$pw"
wait_for 60 guest "! klist -s"
gets_in "sudo, and expired tickets of root's" alice \
    guest "SUDO_UID=1001 mount.cifs //nas/share /mnt -o sec=krb5"
unmount
guest "mv $cache /tmp/krb5cc_1001; chown alice /tmp/krb5cc_1001"
mount_refused "expired tickets" "127\): Key has expired" \
    "the tickets of uid 1001 have expired" sec=krb5,cruid=alice
guest "rm /tmp/krb5cc_1001"

guest_put "$server_dir/alice.keytab" /etc/krb5.keytab
mounts "a keytab" alice sec=krb5,username=alice
helper_says "a keytab" "alice@NAS .*, had through the server$"
unmount
mounts "the same keytab, another user" bob sec=krb5,username=bob
unmount
mount_refused "a user who is not in the keytab" "126\\): Required key not" \
    "uid 0 has no tickets of carol" sec=krb5,username=carol
# Two lines of fstab, at the same time.
for user in alice bob; do
    guest "mkdir -p /srv/$user &&
        echo '//nas/share /srv/$user cifs sec=krb5,username=$user,noauto 0 0' \
            >>/etc/fstab" || give_up "no fstab"
    gets_in "$user's line in fstab" $user guest "$guest_mount /srv/$user"
done
is "both are mounted" \
    "$(guest "grep -o 'username=[a-z]*' /proc/mounts | sort | xargs")" \
    "username=alice username=bob"
is "the server has both users" \
    "$(server smbstatus --json | jq -r '[.sessions[].username] | sort | join(" ")')" \
    "alice bob"
guest "umount /srv/alice /srv/bob"
guest "kdestroy; rm /etc/krb5.keytab"

put_ticket carol@NAS "$pw"
mount_refused "a user whom the server does not know" \
    "13\): Permission denied" "carol@NAS gets in with a ticket"
put_ticket alice@OTHER "$pw"
mount_refused "a foreign realm" "13\): Permission denied" \
    "the server does not serve the realm of alice@OTHER"

put_ticket alice@NAS "$pw"
guest "echo '$server_ip elsewhere' >>/etc/hosts"
mount_refused "a name that the realm does not know" \
    "129\): Key was rejected by service" \
    "does not know the service cifs/elsewhere@NAS" sec=krb5 elsewhere
kdc_stop
mount_refused "the server's KDC does not run" \
    "101\): Network is unreachable" \
    "the server's KDC did not answer when alice@NAS logged in"
unlike "the server's KDC does not run: the server is not to blame" "$output" \
    "could not connect"
kdc_start OTHER
smbd_stop
smbd_start "server support iakerb = no"
mount_refused "a server without IAKERB" "93\): Protocol not supported" \
    "speaks SMB but does not offer IAKERB"
guest kdestroy

# Server, kernel and password are good for NTLM.
smbd_stop
smbd_start "ntlm auth = ntlmv2-only"
passdb alice
ok "a login with NTLM" guest \
    "mount.cifs //nas/share /mnt -o sec=ntlmssp,username=alice,password=$pw"
unmount
with_password=sec=krb5,username=alice,password=$pw
mount_refused "no tickets, but a password" \
    "126\): Required key not available" "uid 0 has no tickets" "$with_password"
put_ticket carol@NAS "$pw"
record_start
mount_refused "somebody else's tickets, and a password" \
    "126\): Required key not available" "uid 0 has no tickets of alice" \
    "$with_password"
mount_refused "tickets of a user whom the server does not know" \
    "13\): Permission denied" "carol@NAS gets in with a ticket" \
    "${with_password/alice/carol}"
wire=$(record_stop)
like "Kerberos is on the wire" "$wire" "^client SESSION_SETUP .*krb5"
unlike "and no NTLM of the client" "$wire" "^client .*ntlm"

is "a dns_resolver key" "$(guest "keyctl session - sh -c '
    keyctl print \$(keyctl request2 dns_resolver nas.local x @s)' \
    2>/dev/null")" "$server_ip"
like "a forged request" \
    "$(guest "keyctl request2 cifs.spnego \
    'ver=0x2;host=nas;ip4=$server_ip;sec=krb5;uid=0x0;creduid=0x0;pid=0x1' \
    x")" "Operation not permitted"

# The distribution's own helper uses what iakerb-kinit leaves.
guest "cp /etc/distribution.conf /etc/request-key.d/cifs.spnego.conf"
put_ticket alice@NAS "$pw"
mount_refused "the distribution's helper" "126\): Required key not available" \
    "cifs.upcall: Exit status"
ok "iakerb-kinit for the distribution's helper" \
    guest "echo '$pw' | iakerb-kinit alice nas"
mounts "the distribution's helper after iakerb-kinit" alice
done_testing
