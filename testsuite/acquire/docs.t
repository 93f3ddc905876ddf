#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-3.0-or-later
# The commands of docs/preauthentication.md, as they are there: certificates,
# a token, one-time passwords.

. "$(dirname "$0")/lib.sh"
. "$testsuite/acquire/preauth.sh"
page=$top/docs/preauthentication.md

# What the page tells to do is not done yet.
preauth_start
realm_admin NAS "delprinc -force WELLKNOWN/ANONYMOUS" "cpw -pw $pw dora" \
    "del_string dora otp"
kdc_config docs "$kdc_socket"

# shown REGEX: the commands of the page that match.  A card's module is the
# token's here.
shown()
{
    grep -E -- "$1" "$page" | sed \
        "s|PKCS11:opensc-pkcs11.so|PKCS11:module_name=$softhsm:token=alice|"
}

# typed WORD COMMAND: on the client, in the folder with the certificates.
typed()
{
    client PATH="$STAGE/bin:/usr/bin:/bin" KRB5CCNAME="$cache" \
        SOFTHSM2_CONF="$client_dir/pki/softhsm2.conf" \
        sh -c "cd $client_dir/pki && $2" <<<"$1"
}

mapfile -t commands < <(shown "^iakerb-kinit .*X509_user_identity")
is "PKINIT: with files and with a card" "${#commands[@]}" 2
for command in "${commands[@]}"; do
    ok "$command" typed "$pin" "$command"
    logs_in_stock "$command: its tickets" alice nas
done

mapfile -t commands < <(shown "^kadmin\.local ")
is "OTP: the principals" "${#commands[@]}" 3
for command in "${commands[@]}"; do
    ok "$command" "${kdc[@]}" KRB5_CONFIG="$server_dir/docs.conf" \
        sh -c "$command"
done

mapfile -t commands < <(shown "^iakerb-kinit .*FILE:armor")
is "OTP: armor and login" "${#commands[@]}" 2
for command in "${commands[@]}"; do
    ok "$command" typed "$otp" "$command"
done
logs_in_stock "OTP: its tickets" dora nas

done_testing
