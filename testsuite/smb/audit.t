#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What an administrator can see: auth_json_audit has each login through IAKERB
# with how it ended and the principal, and smbstatus has who is logged in by
# which mechanism.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/access.sh"
ok "the tools compile" make -s -C "$testsuite/smb"
realm_start
other_realm_start
realm_admin NAS "addprinc -pw $pw dave"
realm_user expired "$pw" -pwexpire yesterday
realm_user locked "$pw" -allow_tix
echo "!bob = carol" >"$server_dir/map"
realm_admin NAS "addprinc -pw $pw carol"
server_start "ntlm auth = ntlmv2-only" "username map = $server_dir/map" \
    "log level = 1 auth_audit:4 auth_json_audit:4"
passdb alice

# events SIZE TYPE FILTER: of the events of this type since the log had that
# size, what jq's filter says, a line each.
events()
{
    server_log_since "$1" | grep -o '{"timestamp".*' |
        jq -r "select(.type == \"$2\").$2 | $3"
}

# event_is WHAT STATUS CLIENT BECAME COMMAND...: there is this one
# authentication event.
event_is()
{
    local what=$1 expected="IAKERB Kerberos SMB2 $2 $3 $4" size
    shift 4

    size=$(stat -c %s "$server_log")
    "$@" >/dev/null 2>&1
    is "$what" "$(events "$size" Authentication '[.authDescription,
        .passwordType, .serviceDescription, .status, .clientAccount,
        (.becameAccount // "-")] | join(" ")')" "$expected"
    like "$what: from where" \
        "$(events "$size" Authentication .remoteAddress)" \
        "^ipv4:$client_ip:[0-9]+$"
}

# login USER%PASSWORD
login()
{
    smb -U "$1" //nas/share -c pwd
}

event_is "a login" NT_STATUS_OK alice@NAS alice login "alice%$pw"
event_is "a principal that is mapped" NT_STATUS_OK carol@NAS bob \
    login "carol%$pw"
event_is "a wrong password" NT_STATUS_WRONG_PASSWORD alice@NAS - \
    login alice%wrong
event_is "an unknown user" NT_STATUS_NO_SUCH_USER mallory@NAS - \
    login "mallory%$pw"
event_is "an expired password" NT_STATUS_PASSWORD_EXPIRED expired@NAS - \
    login "expired%$pw"
event_is "a disabled principal" NT_STATUS_ACCOUNT_LOCKED_OUT locked@NAS - \
    login "locked%$pw"
event_is "another realm" NT_STATUS_NO_SUCH_DOMAIN alice@OTHER - \
    login "alice@OTHER%$pw"
event_is "no local account" NT_STATUS_ACCESS_DENIED dave@NAS - \
    login "dave%$pw"
server pdbedit -u alice -c "[D]" >/dev/null
event_is "an account disabled in passdb" NT_STATUS_ACCOUNT_DISABLED \
    alice@NAS - login "alice%$pw"
server pdbedit -u alice -c "[]" >/dev/null
event_is "a name in UTF-8" NT_STATUS_NO_SUCH_USER $'j\xc3\xbcrgen@NAS' - \
    login $'j\xc3\xbcrgen%x'
event_is "a name that is not" NT_STATUS_NO_SUCH_USER '?@NAS' - \
    client "$top/build/smb/guess" nas $'\xff@NAS' x
# A longer line would be split, and the rest could say anything.
long=$(printf 'x%.0s' {1..5000})
event_is "a name without end" NT_STATUS_NO_SUCH_USER "${long:0:256}" - \
    client "$top/build/smb/guess" nas "$long@NAS" x

# Each guess is there, also if all are made in one login.
size=$(stat -c %s "$server_log")
is "three guesses in one login" \
    "$(client "$top/build/smb/guess" nas alice@NAS a b c)" 0
is "are three events" "$(events "$size" Authentication .status)" \
    "$(printf 'NT_STATUS_WRONG_PASSWORD\n%.0s' 1 2 3)"
is "of one connection" \
    "$(events "$size" Authentication .remoteAddress | sort -u | wc -l)" 1

# With a ticket, IAKERB only has the end of it; without, no such event.
ticket tgt alice@NAS "$pw"
event_is "a login with a TGT" NT_STATUS_OK alice@NAS alice with_cache tgt
ticket tgt alice@OTHER "$pw"
event_is "a TGT of another realm" NT_STATUS_NO_SUCH_DOMAIN "" - with_cache tgt

size=$(stat -c %s "$server_log")
login "alice%$pw" >/dev/null
is "the authorization" "$(events "$size" Authorization \
    '[.authType, .serviceDescription, .domain, .account] | join(" ")')" \
    "IAKERB SMB2 NAS alice"
size=$(stat -c %s "$server_log")
service_ticket alice share >/dev/null
is "plain Kerberos: the authorization" "$(events "$size" Authorization \
    '[.authType, .serviceDescription, .domain, .account] | join(" ")')" \
    "krb5 SMB2 NAS alice"
is "plain Kerberos: the KDC has the authentication" \
    "$(events "$size" Authentication .status)" ""

# ---- smbstatus -----------------------------------------------------------

nobody_is_logged_in()
{
    ! server smbstatus -p | grep SMB3_11 >/dev/null
}

# status_is WHAT COLUMN JSON COMMAND...: while COMMAND has a session, these
# are in smbstatus's last column and in its JSON.
status_is()
{
    local what=$1 column=$2 json=$3
    shift 3

    wait_for 10 nobody_is_logged_in
    hold "$@" //nas/share
    wait_for 10 server sh -c 'smbstatus -S | grep -q ^share' ||
        diag "$(cat "$client_dir/held.log")"
    like "$what: smbstatus" "$(server smbstatus -p)" " $column\$"
    is "$what: smbstatus --json" "$(server smbstatus -p --json | jq -r \
        '.sessions[] | [.username, .auth_type, .principal] | join(" ")')" \
        "$json"
    stop "${started[-1]}"
    exec {held}>&-
    rm "$client_dir/held"
}

status_is "IAKERB" "IAKERB alice@NAS" "alice IAKERB alice@NAS" -U "alice%$pw"
status_is "mapped" "IAKERB carol@NAS" "bob IAKERB carol@NAS" -U "carol%$pw"
status_is "Kerberos" "krb5 alice@NAS" "alice krb5 alice@NAS" \
    --use-krb5-ccache="FILE:$client_dir/alice"
status_is "NTLM" "NTLMSSP" "alice NTLMSSP " --use-kerberos=off -U "alice%$pw"

done_testing
