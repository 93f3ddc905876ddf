#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# docs/fallback.md says what happens between which server and which client;
# this does it, row by row of the tables that are there.

. "$(dirname "$0")/../testbed.sh"
realm_start
other_realm_start

# ---- The tables ----------------------------------------------------------

# table HEADING: the rows of the table under it, their cells with | between.
table()
{
    awk -v heading="## $1" '
        /^## / { wanted = $0 == heading; lines = 0 }
        wanted && /^\|/ && ++lines > 2 {
            gsub(/^\| *| *\|$/, "")
            gsub(/ *\| */, "|")
            print
        }' "$top/docs/fallback.md"
}

# quoted CELL: what is between its backquotes, one a line.
quoted()
{
    grep -o '`[^`]*`' <<<"$1" | tr -d '`'
}

# listed CELL ALL...: the names in a cell, one a line; "any" is all.
listed()
{
    local cell=$1
    shift

    if [ "$cell" = any ]; then
        printf '%s\n' "$@"
    else
        sed 's/, /\n/g' <<<"$cell"
    fi
}

declare -A smb_conf options
offers=()
while IFS='|' read -r name lines; do
    offers+=("$name")
    smb_conf[$name]=$(quoted "$lines")
done < <(table Servers)

has=()
while IFS='|' read -r name tickets arguments; do
    has+=("$name")
    options[$name]=$(quoted "$arguments")
    mapfile -t tickets < <(quoted "$tickets")
    [ ${#tickets[@]} -eq 0 ] ||
        ticket "$name" "${tickets[0]}" "$pw" "${tickets[1]-}"
done < <(table Clients)

# strangers COLUMN NAME...: what is listed in that column of the table and is
# none of these.
strangers()
{
    local column=$1
    shift

    table "The table" | cut -d '|' -f "$column" | sed 's/, /\n/g' | sort -u |
        grep -vxF -f <(printf '%s\n' any "$@")
}

is "servers of the table that are not described" \
    "$(strangers 1 "${offers[@]}")" ""
is "clients of the table that are not described" \
    "$(strangers 2 "${has[@]}")" ""
is "settings of the table that are none" \
    "$(strangers 3 required desired off)" ""

# ---- The logins ----------------------------------------------------------

# login CLIENT KERBEROS: as alice does it, who types her password if asked.
login()
{
    local arguments=()

    [ -z "${options[$1]}" ] ||
        mapfile -t arguments <<<"${options[$1]//PASSWORD/$pw}"
    client env USER=alice KRB5CCNAME="FILE:$client_dir/$1" \
        smbclient --use-kerberos="$2" "${arguments[@]}" '//nas/IPC$' -c exit \
        <<<"$pw" 2>&1
}

# outcome OUTPUT RECORD: what happened, in the words of the table, by what
# smbclient wrote and what the server recorded.
outcome()
{
    case $1 in
    *"Password for "*)
        echo -n "asks, "
        ;;
    esac
    sed -nE -e '/Successful AuthZ/!d
        s/.*: \[SMB2,([^]]*)\] user \[[^]]*\]\\\[([^]]*)\].*/\2 by \1/
        s/^ANONYMOUS LOGON/nobody/; s/krb5$/Kerberos/; s/NTLMSSP$/NTLM/
        p; q' <<<"$2" | grep . ||
        sed -n 's/^session setup failed: //p' <<<"$1"
}

# ntlm_shown WIRE: for each connection, what the client showed of NTLM.
ntlm_shown()
{
    awk '
        /^client NEGOTIATE / { connection++; shown[connection] = "no" }
        /^client .*mechs=[^ ]*ntlmssp/ { shown[connection] = "name" }
        /^client .* ntlm / { shown[connection] = "login" }
        END { for (i = 1; i <= connection; i++) print shown[i] }' <<<"$1"
}

# rows_of SERVER: what its rows say, each for one client and one setting.
rows_of()
{
    local servers clients settings expected ntlm one

    while IFS='|' read -r servers clients settings expected ntlm; do
        listed "$servers" "${offers[@]}" |
            grep -xF -- "$1" >/dev/null || continue
        listed "$clients" "${has[@]}" | while read -r one; do
            listed "$settings" required desired off |
                sed "s/.*/$one|&|$expected|$ntlm/"
        done
    done < <(table "The table")
}

count=0
for offer in "${offers[@]}"; do
    count=$((count + $(rows_of "$offer" | wc -l)))
done
diag "$count logins"
ok "there are servers" test ${#offers[@]} -gt 3
ok "there are clients" test ${#has[@]} -gt 9
ok "there are rows" test "$count" -gt 100

for offer in "${offers[@]}"; do
    mapfile -t lines <<<"${smb_conf[$offer]}"
    smbd_start "${lines[@]}" "log level = 1 auth_audit:5"
    passdb alice 2>/dev/null

    mapfile -t rows < <(rows_of "$offer")
    got=()
    record_start
    for row in "${rows[@]}"; do
        IFS='|' read -r one kerberos _ <<<"$row"
        size=$(stat -c %s "$server_log")
        output=$(login "$one" "$kerberos")
        got+=("$one|$kerberos|$(outcome "$output" \
            "$(server_log_since "$size")")")
    done
    mapfile -t ntlm < <(ntlm_shown "$(record_stop)")

    is "$offer: no row says what another does" \
        "$(cut -d '|' -f 1,2 < <(printf '%s\n' "${rows[@]}") | sort |
            uniq -d)" ""
    is "$offer: a connection each" "${#ntlm[@]}" "${#rows[@]}"
    for row in "${!rows[@]}"; do
        is "$offer: ${rows[row]}" "${got[row]}|${ntlm[row]-}" "${rows[row]}"
    done
    smbd_stop
done

# ---- A domain besides the user -------------------------------------------

# desired ARGUMENT...: smbclient with Kerberos desired, as it is by default.
desired()
{
    client smbclient "$@" -c pwd
}

other=(NT_STATUS_NO_SUCH_USER
    "the server does not serve the realm of alice@OTHER"
    "refused: the client asks for another realm than NAS")

smbd_start
for name in nas nas.local "$server_ip"; do
    logs_in "NAS\\alice at $name" alice \
        desired -U "nas\\alice%$pw" "//$name/share"
done
login_refused "OTHER\\alice at an address" "${other[@]}" \
    desired -U "other\\alice%$pw" "//$server_ip/share"
login_refused "OTHER\\alice, Kerberos required" "${other[@]}" \
    smb -U "OTHER\\alice%$pw" //nas/share -c pwd
for workgroup in WORKGROUP OTHER; do
    logs_in "$workgroup, the client's own" alice \
        desired -W $workgroup -U "$workgroup\\alice%$pw" //nas/share
done
ticket TGT alice@NAS "$pw"
login_refused "OTHER\\alice, and tickets of NAS" NT_STATUS_INVALID_PARAMETER \
    "there is neither a password nor a valid ticket for it" - \
    client KRB5CCNAME="FILE:$client_dir/TGT" smbclient -N \
    --use-kerberos=required -U 'OTHER\alice' //nas/share -c pwd
smbd_stop

smbd_start "realm = OTHER"
logs_in "NAS\\alice, where the realm is not called like the server" alice \
    desired -U "NAS\\alice%$pw" //nas/share
smbd_stop
smbd_start

# A member knows the KDC of CORP by way of winbind, so that is asked first.
# Elsewhere DNS would be, for half a minute perhaps.
sed '/\[global\]/a workgroup = CORP\nrealm = CORP.EXAMPLE.COM' \
    "$client_dir/smb.conf" >"$client_dir/alone.conf"
sed '/\[global\]/a security = ads' "$client_dir/alone.conf" \
    >"$client_dir/member.conf"

# trace USER CLIENT: what the client does first.
trace()
{
    desired -d 5 --configfile="$client_dir/$2.conf" -U "$1%$pw" //nas/share 2>&1
}

for domain in CORP TRUSTED; do
    like "$domain\\alice on a member: Kerberos" \
        "$(trace "$domain\\alice" member)" "Doing kinit for alice@$domain to "
    like "$domain\\alice elsewhere: none" \
        "$(trace "$domain\\alice" alone)" "Leaving alice@$domain to IAKERB"
done
like "TRUSTED\\alice elsewhere: nor IAKERB" \
    "$(trace 'TRUSTED\alice' alone)" \
    "Not using IAKERB to cifs/nas: the user is of another domain"
logs_in "alice@NAS on a member" alice \
    desired --configfile="$client_dir/member.conf" -U "alice@NAS%$pw" \
    //nas/share

done_testing
