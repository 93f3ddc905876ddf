#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Which local account a login becomes: uid and groups, the account in passdb if
# there is one, its home, and what stands for it in smb.conf.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/access.sh"
realm_start
realm_admin NAS "addprinc -pw $pw dave"
echo "staff:x:200:alice" >>"$server_dir/group"
sed -i -E "s,^((alice|bob):.*:)/:,\1$server_dir/home/\2:," "$server_dir/passwd"

# What a file belongs to is seen with real uids only, which root can have.
real=
if [ "$(id -u)" -eq 0 ]; then
    real=yes
    server+=(UID_WRAPPER=0)
    chmod 0711 "$bed"
    chmod 1777 "$bed/sanitizer"
fi
server_start "ntlm auth = ntlmv2-only"
passdb alice

uid()
{
    awk -F : -v name="$1" '$1 == name { print $3 }' "$server_dir/passwd"
}

# ---- uid and groups ------------------------------------------------------

mkdir "$server_dir/team"
settings "[team]" "path = $server_dir/team" "read only = no"
if [ -n "$real" ]; then
    chgrp 200 "$server_dir/team"
    chmod 0770 "$server_dir/team"
    for way in password service_ticket; do
        ok "alice writes by way of her group, $way" \
            "$way" alice team "put /etc/hosts $way"
        is "the file is hers, $way" \
            "$(stat -c %u:%g "$server_dir/team/$way")" "$(uid alice):100"
    done
    excluded "bob is not in the group" NT_STATUS_ACCESS_DENIED \
        bob team "put /etc/hosts bob"
    password bob share "put /etc/hosts bob" >/dev/null 2>&1
    is "a file of somebody who is not in passdb" \
        "$(stat -c %u:%g "$server_dir/share/bob")" "$(uid bob):100"
fi

# ---- passdb --------------------------------------------------------------

# sid USER: of the session, by the server's record.
sid()
{
    local size

    size=$(stat -c %s "$server_log")
    password "$1" share >/dev/null 2>&1
    server_log_since "$size" |
        sed -nE 's/.*Successful AuthZ: .*\\\[[a-z]+\] \[([^]]*)\].*/\1/p'
}

is "who is in passdb has the SID from there" "$(sid alice)" \
    "$(server pdbedit -v -u alice | awk '/^User SID/ { print $3 }')"
like "who is not has one of the machine's" "$(sid bob)" "^S-1-(5-21|22-1)-"

# Whatever the realm is called.  Her folder is for nobody else, by its mode
# and by the list that Windows would give it.
mkdir -m 0700 "$server_dir/share/hers"
[ -z "$real" ] || chown "$(uid alice)" "$server_dir/share/hers"
for lines in "" "realm = NAS" "realm = NAS|workgroup = HOME"; do
    IFS='|' read -ra given <<<"$lines"
    settings "${given[@]}"
    is "the SID of who is in passdb, '$lines'" "$(sid alice)" \
        "$(server pdbedit -v -u alice | awk '/^User SID/ { print $3 }')"
    recorded "her domain is the machine, '$lines'" \
        'Successful AuthZ: .* user \[NAS\]\\\[alice\]' password alice share
    admitted "her own folder, '$lines'" alice share "cd hers; ls"
    admitted "her own access, '$lines'" alice share \
        "cd hers; put /etc/hosts file; rm file"
    excluded "nobody else's, '$lines'" NT_STATUS_ACCESS_DENIED \
        bob share "cd hers; ls"
done
settings

passdb bob
for flags in "ACCOUNT_DISABLED -c [D]" "ACCOUNT_LOCKED_OUT -c [L]" \
    "ACCOUNT_EXPIRED -c [] --kickoff-time=1"; do
    status=NT_STATUS_${flags%% *}
    # shellcheck disable=SC2086  # words
    server pdbedit -u bob ${flags#* } >/dev/null 2>&1
    turned_away "passdb says $status" "$status" \
        "Refused \[bob\]: the account is .* in passdb \($status\)" bob
done
server pdbedit -u bob -c "[]" --kickoff-time=never >/dev/null 2>&1
admitted "and no more" bob share

# What is a machine's or a domain's, and no user's.
realm_user 'box$' "$pw"
server pdbedit -a -m -u box >/dev/null
status=NT_STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT
turned_away "a machine's account" $status \
    "Refused \[box[$]\]: the account is .* no user's in passdb \($status\)" \
    'box$'

# ---- No local account ----------------------------------------------------

turned_away "a principal without a local account" NT_STATUS_ACCESS_DENIED \
    "Refused \[dave@NAS\]: there is no local user \[dave\]" dave

# ---- Homes ---------------------------------------------------------------

for user in alice bob; do
    mkdir -p "$server_dir/home/$user"
    echo "$user" >"$server_dir/home/$user/name"
    [ -z "$real" ] || chown -R "$(uid $user)" "$server_dir/home/$user"
done
settings "[homes]" "valid users = %S" "read only = no" "browseable = no"

# name_in SHARE USER WAY
name_in()
{
    "$3" "$2" "$1" "get name -" 2>/dev/null
}

for way in password service_ticket; do
    is "alice's home, $way" "$(name_in alice alice "$way")" alice
    is "the share homes is hers, $way" "$(name_in homes alice "$way")" alice
done
excluded "not bob's" "tree connect failed: NT_STATUS_ACCESS_DENIED" alice bob

# ---- Substitutions -------------------------------------------------------

sub=$server_dir/sub/U.alice/u.alice/D.NAS/G.users
mkdir -p "$sub"
echo found >"$sub/name"
settings "[sub]" "path = $server_dir/sub/U.%U/u.%u/D.%D/G.%G"
for way in nt_password password service_ticket; do
    is "%U, %u, %D and %G, $way" "$(name_in sub alice "$way")" found
done

mkdir "$server_dir/mine"
printf '%s\n' "[mine]" "path = $server_dir/mine" >"$server_dir/alice.conf"
settings "include = $server_dir/%U.conf"
admitted "include with %U" alice mine
excluded "and only hers" NT_STATUS_BAD_NETWORK_NAME bob mine

# ---- User shares ---------------------------------------------------------

mkdir -m 1770 "$server_dir/usershares"
settings "usershare path = $server_dir/usershares" "usershare max shares = 9" \
    "usershare owner only = no"
ok "a user share" server net usershare add ours "$server_dir/share" "" \
    "$(sid alice):F"
admitted "a user share that names alice" alice ours
excluded "and not bob" "tree connect failed: NT_STATUS_ACCESS_DENIED" bob ours

done_testing
