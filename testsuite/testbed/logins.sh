# SPDX-License-Identifier: GPL-3.0-or-later
# The testbed's logins, and what is to be seen of them, for bash.  Sourced by
# testbed.sh, whose head says how they are used.

# smb ARGUMENT...: smbclient on the client, with Kerberos or not at all.
smb()
{
    client smbclient --use-kerberos=required "$@"
}

# ticket CACHE PRINCIPAL PASSWORD [SERVICE]: a credential cache on the client,
# with a TGT, and a ticket for the service where one is named.  The client
# cannot ask a KDC, so the server does.
ticket()
{
    local cache=$client_dir/$1 principal=$2 password=$3 service=${4-}
    local kdc_client=("${server[@]}" LD_PRELOAD=
        KRB5_CONFIG="$server_dir/kdc/krb5.conf" KRB5CCNAME="FILE:$cache")

    rm -f "$cache"
    "${kdc_client[@]}" kinit "$principal" <<<"$password" >/dev/null &&
        { [ -z "$service" ] || "${kdc_client[@]}" kvno -q "$service"; } ||
        give_up "no ticket for $principal"
}

# passdb USER: an account in Samba's own database too, with the same password,
# so that NTLM could know it.
passdb()
{
    printf '%s\n%s\n' "$pw" "$pw" | server pdbedit -a -u "$1" -t >/dev/null
}

# with_cache CACHE [SERVER]: log in with the tickets in this cache.
with_cache()
{
    smb --use-krb5-ccache="FILE:$client_dir/$1" "//${2-nas}/share" -c pwd
}

# tickets_issued: how many the KDC has issued for the server so far.
tickets_issued()
{
    grep -c 'TGS_REQ.*ISSUE.* for cifs/' "$kdc_log"
}

# server_log_since SIZE: what smbd has logged after the log had that size.
server_log_since()
{
    tail -c +$(($1 + 1)) "$server_log"
}

server_logged()
{
    server_log_since "$1" | grep -E -- "$2" >/dev/null
}

# recorded WHAT REGEX COMMAND...: COMMAND succeeds, and what the server has
# logged of it matches.
recorded()
{
    local what=$1 regex=$2 size
    shift 2

    size=$(stat -c %s "$server_log")
    ok "$what" "$@"
    like "$what: the server's record" "$(server_log_since "$size")" "$regex"
}

# logs_in WHAT USER COMMAND...: COMMAND succeeds, and by the server's own
# record that was a login of USER through IAKERB.
logs_in()
{
    recorded "$1" \
        "Successful AuthZ: \[SMB2,IAKERB\] user \[[A-Z]*\]\\\\\[$2\]" "${@:3}"
}

# login_refused WHAT STATUS CLIENT SERVER COMMAND...: COMMAND fails with the NTSTATUS
# of this name, and these regular expressions match what the client says and
# what the server logs.  "-" stands for a server that logs nothing of it.
login_refused()
{
    local what=$1 status=$2 client_says=$3 server_says=$4 size failed=0
    shift 4

    size=$(stat -c %s "$server_log")
    output=$("$@" 2>&1) || failed=1
    is "$what: fails" "$failed" 1
    like "$what: $status" "$output" "session setup failed: $status\$"
    like "$what: the client says why" "$output" "$client_says"
    if [ "$server_says" != - ]; then
        wait_for 5 server_logged "$size" "$server_says"
        like "$what: the server's log says why" \
            "$(server_log_since "$size")" "$server_says"
    fi
    unlike "$what: nobody is logged in" "$(server_log_since "$size")" \
        "Successful AuthZ"
}

# hold ARGUMENT...: a session of smbclient that stays and takes its commands
# from the file descriptor $held.
hold()
{
    mkfifo "$client_dir/held"
    exec {held}<>"$client_dir/held"
    spawn "${client[@]}" smbclient --use-kerberos=required "$@" \
        <"$client_dir/held" >"$client_dir/held.log" 2>&1
}
