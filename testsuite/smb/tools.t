#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every tool of Samba's that logs in over SMB, and every way to give it
# credentials.  smbtree is not among them: it lists what NetBIOS knows, with
# SMB1 only.

. "$(dirname "$0")/../testbed.sh"
realm_start
mkdir -m 1777 "$server_dir/spool"
smbd_start "spotlight = yes" "disable spoolss = no" "printing = lprng" \
    "lpq command = true" \
    "print command = cat %s >>$server_dir/share/printed; rm %s" \
    "[printer]" "path = $server_dir/spool" "printable = yes"
cd "$client_dir" || exit
head -c 4M /dev/urandom >file
cp file "$server_dir/share"
printf 'username = alice\npassword = %s\n' "$pw" >credentials
ticket tgt alice@NAS "$pw"

required=--use-kerberos=required
alice=("$required" -U "alice%$pw")

# tool WHAT ANSWER COMMAND...: by the server's record COMMAND logs in as alice
# and in no other way, and a line of its answer matches this regular expression.
tool()
{
    local what=$1 answer=$2 size
    shift 2

    size=$(stat -c %s "$server_log")
    logs_in "$what" alice client "$@"
    like "$what: the answer" "$output" "$answer"
    is "$what: no other login" "$(server_log_since "$size" |
        grep "Successful AuthZ" | grep -vc "IAKERB")" 0
}

# smbget is asked for a file that is there twice, and says little.
gets()
{
    local what=$1
    shift

    logs_in "smbget: $what" alice client smbget -q -o got "$@"
    ok "smbget: $what: the file" cmp file got
    rm -f got
}

# lets_in_nobody WHAT ANSWER COMMAND...
lets_in_nobody()
{
    local what=$1 answer=$2 size failed=0
    shift 2

    size=$(stat -c %s "$server_log")
    output=$(client "$@" 2>&1) || failed=1
    is "$what: fails" "$failed" 1
    like "$what: says why" "$output" "$answer"
    unlike "$what: nobody is logged in" "$(server_log_since "$size")" \
        "Successful AuthZ: .* user \[[A-Z]*\]\\\\\[alice\]"
}

# ---- What each tool does -------------------------------------------------

while IFS='|' read -r answer command; do
    [ -n "$answer" ] || continue
    read -ra words <<<"$command"
    tool "$command" "$answer" "${words[@]}" "${alice[@]}"
done <<'TOOLS'
^[[:space:]]*share +Disk|smbclient -L nas
^  file .* 4194304 |smbclient //nas/share -c ls
^[[:space:]]*NAS .*Samba|rpcclient nas -c srvinfo
^netname: share$|rpcclient nas -c netshareenumall
name:\[\\\\NAS\\printer\]|rpcclient nas -c enumprinters
^share$|net rpc share list -S nas
^Domain SID: S-1-5-21-|net rpc info -S nas
^Storing SID S-1-5-21-|net rpc getsid -S nas
SeDiskOperatorPrivilege|net rpc rights list -S nas
^Keyname +=|net rpc registry enumerate HKLM -S nas
"Print Spooler"$|net rpc service list -S nas
^Auditing:|net rpc audit list -S nas
shared as: printer$|net rpc printer list -S nas
^share$|net share -S nas
^OWNER:Unix User.root$|smbcacls //nas/share file
TOOLS
recorded_quotas()
{
    output=$(client smbcquotas //nas/share "${alice[@]}" 2>&1)
    grep -q "^Quotas are not enabled on this share" <<<"$output"
}
logs_in "smbcquotas" alice recorded_quotas

logs_in "mdsearch" alice client mdsearch nas share '*=="file"' "${alice[@]}"

# ---- Printing ------------------------------------------------------------

for page in first second third; do
    echo "$page" >"$page"
done
connected="SMB connection established"
tool "smbspool" "$connected" \
    smbspool "smb://alice:$pw@nas/printer" 1 alice title 1 "" first
tool "smbspool, the name and the password as CUPS gives them" "$connected" \
    env DEVICE_URI=smb://nas/printer AUTH_USERNAME=alice \
    AUTH_PASSWORD="$pw" smbspool 1 alice title 1 "" second
tool "smbspool with a TGT" "$connected" \
    env AUTH_INFO_REQUIRED=negotiate KRB5CCNAME="FILE:$client_dir/tgt" \
    smbspool smb://nas/printer 1 alice title 1 "" third
is "the pages are printed" "$(cat "$server_dir/share/printed")" \
    "$(cat first second third)"
lets_in_nobody "smbspool with a wrong password" NT_STATUS_LOGON_FAILURE \
    smbspool smb://alice:wrong@nas/printer 1 alice title 1 "" first

# ---- Credentials, in every way that smbget takes them --------------------

url=smb://nas/share/file
gets "-U user%password" "$required" -U "alice%$pw" "$url"
gets "Kerberos desired" -U "alice%$pw" "$url"
gets "-k" -k -U "alice%$pw" "$url"
gets "--password" "$required" -U alice --password="$pw" "$url"
gets "-A" "$required" -A credentials "$url"
gets "-W" "$required" -W NAS -U "alice%$pw" "$url"
gets "domain and user" "$required" -U "NAS/alice%$pw" "$url"
gets "a principal" "$required" -U "alice@NAS%$pw" "$url"
gets "the URL" "$required" "smb://alice:$pw@nas/share/file"
gets "the URL, with a domain" "$required" "smb://NAS;alice:$pw@nas/share/file"
gets "encrypted" "$required" -e -U "alice%$pw" "$url"
logs_in "smbget: asks" alice client sh -c \
    "echo '$pw' | smbget -q -o got $required -U alice $url"
ok "smbget: asks: the file" cmp file got
rm got

logs_in "smbget: PASSWD" alice client PASSWD="$pw" \
    smbget -q -o got "$required" -U alice "$url"
logs_in "smbget: KRB5CCNAME" alice client KRB5CCNAME="FILE:$client_dir/tgt" \
    smbget -q -o got.2 "$required" "$url"
ok "smbget: KRB5CCNAME: the file" cmp got got.2

lets_in_nobody "smbget: a wrong password" "enough permissions to access $url" \
    smbget -o got.3 "$required" -U alice%wrong "$url"
lets_in_nobody "smbget: no password" "Invalid argument" \
    smbget -o got.3 "$required" -N -U alice "$url"
lets_in_nobody "smbget: a guest" "enough permissions to access $url" \
    smbget -o got.3 -a "$url"

done_testing
