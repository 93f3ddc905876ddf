#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A login with tickets from a credential cache: nobody is asked for a password
# where they will do, and they are not used where they will not.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/smb/file_manager.sh"
realm_start
other_realm_start
smbd_start

# on_terminal CACHE ARGUMENT...: smbclient, with a terminal where nobody types.
on_terminal()
{
    local cache=$1
    shift

    client KRB5CCNAME="$cache" timeout --foreground 10 script -qec \
        "smbclient $* //nas/share -c pwd" /dev/null </dev/null
}

# typing CACHE ARGUMENT...: smbclient, and the password on its standard input.
typing()
{
    local cache=$1
    shift

    client KRB5CCNAME="$cache" smbclient "$@" //nas/share -c pwd <<<"$pw"
}

# unasked WHAT USER CACHE ARGUMENT...: a login of USER through IAKERB, and there
# was no question.
unasked()
{
    local what=$1
    shift

    logs_in "$what" "$1" on_terminal "${@:2}"
    unlike "$what: no password is asked for" "$output" "Password"
}

# asked WHAT USER CACHE ARGUMENT...: a login of USER through IAKERB, with the
# password that was asked for.
asked()
{
    local what=$1
    shift

    logs_in "$what" "$1" typing "${@:2}"
    like "$what: the password is asked for" "$output" "^Password for "
}

# session_setups COMMAND...: how many the client sends.
session_setups()
{
    record "$@" | grep -c "^client SESSION_SETUP "
}

# ---- A TGT ---------------------------------------------------------------

# The ticket for the service stays in the cache.
ticket tgt alice@NAS "$pw"
is "a TGT: two legs" "$(session_setups with_cache tgt)" 2
is "and one the next time" "$(session_setups with_cache tgt)" 1
ticket tgt alice@NAS "$pw"
logs_in "a TGT" alice with_cache tgt
logs_in "a TGT, and the server by address" alice with_cache tgt "$server_ip"

for user in "" "-U alice" "-U alice@NAS" '-U NAS\\alice' "-U alice -N"; do
    ticket tgt alice@NAS "$pw"
    unasked "TGT, '$user'" alice "FILE:$client_dir/tgt" \
        --use-kerberos=required "$user"
done
for user in "" "-U alice"; do
    unasked "Kerberos desired, TGT, '$user'" alice "FILE:$client_dir/tgt" \
        "$user"
done

# ---- A ticket for the service --------------------------------------------

ticket service alice@NAS "$pw" cifs/nas@NAS
unasked "a ticket for the service, -U alice" alice \
    "FILE:$client_dir/service" --use-kerberos=required -U alice
kdc_stop
size=$(stat -c %s "$server_log")
ok "a ticket for the service needs no KDC" on_terminal \
    "FILE:$client_dir/service" --use-kerberos=required
unlike "no password is asked for" "$output" "Password"
like "and so is used as Kerberos knows it" "$(server_log_since "$size")" \
    "Successful AuthZ: \[SMB2,krb5\] user \[[A-Z]*\]\\\\\[alice\]"
is "it is one leg" "$(session_setups with_cache service)" 1
kdc_start OTHER

client PATH="$STAGE/bin:/usr/bin:/bin" KRB5CCNAME="FILE:$client_dir/got" \
    iakerb-kinit alice nas <<<"$pw" >/dev/null 2>&1
is "a ticket from iakerb-kinit: one leg" "$(session_setups with_cache got)" 1
unasked "a ticket from iakerb-kinit, -U alice" alice "FILE:$client_dir/got" \
    --use-kerberos=required -U alice

# ---- Tickets that will not do --------------------------------------------

ticket bob bob@NAS "$pw"
unasked "bob's TGT" bob "FILE:$client_dir/bob" --use-kerberos=required
asked "bob's TGT, -U alice" alice "FILE:$client_dir/bob" -U alice
logs_in "bob's TGT, and alice's password" alice \
    client KRB5CCNAME="FILE:$client_dir/bob" \
    smbclient -U "alice%$pw" //nas/share -c pwd
logs_in "bob's TGT, and another by option" alice \
    client KRB5CCNAME="FILE:$client_dir/bob" smbclient \
    --use-krb5-ccache="FILE:$client_dir/tgt" //nas/share -c pwd

# One that is named is the one, whatever else was said, and in whatever order;
# and where it will not do, no other one is taken.
named=--use-krb5-ccache=FILE:$client_dir/tgt
ticket tgt alice@NAS "$pw"
for options in "$named -N" "-N $named" "$named -U alice" "-U alice $named" \
    "$named -U bob" "$named -U alice%wrong" "--password=wrong $named"; do
    # shellcheck disable=SC2086  # words
    logs_in "bob's TGT, and '${options//"$client_dir/"/}'" alice \
        client KRB5CCNAME="FILE:$client_dir/bob" \
        smbclient $options //nas/share -c pwd
done
# shellcheck disable=SC2086
for options in "-N" "-U bob" "-U bob -N" "-U bob@NAS -N"; do
    login_refused "bob's TGT, another that is not there, and '$options'" \
        NT_STATUS_INVALID_PARAMETER "neither a password nor a valid ticket" - \
        client KRB5CCNAME="FILE:$client_dir/bob" \
        smbclient --use-krb5-ccache="FILE:$client_dir/nothing" $options \
        //nas/share -c pwd
done
for tool in "rpcclient -c getusername nas" "smbcacls //nas/share ." \
    "net rpc info -S nas" "smbget -o $client_dir/got smb://nas/share/nothing"; do
    size=$(stat -c %s "$server_log")
    # shellcheck disable=SC2086
    client KRB5CCNAME="FILE:$client_dir/bob" $tool "$named" -N \
        >/dev/null 2>&1
    what="bob's TGT, another by name, and ${tool%% *}"
    like "$what: alice" "$(server_log_since "$size")" \
        "Successful AuthZ: .* user \[[A-Z]*\]\\\\\[alice\]"
    unlike "$what: not bob" "$(server_log_since "$size")" \
        "Successful AuthZ: .* user \[[A-Z]*\]\\\\\[bob\]"
done

# A user who is named, and no password: whoever's the default cache is, the
# tickets are that user's, or there are none.  The environment names alice
# too, and yet she is no guess where she is named.
#
# named_is WHAT CACHE USER: who is logged in by what the server records.
named_is()
{
    local what=$1 cache=$2 who=$3 tool size
    local authorized='.*Successful AuthZ: \[SMB2,(krb5|IAKERB)\] user '
    local job="alice title 1 '' $client_dir/page"

    authorized+='\[[A-Z]*\]..([a-z]*)\].*'
    while read -r tool; do
        size=$(stat -c %s "$server_log")
        client KRB5CCNAME="$cache" USER=alice CLASS=any sh -c "$tool" \
            >"$client_dir/said" 2>&1 </dev/null
        is "$what: ${tool//"$client_dir/"/}" "$(server_log_since "$size" |
            sed -nE "s/$authorized/\2/p" | sort -u)" "$who"
    done <<-TOOLS
	smbclient -U alice -N //nas/share -c pwd
	smbclient -N -U alice@NAS //nas/share -c pwd
	smbclient -N -U NAS/alice -k //nas/share -c pwd
	smbget -U alice -N -o $client_dir/got smb://nas/share/nothing
	smbget -N -U alice@NAS -o $client_dir/got smb://nas/share/nothing
	smbget -N -o $client_dir/got smb://alice@nas/share/nothing
	smbget -N -k -o $client_dir/got 'smb://NAS;alice@nas/share/nothing'
	USER=root smbget -N -o $client_dir/got smb://alice@nas/share/nothing
	smbspool smb://alice@nas/share 1 $job
	smbspool smb://alice@NAS/nas/share 1 $job
	AUTH_INFO_REQUIRED=negotiate smbspool smb://alice@nas/share 1 $job
	DEVICE_URI=smb://nas/share AUTH_USERNAME=alice smbspool 1 $job
	rpcclient -N -U alice nas -c getusername
	net rpc info -S nas -U alice -N
	net rpc info -N -S nas -U alice@NAS
	smbcacls -U alice -N //nas/share .
	smbcquotas -N -U alice //nas/share
	mdsearch -U alice -N nas share all
	$file_manager -f smb://alice@nas/share alice '' ''
TOOLS
}
for principal in alice bob; do
    ticket "$principal" $principal@NAS "$pw" cifs/nas@NAS
done
ticket tgt bob@NAS "$pw"
mkdir "$client_dir/both"
cp "$client_dir/alice" "$client_dir/both/tkt1"
cp "$client_dir/bob" "$client_dir/both/tkt"
echo page >"$client_dir/page"
named_is "bob's TGT" "FILE:$client_dir/tgt" ""
named_is "bob's ticket" "FILE:$client_dir/bob" ""
named_is "both, and bob's is the default" "DIR:$client_dir/both" alice

echo "client use iakerb = no" >>"$client_dir/smb.conf"
named_is "Kerberos alone, bob's ticket" "FILE:$client_dir/bob" ""
named_is "Kerberos alone, both" "DIR:$client_dir/both" alice
sed -i '$d' "$client_dir/smb.conf"

# Somebody who has logged in to a domain, or to another such server.
ticket other alice@OTHER "$pw"
asked "a TGT of another realm" alice "FILE:$client_dir/other"
asked "a TGT of another realm, -U alice" alice "FILE:$client_dir/other" \
    --use-kerberos=required -U alice
logs_in "a TGT of another realm, and a password" alice \
    client KRB5CCNAME="FILE:$client_dir/other" smbclient \
    --use-kerberos=required -U "alice%$pw" //nas/share -c pwd
login_refused "a TGT of another realm, by name" NT_STATUS_NO_SUCH_USER \
    "the server does not serve the realm of alice@OTHER" \
    "the client asks for another realm than NAS" \
    client KRB5CCNAME="FILE:$client_dir/other" \
    smbclient -U alice@OTHER //nas/share -c pwd

none="Not using IAKERB to cifs/nas: there is neither a password nor a valid \
ticket for it"
"${server[@]}" LD_PRELOAD= KRB5_CONFIG="$server_dir/kdc/krb5.conf" \
    kinit -c "FILE:$client_dir/expired" -l 1s alice@NAS <<<"$pw" >/dev/null
ended()
{
    ! KRB5_CONFIG=/dev/null "$KRB5_PREFIX/bin/klist" -s \
        -c "FILE:$client_dir/expired"
}
ok "a TGT ends" wait_for 10 ended
asked "a TGT that has ended" alice "FILE:$client_dir/expired"
login_refused "a TGT that has ended, by name" NT_STATUS_INVALID_PARAMETER \
    "$none" - with_cache expired
login_refused "a cache that is not there" NT_STATUS_INVALID_PARAMETER \
    "$none" - with_cache nothing

# ---- A collection --------------------------------------------------------

# The last becomes its primary cache.
mkdir "$client_dir/collection"
for principal in alice@NAS alice@OTHER; do
    "${server[@]}" LD_PRELOAD= KRB5_CONFIG="$server_dir/kdc/krb5.conf" \
        KRB5CCNAME="DIR:$client_dir/collection" kinit $principal <<<"$pw" \
        >/dev/null
done
like "the primary cache is of another realm" \
    "$("$KRB5_PREFIX/bin/klist" -c "DIR:$client_dir/collection")" \
    "^Default principal: alice@OTHER"
unasked "a collection" alice "DIR:$client_dir/collection" \
    --use-kerberos=required
unasked "a collection, -U alice" alice "DIR:$client_dir/collection" \
    --use-kerberos=required -U alice
asked "a collection, -U bob" bob "DIR:$client_dir/collection" -U bob
login_refused "a collection by option is its primary cache" NT_STATUS_NO_SUCH_USER \
    "the server does not serve the realm of alice@OTHER" \
    "the client asks for another realm than NAS" \
    smb --use-krb5-ccache="DIR:$client_dir/collection" //nas/share -c pwd

done_testing
