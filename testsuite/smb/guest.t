#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Who becomes a guest.  "map to guest" makes guests of NTLM logins that fail;
# a Kerberos login that fails is refused whatever it says, and one through
# IAKERB too, since the KDC refuses it, and not smbd.  The one exception is
# "bad uid": who proved to be a principal of the server's realm that has no
# local account.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/access.sh"
realm_start
other_realm_start
realm_admin NAS "addprinc -pw $pw dave" "addprinc -pw $pw dave/admin"
server_start "ntlm auth = ntlmv2-only"
passdb alice
passdb bob

# guests_are POLICY [LINE...]
guests_are()
{
    local policy=$1
    shift

    settings "map to guest = $policy" "$@" \
        "[open]" "path = $server_dir/share" "guest ok = yes" \
        "[guests]" "path = $server_dir/share" "guest only = yes" \
        "[members]" "path = $server_dir/share"
}

# session_is WHAT USER COMMAND...: a session, and USER is who has it.
session_is()
{
    recorded "$1" \
        "(Successful AuthZ: .* user|became) \[NAS\]\\\\\[$2\]" "${@:3}"
}

# no_session WHAT COMMAND...: and so no guest.
no_session()
{
    login_refused "$1" NT_STATUS_LOGON_FAILURE NT_STATUS_LOGON_FAILURE - "${@:2}"
}

ntlm()
{
    client smbclient --use-kerberos=off -U "$1" "//nas/$2" -c pwd
}

iakerb()
{
    smb -U "$1" "//nas/$2" -c pwd
}

# ---- never, bad user, bad password ---------------------------------------

guests_are never
no_session "never: a wrong password, NTLM" ntlm alice%wrong open
no_session "never: an unknown user, NTLM" ntlm "mallory%$pw" open

guests_are "bad user"
no_session "bad user: a wrong password, NTLM" ntlm alice%wrong open
session_is "bad user: an unknown user, NTLM" nobody ntlm mallory%x open
no_session "bad user: an unknown user" iakerb "mallory%$pw" open
no_session "bad user: an unknown user, of a client that may use NTLM" \
    client smbclient -U mallory%x //nas/open -c pwd

guests_are "bad password"
session_is "bad password: a wrong password, NTLM" nobody \
    ntlm alice%wrong open
session_is "bad password: an unknown user, NTLM" nobody ntlm mallory%x open
no_session "bad password: a wrong password" iakerb alice%wrong open
no_session "bad password: an unknown user" iakerb "mallory%$pw" open
no_session "bad password: a wrong password, of a client that may use NTLM" \
    client smbclient -U alice%wrong //nas/open -c pwd
turned_away "bad password: no local account" NT_STATUS_ACCESS_DENIED \
    "Refused \[dave@NAS\]: there is no local user" dave

# ---- bad uid -------------------------------------------------------------

guests_are "bad uid"
no_session "bad uid: a wrong password, NTLM" ntlm alice%wrong open
no_session "bad uid: an unknown user, NTLM" ntlm "mallory%$pw" open
no_session "bad uid: a wrong password" iakerb alice%wrong open
no_session "bad uid: an unknown user" iakerb "mallory%$pw" open
for way in password service_ticket; do
    session_is "bad uid: no local account, $way" nobody "$way" dave open
done
excluded "a guest is no member" "tree connect failed: NT_STATUS_ACCESS_DENIED" \
    dave members
server pdbedit -u bob -c "[D]" >/dev/null
turned_away "bad uid: disabled in passdb" NT_STATUS_ACCOUNT_DISABLED \
    "Refused \[bob\]: the account is disabled" bob

# other WHAT PRINCIPAL REALM: with a ticket for the server.
other()
{
    ticket other "$2" "$pw" "cifs/nas@$3"
    login_refused "$1" NT_STATUS_ACCESS_DENIED NT_STATUS_ACCESS_DENIED \
        "Refused \[$2\]: " \
        smb --use-krb5-ccache="FILE:$client_dir/other" //nas/open -c pwd
}

other "bad uid: another realm" alice@OTHER OTHER
other "bad uid: dave/admin" dave/admin@NAS NAS
guests_are "bad uid" "guest account = absent"
turned_away "bad uid: the guest account does not exist" \
    NT_STATUS_ACCESS_DENIED \
    "Refused \[dave@NAS\]: there is no local user \[absent\]" dave

# ---- Anonymous, guest ok, guest only -------------------------------------

guests_are never
session_is "nobody at all" nobody ntlm % open
is "is no member" "$(ntlm % members 2>&1)" \
    "tree connect failed: NT_STATUS_ACCESS_DENIED"
session_is "nobody at all, with Kerberos required" nobody iakerb % open
for share in open guests members; do
    session_is "alice uses $share" alice iakerb "alice%$pw" "$share"
done

# as_whom SHARE: the account that alice uses it as.
as_whom()
{
    password alice "$1" "!true" >/dev/null 2>&1
    sed -n '$p' "$server_dir/as"
}

guests_are never "root preexec = /bin/sh -c 'echo %u >>$server_dir/as'"
is "guest ok: as herself" "$(as_whom open)" alice
is "guest only: as the guest" "$(as_whom guests)" nobody

done_testing
