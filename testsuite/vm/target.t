#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Mount's option upcall_target, which Linux has since 6.13: whose files the
# helper sees when who asks is in a container.

. "$(dirname "$0")/../testbed.sh"
guest_suite=forky
. "$(dirname "$0")/guest.sh"

# contained OWNER OPTIONS: root mounts in a container with a cache in it, and
# nowhere else.  The mount ends with the container.
contained()
{
    echo "env KRB5CCNAME=FILE:/tmp/hidden unshare -m sh -c '
        mount -t tmpfs none /tmp && cp /root/alice /tmp/krb5cc_0 &&
        cp /root/alice /tmp/hidden && chown $1 /tmp/hidden &&
        mount.cifs //nas/share /mnt -o sec=krb5,$2 && grep /mnt /proc/mounts'"
}

realm_start
realm_admin NAS "cpw -pw $pw bob"
smbd_start
guest_start
for user in alice bob; do
    ticket "$user" "$user@NAS" "$pw"
done
guest_put "$client_dir/alice" /root/alice
guest_put "$client_dir/bob" /tmp/krb5cc_0

# What is not in the container is bob's.
for options in vers=3.1.1 upcall_target=app; do
    gets_in "$options" alice guest "$(contained root "$options")"
    like "$options: what the kernel makes of it" "$output" "upcall_target=app"
done
gets_in "upcall_target=mount" bob \
    guest "$(contained root upcall_target=mount)"
like "upcall_target=mount: what the kernel makes of it" "$output" \
    "upcall_target=mount"

# And the environment of who asks, which is nothing to root's own tickets.
gets_in "a user, upcall_target=app" alice \
    guest "$(contained alice cruid=alice,upcall_target=app)"
for_alice=$(contained alice cruid=alice,upcall_target=mount)
size=$(stat -c %s "$server_log")
like "a user, upcall_target=mount: the error" "$(guest "$for_alice")" \
    "^mount error\(126\): Required key not available"
helper_says "a user, upcall_target=mount" "uid 1001 has no tickets"
unlike "a user, upcall_target=mount: nobody is logged in" \
    "$(server_log_since "$size")" "Successful Auth"
guest_put "$client_dir/bob" /tmp/krb5cc_1001 alice
gets_in "a user, upcall_target=mount, and tickets outside" bob \
    guest "$for_alice"

# A mount for all users, one of whom is in a user namespace too.
mount="mount.cifs //nas/share /mnt -o sec=krb5,multiuser"
guest "$mount,upcall_target=app" || give_up "no mount"
guest_put "$client_dir/alice" /home/alice/cc alice
gets_in "multiuser" alice as alice "unshare -rm sh -c '
    mount -t tmpfs none /tmp && cp /home/alice/cc /tmp/hidden &&
    env KRB5CCNAME=FILE:/tmp/hidden touch /mnt/by-app'"
unmount
like "multiuser, upcall_target=mount: not with this kernel" \
    "$(guest "$mount,upcall_target=mount")" "^mount error\(22\)"
done_testing
