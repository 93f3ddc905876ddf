#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each dialect with each algorithm that it knows for signing and encryption,
# and with the session keys of both lengths that Kerberos makes: a file comes
# through as it was, and the server's smbstatus says what protected it.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start
cd "$client_dir" || exit
head -c 2M /dev/urandom >sent

# no_session: nobody is logged in.
no_session()
{
    ! server smbstatus --processes | grep alice >/dev/null
}

# protects SMBSTATUS DIALECT LEVEL [OPTION...]: a session of smbclient with
# these options, while it lasts.
protects()
{
    local expected=$1 dialect=$2 level=$3 option options=() what="$2, $3"
    shift 3

    for option; do
        options+=("--option=$option")
        what+=", $option"
    done
    hold -U "alice%$pw" -m "$dialect" --client-protection="$level" \
        "${options[@]}" //nas/share
    # One command at a time, since smbclient would wait before the second.
    echo "put sent file" >&"$held"
    ok "$what: put" wait_for 10 cmp -s sent "$server_dir/share/file"
    like "$what" "$(server smbstatus --processes)" \
        "^[0-9]+ +alice +.* $dialect +$expected +IAKERB alice@NAS\$"
    echo "get file got" >&"$held"
    ok "$what: get" wait_for 10 cmp -s sent got
    exec {held}>&-
    stop "${started[-1]}"
    rm held got "$server_dir/share/file"
    wait_for 5 no_session
}

# with_keys ENCTYPE: SMB 3.1.1, with session keys of this enctype.
with_keys()
{
    local sign="client smb3 signing algorithms" algorithm size
    local encrypt="client smb3 encryption algorithms"

    printf '[libdefaults]\n    permitted_enctypes = %s\n' "$1" \
        >"$client_dir/krb5.conf"
    size=$(stat -c %s "$kdc_log")
    for algorithm in HMAC-SHA256 AES-128-CMAC AES-128-GMAC; do
        protects "- +$algorithm" SMB3_11 sign "$sign = $algorithm"
    done
    for algorithm in AES-{128,256}-{CCM,GCM}; do
        protects "partial\($algorithm\) +AES-128-GMAC" SMB3_11 encrypt \
            "$encrypt = $algorithm"
    done
    is "the tickets for the service had session keys of $1" \
        "$(tail -c +$((size + 1)) "$kdc_log" | sed -nE \
            's/.*TGS_REQ .* ses=([^(}]*).*, alice@NAS for cifs.*/\1/p' |
            sort -u)" "$1"
}

with_keys aes128-cts-hmac-sha1-96
with_keys aes256-cts-hmac-sha1-96
for dialect in SMB3_00 SMB3_02; do
    protects "- +AES-128-CMAC" "$dialect" sign
    protects "partial\(AES-128-CCM\) +AES-128-CMAC" "$dialect" encrypt
done
for dialect in SMB2_02 SMB2_10; do
    protects "- +HMAC-SHA256" "$dialect" sign
done
is "each login was one with IAKERB" \
    "$(grep -c "Successful AuthZ: \[SMB2,IAKERB\]" "$server_log")" \
    "$(grep -c "Successful AuthZ:" "$server_log")"

done_testing
