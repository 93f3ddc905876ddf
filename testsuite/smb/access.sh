# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of who somebody is have in common; for bash, sourced after
# testbed.sh.  Each case is tried both ways: with a password, which is IAKERB,
# and with a ticket for the server, which is plain Kerberos.

# settings LINE...: further lines of smb.conf, at the end of [global], for
# connections that begin from now on.  See server_start.
settings()
{
    printf '%s\n' "$@" >"$server_dir/more.conf"
}

# server_start [LINE...]: smbd, whose settings can be changed.
server_start()
{
    settings ""
    smbd_start "$@" "include = $server_dir/more.conf"
}

# password USER SHARE [COMMAND]
password()
{
    smb -U "$1%$pw" "//nas/$2" -c "${3:-pwd}"
}

# service_ticket USER SHARE [COMMAND]: the ticket is had when first used.
service_ticket()
{
    [ -e "$client_dir/$1" ] || ticket "$1" "$1@NAS" "$pw" cifs/nas@NAS
    smb --use-krb5-ccache="FILE:$client_dir/$1" "//nas/$2" -c "${3:-pwd}"
}

# nt_password USER SHARE [COMMAND]: NTLM, where the server allows it.
nt_password()
{
    client smbclient --use-kerberos=off -U "$1%$pw" "//nas/$2" -c "${3:-pwd}"
}

# admitted WHAT USER SHARE [COMMAND]
admitted()
{
    local what=$1 way
    shift

    for way in password service_ticket; do
        ok "$what, $way" "$way" "$@"
    done
}

# excluded WHAT REGEX USER SHARE [COMMAND]: smbclient says REGEX.
excluded()
{
    local what=$1 says=$2 way failed
    shift 2

    for way in password service_ticket; do
        failed=0
        output=$("$way" "$@" 2>&1) || failed=1
        is "$what, $way: fails" "$failed" 1
        like "$what, $way: says why" "$output" "$says"
    done
}

# turned_away WHAT STATUS SERVER USER: no session, by either way; SERVER is as
# with refused.
turned_away()
{
    local what=$1 status=$2 server_says=$3 way
    shift 3

    for way in password service_ticket; do
        login_refused "$what, $way" "$status" "$status" "$server_says" \
            "$way" "$@" share
    done
}
