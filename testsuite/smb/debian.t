#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The users of a server that was there: Debian's own pdbedit has made them, in
# Debian's folder, and ours lists them and lets them in with NTLM.

. "$(dirname "$0")/../testbed.sh"
debian=$("$top/bootstrap/unpacked" samba) ||
    give_up "there is no pdbedit of Debian's"
was=$bed/was
mkdir "$was"
# Nothing but what is not said there is tested: where the files are.
printf '[global]\n    netbios name = NAS\n' >"$server_dir/smb.conf"

# there COMMAND...: on the server, with Debian's folders for Samba, which stay.
there()
{
    # shellcheck disable=SC2016  # for the inner shell
    "${server[@]}" unshare -m sh -c '
        mkdir -p /var/lib/samba /run/samba &&
            mount --bind "$1" /var/lib/samba &&
            mount -t tmpfs none /run/samba && mkdir -p /var/lib/samba/private &&
            shift && exec "$@"' there "$was" "$@"
}

realm_start
lib=usr/lib/x86_64-linux-gnu
theirs=(env LD_LIBRARY_PATH="$debian/$lib:$debian/$lib/samba:/$lib/samba"
    "$debian/usr/bin/pdbedit" -s "$server_dir/smb.conf")
ours=(pdbedit -s "$server_dir/smb.conf")
old_pw=$(random_word)
for user in alice bob; do
    there "${theirs[@]}" -a -u $user -t <<<"$old_pw"$'\n'"$old_pw" \
        >"$bed/pdbedit.log" 2>&1 || give_up "$(<"$bed/pdbedit.log")"
done
there "${theirs[@]}" -u bob -c '[D]' >/dev/null
ok "Debian's files" test -s "$was/private/passdb.tdb" \
    -a -s "$was/private/secrets.tdb"
like "it is Debian's" "$(there "${theirs[@]}" --version)" -Debian
unlike "and ours is not" "$(there "${ours[@]}" --version)" -Debian

is "pdbedit -L" "$(there "${ours[@]}" -L | sort)" \
    "$(there "${theirs[@]}" -L | sort)"
like "pdbedit -L: they are there" "$(there "${ours[@]}" -L)" "^alice:1"
is "with the same SIDs and flags" \
    "$(there "${ours[@]}" -L -v | grep -E "^(User SID|Account Flags)")" \
    "$(there "${theirs[@]}" -L -v | grep -E "^(User SID|Account Flags)")"

# And the server, while NTLM is on.
cp "$was"/private/*.tdb "$server_dir/private"
smbd_start "ntlm auth = ntlmv2-only"
recorded "NTLM goes on" "Successful AuthZ: .*NTLMSSP\] user \[NAS\]\\\\\[alice\]" \
    client smbclient --use-kerberos=off -U "alice%$old_pw" //nas/share -c pwd
logs_in "and Kerberos is there besides" alice \
    smb -U "alice%$pw" //nas/share -c pwd
output=$(client smbclient --use-kerberos=off -U "bob%$old_pw" //nas/share \
    -c pwd 2>&1)
like "who is disabled there stays so" "$output" NT_STATUS_ACCOUNT_DISABLED
done_testing
