#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Caches that a daemon keeps (KCM): SSSD's, which tells users apart by the uid
# of who connects.

. "$(dirname "$0")/lib.sh"
can_become_others || skip_all "only root can become other users"

kcm_files=$("$top/bootstrap/unpacked" sssd-kcm) ||
    give_up "there is no sssd-kcm"
kcm_socket=$client_dir/kcm
kcm_log=$client_dir/kcm.log

# The daemon, as Debian starts it: on a socket of systemd's, as root.
kcm_start()
{
    local folder=lib/x86_64-linux-gnu libraries
    libraries=$kcm_files/usr/$folder:$kcm_files/usr/$folder/sssd
    libraries+=:$kcm_files/$folder

    # shellcheck disable=SC2016  # for the inner shell
    spawn "${in_client[@]}" unshare -m sh -c '
        mount -t tmpfs none /var/lib &&
            mkdir -p /var/lib/sss/db /var/lib/sss/secrets && exec "$@"' kcm \
        systemd-socket-activate --listen="$kcm_socket" \
        --setenv=LD_LIBRARY_PATH="$libraries" \
        --setenv=LDB_MODULES_PATH="$kcm_files/usr/$folder/samba/ldb" \
        "$kcm_files/usr/libexec/sssd/sssd_kcm" --uid 0 --gid 0 \
        --logger=stderr >"$kcm_log" 2>&1
    kcm_pid=$!
    daemon_ready sssd_kcm "$kcm_log" test -S "$kcm_socket"
    chmod 0666 "$kcm_socket"
}

# as UID COMMAND...: on the client.
as()
{
    local uid=$1
    shift

    client setpriv --reuid "$uid" --regid 100 --clear-groups "$@"
}

# The same, and able to read what is tested, and to open the KDC's socket.
reader=(--regid 100 --clear-groups --inh-caps +dac_override
    --ambient-caps +dac_override)

# fill UID PRINCIPAL PASSWORD [SERVICE]: a TGT, and a ticket for the service, in
# the user's default cache.  Who asks the KDC for them is the user.
fill()
{
    local uid=$1 principal=$2 password=$3 service=${4-}
    local with_kdc=("${server[@]}" LD_PRELOAD=
        KRB5_CONFIG="$client_dir/krb5.conf:$server_dir/kdc/krb5.conf"
        setpriv --reuid "$uid" "${reader[@]}")

    "${with_kdc[@]}" kinit "$principal" <<<"$password" >/dev/null &&
        { [ -z "$service" ] || "${with_kdc[@]}" kvno -q "$service"; } ||
        give_up "no ticket for $principal in the daemon"
}

# asks [FIELD=VALUE]...: the description, for the user 1001.
asks()
{
    spnego creduid=0x3e9 "$@"
}

realm_start
other_realm_start
bob_pw=$(random_word)
realm_admin NAS "cpw -pw $bob_pw bob" \
    "ktadd -k $client_dir/users.keytab -norandkey alice"
smbd_start
chmod 0711 "$bed"
cat >"$client_dir/krb5.conf" <<-CONF
	[libdefaults]
	    default_ccache_name = KCM:
	    kcm_socket = $kcm_socket
CONF
kcm_start
upcall_cache=()

negates "no cache" ENOKEY \
    "uid 1001 has no tickets; run kinit or iakerb-kinit$" "$(asks)"
fill 1002 bob@NAS "$bob_pw"
negates "somebody else's cache" ENOKEY "uid 1001 has no tickets" "$(asks)"

fill 1001 alice@NAS "$pw"
before=$(tickets_issued)
makes "a TGT" alice \
    "alice@NAS gets in with a ticket for cifs/nas, had through the server$" \
    "$(asks)"
is "a TGT: one ticket" "$(tickets_issued)" $((before + 1))
like "a TGT: the daemon has the ticket" "$(as 1001 klist 2>&1)" "cifs/nas@NAS"
makes "again" alice "alice@NAS gets in with a ticket for cifs/nas$" "$(asks)"
is "again: the ticket was kept" "$(tickets_issued)" $((before + 1))
makes "the other user" bob "bob@NAS gets in .*, had through the server$" \
    "$(spnego creduid=0x3ea)"
fill 1001 alice@NAS "$pw" cifs/nas@NAS
before=$(tickets_issued)
makes "a ticket for the server" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" "$(asks)"
is "a ticket for the server: no other one" "$(tickets_issued)" "$before"

fill 1001 alice@OTHER "$pw"
as 1001 kswitch -p alice@OTHER
like "two caches: the default one" "$(as 1001 klist)" \
    "^Default principal: alice@OTHER$"
makes "two caches: the realm that is named as the server" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" "$(asks)"
as 1001 kdestroy -A
negates "all thrown away" ENOKEY "uid 1001 has no tickets" "$(asks)"

client setpriv --reuid 1001 "${reader[@]}" \
    "$STAGE/bin/iakerb-kinit" alice nas <<<"$pw" >/dev/null
before=$(tickets_issued)
makes "after iakerb-kinit" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" "$(asks)"
is "after iakerb-kinit: no other ticket" "$(tickets_issued)" "$before"
as 1001 kdestroy -A

chown 1001 "$client_dir/users.keytab"
mv "$client_dir/users.keytab" "$client_dir/client.keytab"
makes "a keytab" alice "alice@NAS gets in .*, had through the server$" "$(asks)"
rm "$client_dir/client.keytab"
makes "a keytab: the daemon has the tickets" alice \
    "alice@NAS gets in with a ticket for cifs/nas$" "$(asks)"

# The process that asks names the cache; it is not the default one.
fill 1001 alice@NAS "$pw"
sed -i '/default_ccache_name/d' "$client_dir/krb5.conf"
negates "not the default cache" ENOKEY "uid 1001 has no tickets" \
    "$(asks)"
spawn "${client[@]}" KRB5CCNAME=KCM: \
    setpriv --reuid 1001 --regid 100 --clear-groups sleep infinity
asker=$!
wait_for 30 grep -q "^Uid:	1001" "/proc/$asker/status"
# The helper is in that mount namespace too: the daemon of another one is not
# asked.
upcall_on=("${in_client[@]}" nsenter -m -t "$asker" env
    LD_LIBRARY_PATH="$STAGE/lib:$KRB5_PREFIX/lib"
    KRB5_CONFIG="$client_dir/krb5.conf")
seen()
{
    "${upcall_on[@]}" KRB5CCNAME=KCM: setpriv --reuid 1001 --regid 100 \
        --clear-groups klist -s
}
ok "the daemon has the tickets of who asks" wait_for 10 seen
makes "the environment of who asks" alice \
    "alice@NAS gets in .*, had through the server$" \
    "$(asks "$(printf 'pid=0x%x' "$asker")")"

stop "$kcm_pid"
negates "no daemon" ENOKEY "uid 1001 has no tickets" \
    "$(asks "$(printf 'pid=0x%x' "$asker")")"
done_testing
