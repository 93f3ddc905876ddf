#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# NTLM is refused where it is off, and with Kerberos required it is neither
# offered nor tried.

. "$(dirname "$0")/../testbed.sh"
realm_start
# The accounts have an NTLM password too, so that only policy refuses NTLM.
smbd_start "ntlm auth = ntlmv2-only"
passdb alice

ntlm()
{
    client smbclient --use-kerberos=off -U "alice%$pw" //nas/share -c pwd
}

ok "NTLM works where it is on" ntlm
like "and shows on the wire" "$(record ntlm)" "^client SESSION_SETUP .*ntlm"

for password in "$pw" wrong; do
    wire=$(record smb -U "alice%$password" //nas/share -c pwd)
    like "Kerberos required: IAKERB is on the wire" "$wire" \
        "^client SESSION_SETUP .*mechs=.*iakerb"
    unlike "and no NTLM of the client" "$wire" "^client .*ntlm"
done

# The one exception that docs/fallback.md and docs/security.md tell of.
{
    cat "$client_dir/smb.conf"
    echo "    client use kerberos = required"
} >"$client_dir/required.conf"
changes()
{
    client smbpasswd -s -c "$client_dir/required.conf" -r nas -U alice \
        <<<"$pw"$'\n'"new-$pw"$'\n'"new-$pw"
}
like "smbpasswd -r, and Kerberos required: NTLM" "$(record changes)" \
    "^client SESSION_SETUP .*ntlm"

smbd_stop
smbd_start "ntlm auth = ntlmv2-only" "server support iakerb = no"
login_refused "a server without IAKERB" NT_STATUS_INVALID_PARAMETER \
    "IAKERB login to cifs/nas: the server did not take it up" - \
    smb -U "alice%$pw" //nas/share -c pwd
unlike "and no NTLM instead" \
    "$(record smb -U "alice%$pw" //nas/share -c pwd)" "^client .*ntlm"
unlike "a server without IAKERB does not offer it" \
    "$(record smb -U "alice%$pw" //nas/share -c pwd)" "^server .*iakerb"

smbd_stop
smbd_start
login_refused "a client without IAKERB" NT_STATUS_INVALID_PARAMETER \
    "Could not find a suitable mechtype" - \
    smb --option="client use iakerb = no" -U "alice%$pw" //nas/share -c pwd
login_refused "NTLM is off" NT_STATUS_NTLM_BLOCKED \
    "NT_STATUS_NTLM_BLOCKED" "NTLM authentication not permitted" ntlm

done_testing
