#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A login with a password, by every name of the user and of the server.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start

for user in alice alice@NAS alice@nas 'NAS\alice'; do
    logs_in "-U $user" alice smb -U "$user%$pw" //nas/share -c pwd
done
for name in nas.local NAS "$server_ip"; do
    logs_in "//$name" alice smb -U "alice%$pw" "//$name/share" -c pwd
done

# The password asked for, and with Kerberos desired, as it is by default.
logs_in "a password from standard input" alice \
    client sh -c "echo '$pw' | smbclient -U alice //nas/share -c pwd"

head -c 64M /dev/urandom >"$client_dir/sent"
ok "put 64 MiB" smb -U "alice%$pw" //nas/share -c "put $client_dir/sent file"
ok "get them" smb -U "alice%$pw" //nas/share -c "get file $client_dir/got"
ok "the server has what was sent" cmp "$client_dir/sent" \
    "$server_dir/share/file"
ok "the client has what was sent" cmp "$client_dir/sent" "$client_dir/got"

done_testing
