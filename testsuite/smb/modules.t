#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A server that is there goes on: its modules in "vfs objects", quotas and PAM
# are built, and its own files are where Debian's Samba has them.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start "vfs objects = catia fruit streams_xattr recycle full_audit" \
    "recycle:repository = .bin" "fruit:aapl = yes" \
    "[old]" "path = $server_dir/share" "read only = no" \
    "vfs objects = shadow_copy2 acl_xattr aio_pthread"

echo kept >"$server_dir/share/file"
chmod 0666 "$server_dir/share/file"
logs_in "a share with a NAS's modules" alice \
    smb -U "alice%$pw" //nas/share -c "rm file"
is "what is deleted is in the recycle bin" \
    "$(cat "$server_dir/share/.bin/file")" kept
logs_in "and one with others" alice smb -U "alice%$pw" //nas/old -c pwd

build=$(server smbd -b)
while read -r what where; do
    like "its $what is Debian's" "$build" "^ +$what: $where\$"
done <<-'PLACES'
	CONFIGFILE /etc/samba/smb.conf
	PRIVATE_DIR /var/lib/samba/private
	STATEDIR /var/lib/samba
	CACHEDIR /var/cache/samba
	LOCKDIR /run/samba
	PIDDIR /run/samba
	LOGFILEBASE /var/log/samba
PLACES
for what in WITH_PAM HAVE_SYS_QUOTAS WITH_QUOTAS; do
    like "$what" "$build" "^ +$what\$"
done
folder=$(sed -n 's/^ *MODULESDIR: //p' <<<"$build")
for module in recycle fruit full_audit shadow_copy2 acl_xattr streams_xattr \
    catia snapper io_uring; do
    ok "the module $module" test -e "$folder/vfs/$module.so"
done

done_testing
