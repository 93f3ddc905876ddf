#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# Logins without a password, through an SMB server: PKINIT with a certificate
# in files and on a token, one-time passwords, FAST; and what is refused.

. "$(dirname "$0")/lib.sh"
. "$testsuite/acquire/preauth.sh"
preauth_start

# ---- PKINIT --------------------------------------------------------------

ok "PKINIT with files" with_files alice nas
unlike "PKINIT with files: nothing is asked for" "$output" .
logs_in_stock "PKINIT with files" alice nas
like "PKINIT with files: by the KDC's record" \
    "$(client KRB5CCNAME="$cache" klist -C | grep pa_type)" " = 16$"

client KRB5CCNAME="$cache" kdestroy
ok "PKINIT with a token" with_token "$pin" alice nas
like "PKINIT with a token: the PIN is asked for" "$output" "alice.*PIN"
logs_in_stock "PKINIT with a token" alice nas
refused "PKINIT with a wrong PIN" 1 "PIN: iakerb-kinit: .* is not possible \\(" \
    with_token 654321 alice nas
unlike "PKINIT with a wrong PIN: no other secret is asked for" "$output" \
    "Password for"

refused "PKINIT with another's certificate" 1 \
    "^iakerb-kinit: the server's KDC refused: Client name mismatch" \
    with_files bob nas

pki_make "$client_dir/other"
with_other_authority()
{
    kinit -X "X509_anchors=FILE:$client_dir/other/ca.pem" \
        -X "X509_user_identity=$identity" alice nas </dev/null
}
refused "PKINIT and a KDC of another authority" 1 \
    "^iakerb-kinit: .* PKINIT.* for alice@NAS, which is not possible \
\(.*certificate" \
    with_other_authority

# ---- FAST and one-time passwords -----------------------------------------

ok "anonymous tickets, for armor" anonymous
like "anonymous tickets: whose" "$(principals "$armor")" \
    "^WELLKNOWN/ANONYMOUS@(NAS|WELLKNOWN:ANONYMOUS) krbtgt/NAS@NAS$"

ok "a password in armor" with_password "$pw" -T "$armor" alice nas
like "a password in armor: FAST was used" \
    "$(client KRB5CCNAME="$cache" klist -C | grep fast_avail)" "yes"
logs_in_stock "a password in armor" alice nas

ok "a one-time password" with_password "$otp" -T "$armor" dora nas
like "a one-time password: the prompt" "$output" "OTP Token Value"
logs_in_stock "a one-time password" dora nas
like "a one-time password: by the RADIUS server's record" \
    "$(<"$server_dir/radius/log")" "Login OK: \[dora\]"
wrong_otp()
{
    with_password 000000 -T "$armor" dora nas
}
refused "a wrong one-time password" 1 \
    "iakerb-kinit: the server's KDC refuses the preauthentication of dora@NAS" \
    wrong_otp
refused "a one-time password without armor" 1 "^iakerb-kinit: the server's KDC \
offers FAST, PKINIT for dora@NAS, which is not possible \(" kinit dora nas

# ---- What is refused -----------------------------------------------------

ok "SPAKE suffices where no timestamp is allowed" \
    with_password "$pw" --no-timestamp alice nas
spake_stop
refused "no timestamp, and the KDC has nothing better" 1 \
    "^iakerb-kinit: the server's KDC offers .*encrypted timestamp.* for \
alice@NAS, which is not possible or not allowed \(" \
    kinit --no-timestamp alice nas
ok "but PKINIT" with_files --no-timestamp alice nas
ok "a timestamp, where it is allowed" with_password "$pw" alice nas
cat >"$client_dir/krb5.conf" <<-CONF
	[plugins]
	    clpreauth = {
	        disable = encrypted_timestamp
	    }
CONF
refused "a timestamp, which krb5.conf has off" 1 \
    "offers .*encrypted timestamp.* for alice@NAS, which is not possible \(" \
    kinit alice nas
done_testing
