#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Users and realms that get no login, and what they and the server are told.

. "$(dirname "$0")/../testbed.sh"
realm_start
realm_user expired "$pw" -pwexpire yesterday
realm_user locked "$pw" -allow_tix
realm_user ended "$pw" -expire yesterday
realm_user clumsy "$pw"
realm_admin NAS "addpol -maxfailure 1 -lockoutduration 1h once" \
    "modprinc -policy once clumsy"
smbd_start

to="IAKERB login to cifs/nas failed"
from="IAKERB login from ipv4:$client_ip:[0-9]+"

# login USER%PASSWORD
login()
{
    smb -U "$1" //nas/share -c pwd
}

login_refused "a wrong password" NT_STATUS_LOGON_FAILURE \
    "$to: wrong password for alice@NAS" \
    "$from refused: wrong password for alice@NAS" \
    login "alice%wrong"
login_refused "an unknown user" NT_STATUS_LOGON_FAILURE \
    "$to: there is no user mallory@NAS" \
    "$from refused: there is no user mallory@NAS" \
    login "mallory%$pw"
login_refused "an expired password" NT_STATUS_PASSWORD_EXPIRED \
    "$to: the password of expired@NAS has expired" \
    "$from refused: the password of expired@NAS has expired" \
    login "expired%$pw"
login_refused "a disabled account" NT_STATUS_ACCOUNT_LOCKED_OUT \
    "$to: the account locked@NAS is locked" \
    "$from refused: the account locked@NAS is locked" \
    login "locked%$pw"
login_refused "an expired account" NT_STATUS_ACCOUNT_LOCKED_OUT \
    "$to: the account ended@NAS is locked" \
    "$from refused: the account ended@NAS is locked" \
    login "ended%$pw"
login "clumsy%wrong" >/dev/null 2>&1
login_refused "an account locked after a wrong password" \
    NT_STATUS_ACCOUNT_LOCKED_OUT \
    "$to: the account clumsy@NAS is locked" \
    "$from refused: the account clumsy@NAS is locked" \
    login "clumsy%$pw"

# Samba's own flag counts too, with a ticket as with a password for NTLM.
passdb bob
server pdbedit -u bob -c '[D]' >/dev/null
login_refused "an account that is disabled in passdb" NT_STATUS_ACCOUNT_DISABLED \
    NT_STATUS_ACCOUNT_DISABLED \
    "Refused \[bob\]: the account is disabled" \
    login "bob%$pw"

# GENSEC makes this of NT_STATUS_NO_SUCH_DOMAIN.
login_refused "a realm that is not served" NT_STATUS_NO_SUCH_USER \
    "$to: the server does not serve the realm of alice@OTHER" \
    "$from refused: the client asks for another realm than NAS" \
    login "alice@OTHER%$pw"

logs_in "and alice is logged in as before" alice login "alice%$pw"
done_testing
