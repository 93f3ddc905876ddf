# SPDX-License-Identifier: LGPL-3.0-or-later
# A second KDC of the same realm, at $server_dir/kdc/weak, which has nothing
# better than encrypted timestamp.  Sourced, after testbed.sh.

weak_kdc_start()
{
    grep -v spake "$server_dir/kdc/kdc.conf" |
        sed "s|$kdc_socket|$server_dir/kdc/weak|" >"$server_dir/kdc/weak.conf"
    spawn "${kdc[@]}" KRB5_KDC_PROFILE="$server_dir/kdc/weak.conf" \
        krb5kdc -n -r NAS >>"$kdc_log" 2>&1
    daemon_ready "the weak KDC" "$kdc_log" \
        unix_socket 01 "$server_dir/kdc/weak"
    kdc_config weak "$server_dir/kdc/weak"
}
