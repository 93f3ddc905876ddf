# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed's smbd, for bash.  Sourced by testbed.sh, whose head says how it
# is used.

# smbd_start [LINE...]: with these lines in smb.conf's [global] too.
smbd_start()
{
    local keytab=$server_dir/keytab

    [ ! -e "$root/etc/krb5.keytab" ] || keytab=$root/etc/krb5.keytab
    {
        cat <<-CONF
	[global]
	    netbios name = ${server_host^^}
	    interfaces = $server_ip/24
	    bind interfaces only = yes
	    disable netbios = yes
	    private dir = $server_dir/private
	    lock directory = $server_dir/state
	    state directory = $server_dir/state
	    cache directory = $server_dir/state
	    pid directory = $server_dir/state
	    ncalrpc dir = $server_dir/ncalrpc
	    log file = $server_log
	    max log size = 0
	    log level = 1 auth_audit:4
	    load printers = no
	    disable spoolss = yes
	    kerberos method = dedicated keytab
	    dedicated keytab file = $keytab
	    iakerb kdc socket = $kdc_socket
	    ntlm auth = disabled
	CONF
        printf '    %s\n' "$@"
        cat <<-CONF
	[share]
	    path = $server_dir/share
	    read only = no
	CONF
    } >"$server_dir/smb.conf"

    smbd_again
}

# smbd_again: with smb.conf as it is now.
smbd_again()
{
    [ -z "$smbd_pid" ] || smbd_stop
    spawn "${server[@]}" smbd --foreground --no-process-group \
        >>"$server_log" 2>&1
    smbd_pid=$!
    host_smbd_pid[$server_host]=$!
    daemon_ready smbd "$server_log" listening_tcp 445 "$server_ip"
}

# With the server of RPC services.
smbd_stop()
{
    stop "$smbd_pid"
    rpcd_stop "$server_dir"
    smbd_pid=
    host_smbd_pid[$server_host]=
}
