# SPDX-License-Identifier: LGPL-3.0-or-later
# A certification authority, a KDC's certificate and a user's, and a token that
# holds the latter.  Sourced.

softhsm=/usr/lib/softhsm/libsofthsm2.so

# The names of KDC and user are in subjectAltName, as KRB5PrincipalName (RFC
# 4556, section 3.2.2), and each certificate is good for its purpose only.
pki_config()
{
    cat <<-CONF
	[req]
	distinguished_name = dn
	[dn]
	[ca]
	basicConstraints = critical, CA:true
	keyUsage = critical, keyCertSign, cRLSign
	subjectKeyIdentifier = hash
	[kdc]
	extendedKeyUsage = 1.3.6.1.5.2.3.5
	subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:kdc_name
	[kdc_name]
	realm = EXP:0, GeneralString:NAS
	name = EXP:1, SEQUENCE:kdc_parts
	[kdc_parts]
	type = EXP:0, INTEGER:2
	list = EXP:1, SEQUENCE:kdc_list
	[kdc_list]
	one = GeneralString:krbtgt
	two = GeneralString:NAS
	[alice]
	keyUsage = digitalSignature
	extendedKeyUsage = 1.3.6.1.5.2.3.4
	subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:alice_name
	[alice_name]
	realm = EXP:0, GeneralString:NAS
	name = EXP:1, SEQUENCE:alice_parts
	[alice_parts]
	type = EXP:0, INTEGER:1
	list = EXP:1, SEQUENCE:alice_list
	[alice_list]
	one = GeneralString:alice
	CONF
}

# pki_issue DIR NAME [AUTHORITY]: NAME.key and NAME.pem, by the section of this
# name; by itself, where there is no authority.
pki_issue()
{
    local dir=$1 name=$2 authority=${3-}

    openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 2 \
        -config "$dir/pki.conf" -subj "/CN=$name" -extensions "$name" \
        ${authority:+-CA "$dir/$authority.pem" -CAkey "$dir/$authority.key"} \
        -keyout "$dir/$name.key" -out "$dir/$name.pem" 2>>"$dir/log"
}

# pki_make DIR: ca.pem, kdc.pem, alice.pem, and their keys.
pki_make()
{
    mkdir -p "$1"
    pki_config >"$1/pki.conf"
    pki_issue "$1" ca && pki_issue "$1" kdc ca && pki_issue "$1" alice ca ||
        give_up "cannot make certificates: $(tail -n 5 "$1/log")"
}

# token_make DIR PIN: a token of softhsm2 with alice's certificate and key;
# SOFTHSM2_CONF=DIR/softhsm2.conf finds it.
token_make()
{
    local dir=$1 pin=$2

    mkdir -p "$dir/tokens"
    echo "directories.tokendir = $dir/tokens" >"$dir/softhsm2.conf"
    openssl x509 -in "$dir/alice.pem" -outform DER -out "$dir/alice.der"
    openssl pkcs8 -topk8 -nocrypt -in "$dir/alice.key" -out "$dir/alice.p8"
    {
        export SOFTHSM2_CONF=$dir/softhsm2.conf
        softhsm2-util --init-token --free --label alice --pin "$pin" \
            --so-pin "$pin$pin" &&
            softhsm2-util --import "$dir/alice.p8" --token alice \
                --label alice --id 01 --pin "$pin" &&
            pkcs11-tool --module "$softhsm" --token-label alice --login \
                --pin "$pin" --write-object "$dir/alice.der" --type cert \
                --id 01 --label alice
    } >>"$dir/log" 2>&1 || give_up "cannot make a token: $(tail "$dir/log")"
}
