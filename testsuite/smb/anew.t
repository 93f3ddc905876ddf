#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A realm that was made anew, or another server of the same name: tickets from
# before are passed over, as those that have ended are, and the password is
# asked for; where it cannot be, it is said whose tickets are not taken.

. "$(dirname "$0")/../testbed.sh"
realm_start
smbd_start "ntlm auth = ntlmv2-only"
passdb alice
ticket tgt alice@NAS "$pw"
ticket service alice@NAS "$pw" cifs/nas@NAS
ok "a TGT, while it is good" with_cache tgt
ok "a service ticket, while it is good" with_cache service
ticket tgt alice@NAS "$pw"

realm_anew

declare -A says=(
    [tgt]="the server's KDC does not take the tickets of alice@NAS"
    [service]="SPNEGO\(gse_krb5\) login failed")

# typing CACHE ARGUMENT...: smbclient, and the password on its standard input.
typing()
{
    local cache=$1
    shift

    client KRB5CCNAME="FILE:$client_dir/$cache" smbclient "$@" \
        //nas/share -c pwd <<<"$pw"
}

for cache in tgt service; do
    for kerberos in required desired; do
        for user in "" "-U alice" "-U alice@NAS" '-U NAS\alice'; do
            # There the tickets are all that says who the user is.
            [ "$kerberos$user" != required ] || continue
            what="an old $cache, Kerberos $kerberos, '$user'"
            # shellcheck disable=SC2086  # words
            logs_in "$what" alice typing $cache --use-kerberos=$kerberos $user
            like "$what: the password is asked for" "$output" "^Password for "
        done
    done
    logs_in "an old $cache, and the password was given" alice \
        client KRB5CCNAME="FILE:$client_dir/$cache" \
        smbclient --use-kerberos=required -U "alice%$pw" //nas/share -c pwd
    login_refused "an old $cache, and nobody to ask" NT_STATUS_LOGON_FAILURE \
        "${says[$cache]}" - typing $cache --use-kerberos=required
    login_refused "an old $cache, by name" NT_STATUS_LOGON_FAILURE \
        "${says[$cache]}" - with_cache $cache
    login_refused "an old $cache, and a wrong password" NT_STATUS_LOGON_FAILURE \
        "IAKERB login to cifs/nas failed: wrong password" - \
        client KRB5CCNAME="FILE:$client_dir/$cache" sh -c \
        'echo wrong | smbclient --use-kerberos=required -U alice //nas/share'
done

# A cache that cannot be written is no reason to fail.
ticket tgt alice@NAS "$pw"
chmod 0400 "$client_dir/tgt"
logs_in "a TGT in a cache that cannot be written" alice with_cache tgt

done_testing
