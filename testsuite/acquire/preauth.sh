# SPDX-License-Identifier: LGPL-3.0-or-later
# A server whose KDC has every kind of preauthentication, and what a client
# needs for each.  Sourced, after lib.sh.

. "$testsuite/acquire/pki.sh"
. "$testsuite/acquire/radius.sh"

armor=FILE:$client_dir/armor
pin=123456
otp=755224

anchors=(-X "X509_anchors=FILE:$client_dir/pki/ca.pem")
identity=FILE:$client_dir/pki/alice.pem,$client_dir/pki/alice.key

# alice has a password, a certificate and a token; dora has one-time passwords
# and no key at all: who has a password too can log in with that.
preauth_start()
{
    pki_make "$client_dir/pki"
    token_make "$client_dir/pki" "$pin"
    realm_start
    kdc_stop
    radius_start "$server_dir/radius" "$otp"
    cp "$client_dir/pki"/{ca.pem,kdc.pem,kdc.key} "$server_dir/kdc"
    sed -i "/^\[kdcdefaults\]/a \\
    pkinit_identity = FILE:$server_dir/kdc/kdc.pem,$server_dir/kdc/kdc.key\\
    pkinit_anchors = FILE:$server_dir/kdc/ca.pem" "$server_dir/kdc/kdc.conf"
    cat >>"$server_dir/kdc/kdc.conf" <<-CONF
	[otp]
	    DEFAULT = {
	        server = 127.0.0.1:1812
	        secret = $server_dir/radius/secret
	        strip_realm = true
	    }
	CONF
    realm_user dora "$pw"
    realm_admin NAS "addprinc -randkey WELLKNOWN/ANONYMOUS" \
        "purgekeys -all dora" "set_string dora otp []" \
        "modprinc -maxrenewlife 7d krbtgt/NAS" \
        "modprinc -maxrenewlife 7d alice" \
        "ktadd -k $client_dir/alice.keytab -norandkey alice"
    kdc_start
    smbd_start
}

# The KDC has nothing better than encrypted timestamp from now on, but PKINIT.
spake_stop()
{
    kdc_stop
    sed -i /spake/d "$server_dir/kdc/kdc.conf"
    kdc_start
}

with_files()
{
    kinit "${anchors[@]}" -X "X509_user_identity=$identity" "$@" </dev/null
}

# with_token PIN ARGUMENT...
with_token()
{
    local pin=$1
    shift

    client PATH="$STAGE/bin:/usr/bin:/bin" KRB5CCNAME="$cache" \
        SOFTHSM2_CONF="$client_dir/pki/softhsm2.conf" iakerb-kinit \
        "${anchors[@]}" -X \
        "X509_user_identity=PKCS11:module_name=$softhsm:token=alice:certid=01" \
        "$@" <<<"$pin"
}

anonymous()
{
    kinit -n -c "$armor" "${anchors[@]}" nas
}
