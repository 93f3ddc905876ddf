#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# localkdc samba: what smb.conf lacks, and writing it.

. "$(dirname "$0")/common.sh"
krb5_for_all
: "${SAMBA_PREFIX:=$("$top/bootstrap/samba" "$STAGE")}"
export PATH=$SAMBA_PREFIX/sbin:$SAMBA_PREFIX/bin:$PATH
# A stage of localkdc alone has no libiakerb.
export LD_LIBRARY_PATH=$STAGE/lib:$top/build/stage/lib:$LD_LIBRARY_PATH
machine nas
lk setup >/dev/null || give_up "setup failed"
conf=$root/etc/samba/smb.conf

set_conf()
{
    rm -f "$conf"*
    printf '%s\n' "$@" >"$conf"
}

value()
{
    testparm -s -l --parameter-name="$1" "$conf" 2>/dev/null
}

refused "no smb.conf" 1 \
    "^localkdc: $conf: there is no such file; with --smb-conf say" lk samba
refused "as status says" 3 "^problem +samba +$conf is not there; with" \
    lk status
cat >"$conf" <<'CONF'
# A comment stays.
[ Global ]
    workgroup = HOME
    REALM = OTHER.\
ORG
    net bios name = server
    ; realm = commented out
[share]
    path = /srv
    realm comment = not this one
CONF
chmod 0640 "$conf"
before=$(cat "$conf")

ok "samba" lk samba
lacking=$output
is "prints what is lacking" "$lacking" "[global]
    iakerb kdc socket = $root/run/localkdc/kdc.sock
    realm = NAS
    kerberos method = dedicated keytab
    dedicated keytab file = $root/etc/krb5.keytab"
is "and changes nothing" "$(cat "$conf")" "$before"
refused "status sees it" 3 "problem +samba .*lacks 'iakerb kdc socket" \
    lk status

ok "--apply" lk samba --apply
applied=$output
like "says where the old one is" "$output" "the old one is $conf.old1"
is "what was is there" "$(cat "$conf.old1")" "$before"
is "the file has the lines, and the rest as it was" "$(cat "$conf")" \
    "# A comment stays.
[ Global ]
$(tail -n +2 <<<"$lacking")
    workgroup = HOME
    net bios name = server
    ; realm = commented out
[share]
    path = /srv
    realm comment = not this one"
is "its mode stays" "$(stat -c %a "$conf")" 640
is "Samba reads it" "$(value realm)" NAS
is "the workgroup too" "$(value workgroup)" HOME
is "the file that was applied told what went" \
    "$(sed -n '/in place of:$/,/^Make/p' <<<"$applied" | sed '1d;$d')" \
    $'    REALM = OTHER.\\\nORG'
ok "samba again" lk samba --apply
like "has nothing to do" "$output" "nothing is missing"
is "and keeps no second copy" "$(find "$root/etc/samba" | wc -l)" 3

# A link stays one, wherever it leads.
mkdir "$root/data"
set_conf "[global]"
mv "$conf" "$root/data/smb.conf"
ln -s ../../data/smb.conf "$conf"
ok "--apply to a link" lk samba --apply --smb-conf "$conf"
like "keeps the file that it leads to" "$output" \
    "the old one is $root/data/smb.conf.old1"
is "which is as it was" "$(<"$root/data/smb.conf.old1")" "[global]"
is "and the link, alone" "$(cd "$root/etc/samba" && find . -printf '%p %l\n' |
    sort | tail -n +2)" "./smb.conf ../../data/smb.conf"
is "through which Samba reads it" "$(value "kerberos method")" \
    "dedicated keytab"

# ---- What is lacking -----------------------------------------------------

common=("dedicated keytab file = $root/etc/krb5.keytab"
    "kerberos method = dedicated keytab"
    "iakerb kdc socket = $root/run/localkdc/kdc.sock")

set_conf "[global]" "${common[@]}" "netbios name = nas"
ok "the machine's name is the realm" lk samba
like "and needs no line" "$output" "nothing is missing"
set_conf "[global]" "${common[@]}" "netbios name = nas" \
    "server support iakerb = no"
ok "IAKERB is off" lk samba
like "it says how to turn it on" "$output" "server support iakerb = yes"
set_conf "[share]" "path = /srv"
ok "a file without [global]" lk samba --apply
like "gets one" "$(head -n 1 "$conf")" "^\[global\]$"
is "before the rest" "$(tail -n 2 "$conf")" $'[share]\npath = /srv'
printf '[global]' >"$conf"
ok "a last line without a newline" lk samba --apply
is "is no trap" "$(value "kerberos method")" "dedicated keytab"

# ---- The system's keytab -------------------------------------------------

# real COMMAND...: without --root, where these folders are the system's, and no
# systemd is there.
real()
{
    # shellcheck disable=SC2016  # for the inner shell
    unshare -m env -u LD_PRELOAD sh -c 'mount --bind "$0/etc" /etc &&
        mount --bind "$0/var/lib" /var/lib &&
        mount -t tmpfs none /run && exec "$@"' "$root" "$@"
}

if [ "$(id -u)" -eq 0 ]; then
    first=$root
    machine real
    echo "localkdc:x:64999:64998::/:/bin/false" >>"$root/etc/passwd"
    echo "netbios name = nas" >"$root/etc/samba/smb.conf"
    ok "setup" real localkdc setup --realm NAS
    ok "a Samba that takes the system's keytab" real localkdc samba
    like "needs not a line" "$output" "nothing is missing"
    sed -i '1i [libdefaults]\n    default_keytab_name = FILE:/srv/keytab' \
        "$root/etc/krb5.conf"
    ok "where krb5.conf names another one" real localkdc samba
    like "it is to be told" "$output" \
        "dedicated keytab file = /etc/krb5.keytab"
    root=$first
    export KRB5_CONFIG=$root/etc/krb5.conf
fi

# ---- What this smbd lacks ------------------------------------------------

set_conf "[global]" "${common[@]}" "netbios name = nas" \
    "vfs objects = posixacl, not_there:option" "[share]" "path = /srv" \
    "vfs objects = not_there neither" "[posix]" "path = /srv" \
    "vfs objects = posixacl" "# vfs objects = commented"
ok "modules" lk samba
is "names those that are not there, each once" \
    "$(grep -o "'.*'" <<<"$output")" \
    "'vfs objects = not_there'
'vfs objects = neither'"
refused "as status does" 3 "samba .*has 'vfs objects = not_there', and this" \
    lk status
set_conf "[global]" "${common[@]}" "netbios name = nas" \
    "passdb backend = nowhere:x"
ok "where users are kept" lk samba
like "is a module too" "$output" "no module for 'passdb backend = nowhere'"

# ---- What cannot be ------------------------------------------------------

echo "realm = LATER" >"$scratch/more.conf"
set_conf "[global]" "include = $scratch/more.conf"
before=$(cat "$conf")
refused "set again in an included file" 1 "'realm' is set again further on" \
    lk samba --apply
is "changes nothing" "$(cat "$conf")" "$before"
is "and leaves nothing" "$(find "$root/etc/samba" -type f)" "$conf"
set_conf "[global]" "security = ads" "realm = DOMAIN.ORG" \
    "server role = member server"
refused "a member of a domain" 1 "part of a domain; .*standalone" \
    lk samba --apply
set_conf "[global]" "server role = nonsense"
refused "a file that Samba cannot read" 1 "testparm failed: .*nonsense" \
    lk samba
refused "another file" 1 "/nowhere" lk samba --smb-conf /nowhere
mkdir "$scratch/bin"
refused "no Samba" 1 "testparm is not there; install Samba" \
    env PATH="$scratch/bin" "$STAGE/sbin/localkdc" --root "$root" samba

# ---- When the realm goes -------------------------------------------------

set_conf "[global]" "netbios name = other" "[share]" "realm comment = NAS"
lk samba --apply >/dev/null
ok "remove" lk remove --yes
is "lists the lines that stay, and what was there before" "$output" \
    "Realm NAS: removed.
$conf still has lines for this realm; take them out:
    iakerb kdc socket = $root/run/localkdc/kdc.sock
    realm = NAS
    kerberos method = dedicated keytab
    dedicated keytab file = $root/etc/krb5.keytab
What it was before 'localkdc samba --apply' is $conf.old1."
lk setup >/dev/null
set_conf "[global]" "realm = OTHER" "kerberos method = system keytab"
ok "remove, with another realm in smb.conf" lk remove --yes
is "has nothing to list" "$output" "Realm NAS: removed."

done_testing
