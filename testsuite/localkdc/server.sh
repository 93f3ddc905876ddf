# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed's server with a realm that localkdc makes, for bash.  Sourced
# after testbed.sh.

root=$server_dir/root
kdc_socket=$root/run/localkdc/kdc.sock
kdc+=(KRB5_CONFIG=/dev/null KRB5_KDC_PROFILE="$root/etc/localkdc/kdc.conf")
mkdir -p "$root"/{etc/samba,var/lib,run/localkdc}
ln -s "$server_dir/passwd" "$root/etc/passwd"
echo "alice:x:1001:100:alice:/:/bin/false" >>"$server_dir/passwd"
pw=$(random_word)

lk()
{
    server "$STAGE/sbin/localkdc" --root "$root" "$@"
}
