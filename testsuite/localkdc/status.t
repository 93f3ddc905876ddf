#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# localkdc status finds what is wrong, and says what to do.

. "$(dirname "$0")/common.sh"
machine nas
lk setup >/dev/null || give_up "setup failed"
user_add alice "correct horse" >/dev/null

# Samba has tests of its own, and this machine's is nobody's business here.
mkdir "$scratch/bin"
status()
{
    env PATH="$scratch/bin" "$STAGE/sbin/localkdc" --root "$root" \
        status "$@"
}

# problem WHAT REGEX: status finds a problem, and its line matches.
problem()
{
    refused "$1" 3 "^problem +$2" status
}

problem "the KDC does not run" "kdc +no answer on .*kdc.sock; see 'systemctl"
kdc_start
ok "all is well" status
for check in realm users names keytab modes krb5.conf kdc; do
    like "$check" "$output" "^ok +$check "
done
ok "--json" status --json
is "has the realm" "$(jq -r .realm <<<"$output")" NAS
is "and the verdict" "$(jq .healthy <<<"$output")" true
is "and the checks" "$(jq -r '.checks[] | select(.check == "kdc").verdict' \
    <<<"$output")" ok

# Other ways to the KDC: the distribution's kinit, and SSSD's locator plugin.
mkdir -p "$root"/usr/bin "$root"/var/lib/sss/pubconf
printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$KRB5_PREFIX/lib" \
    "$KRB5_PREFIX/bin/kinit" >"$root/usr/bin/kinit"
chmod +x "$root/usr/bin/kinit"
ln -s "$(command -v timeout)" "$(command -v env)" "$scratch/bin"
ok "another kinit, of a krb5 that knows UNIX sockets" status
unlike "is as good" "$output" "^note +kdc "
printf '#!/bin/sh\nunset LD_LIBRARY_PATH\nexec %s "$@"\n' \
    "$KRB5_PREFIX/bin/kinit" >"$root/usr/bin/kinit"
old=$(LD_LIBRARY_PATH='' ldconfig -p | grep -om1 '/.*libkrb5.so.3$')
if [ -n "$old" ] && ! grep -q 'krb5-1\.2[2-9]' "$old" &&
        [ "$KRB5_PREFIX" != /usr ]; then
    ok "one of a krb5 that does not" status
    like "is noted" "$output" \
        "^note +kdc +$root/usr/bin/kinit does not reach it: that is of a krb5"
else
    skip "one of a krb5 that does not" "this machine has no older krb5"
fi
rm -r "${root:?}/usr"
touch "$root/var/lib/sss/pubconf/kdcinfo.NAS"
problem "SSSD knows another KDC" \
    "kdc .*kdcinfo.NAS makes SSSD send those who ask for this realm elsewhere"
rm -r "$root/var/lib/sss"

# ---- Keytab --------------------------------------------------------------

keytab=$root/etc/krb5.keytab
cp -p "$keytab" "$scratch/keytab"
rm "$keytab"
problem "no keytab" "keytab +.*lacks cifs/nas@NAS, version 1.* refresh"
printf 'rkt %s\ndelent 1\nwkt %s\n' "$scratch/keytab" "$keytab" |
    ktutil >/dev/null
problem "a key is missing" "keytab +.*lacks .*@NAS, version 1; "
printf 'rkt %s\naddent -key -p cifs/nas@NAS -k 9 -e aes128-cts\n%s\nwkt %s\n' \
    "$scratch/keytab" 00112233445566778899aabbccddeeff "$keytab.2" |
    ktutil >/dev/null
mv "$keytab.2" "$keytab"
problem "a key of another version" \
    "keytab +.*not the database's: cifs/nas@NAS, version 9"
ok "refresh" lk refresh
ok "puts it right" status

# ---- Modes, and krb5.conf ------------------------------------------------

for file in etc/krb5.keytab var/lib/localkdc/db/stash \
        var/lib/localkdc/db/principal; do
    chmod o+r "$root/$file"
    problem "others can read $file" "modes +.*$file has mode 0604.*chmod"
    chmod o= "$root/$file"
done
chmod g+r "$keytab"
ok "a group that can read the keytab is allowed" status
chmod 0600 "$keytab"

printf '[libdefaults]\n' >"$root/etc/krb5.conf"
problem "krb5.conf does not lead here" "krb5.conf .*does not lead to .*refresh"
printf '[libdefaults\n' >"$root/etc/krb5.conf"
problem "krb5.conf is broken" "krb5.conf .*cannot be read"
rm "$root/etc/krb5.conf"
problem "there is no krb5.conf" "krb5.conf .*cannot be read"
printf '[libdefaults]\n    default_realm = X.ORG\n' >"$root/etc/krb5.conf"
lk refresh >/dev/null
ok "another default realm" status
like "is noted" "$output" "^note +krb5.conf .*default realm X.ORG: .*@NAS"

# ---- The KDC -------------------------------------------------------------

kdc_stop
perl -MIO::Socket::UNIX -e '
    my ($path, @held) = @ARGV;
    my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 9) or die;
    push @held, scalar $listener->accept while 1;' \
    "$root/run/localkdc/kdc.sock" &
started+=("$!")
wait_for 10 kdc_listens
start=$EPOCHREALTIME
problem "a KDC that never answers" "kdc +no answer"
at_most "is not waited for" 10 "$start"
kill "$!"
wait "$!" 2>/dev/null
rm "$root/run/localkdc/kdc.sock"

other=$root
machine other
lk setup --realm NAS >/dev/null
mv "$root/var/lib/localkdc/db" "$scratch/db"
cp -a "$other/var/lib/localkdc/db" "$root/var/lib/localkdc/db"
kdc_start
problem "a database from elsewhere" "keytab +.*not the database's"
mv "$root/var/lib/localkdc/db" "$scratch/elsewhere"
mv "$scratch/db" "$root/var/lib/localkdc/db"
kdc_stop

# ---- Whose the database is -----------------------------------------------

if [ "$(id -u)" -eq 0 ]; then
    echo "localkdc:x:64999:64998::/:/bin/false" >>"$root/etc/passwd"
    refused "a database of another account" 1 \
        "localkdc/db belongs to another.*: run 'chown -R 64999:64998 $root/" \
        status
    unlike "is not lost" "$output" "lost"
    # shellcheck disable=SC2046  # words
    ok "the command that it says" $(grep -o "chown [^']*" <<<"$output")
    is "gives it to the KDC's" "$(stat -c %u:%g \
        "$root"/var/lib/localkdc/db/stash)" 64999:64998
    sed -i '$d' "$root/etc/passwd"
    chown -R 0:0 "$root/var/lib/localkdc/db"
fi

# ---- A database that cannot be read --------------------------------------

mv "$root/var/lib/localkdc/db/stash" "$scratch/stash"
refused "no master key" 1 "without its master key the database is lost" status
mv "$scratch/stash" "$root/var/lib/localkdc/db/stash"
head -c 100 "$root/var/lib/localkdc/db/principal" >"$scratch/short"
cp "$scratch/short" "$root/var/lib/localkdc/db/principal"
problem "a damaged database" "database .*cannot be read; restore a backup"

done_testing
