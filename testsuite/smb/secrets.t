#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a login gives away: to the server nothing to guess the password from, if
# the client insists on that, and to the logs no password, key or token at all.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/smb/file_manager.sh"
realm_start
smbd_start "log level = 10"

# insisting COMMAND...: on a client whose smb.conf is as docs/security.md has it.
line=$(grep "client iakerb timestamp" "$top/docs/security.md")
ok "the page has a line for smb.conf" test -n "$line"
insisting()
{
    local status=0

    cp "$client_dir/smb.conf" "$client_dir/smb.conf.before"
    echo "$line" >>"$client_dir/smb.conf"
    client KRB5_TRACE="$client_dir/trace" "$@" || status=$?
    mv "$client_dir/smb.conf.before" "$client_dir/smb.conf"
    return "$status"
}

# tickets_for REGEX: how many times the KDC has taken the principal's proof.
tickets_for()
{
    grep -c "AS_REQ.*ISSUE.* $1 for " "$kdc_log"
}

# proofs: which kinds of preauthentication the client has made; SPAKE is 151,
# an encrypted timestamp 2.
proofs()
{
    grep -ohE "Produced preauth for next request: .*" "$client_dir/trace" |
        grep -oE "\([0-9]+\)" | sort -u | paste -sd ' '
    rm -f "$client_dir/trace"
}

login=(smbclient --use-kerberos=required)
logs_in "a client that insists" alice \
    insisting "${login[@]}" -U "alice%$pw" //nas/share -c pwd
like "a client that insists: SPAKE" "$(proofs)" "\(151\)"

# The KDC has nothing better than an encrypted timestamp now.
kdc_stop
sed -i /spake/d "$server_dir/kdc/kdc.conf"
kdc_start
issued=$(tickets_for alice@NAS)
for user in alice alice@NAS; do
    login_refused "a client that insists, as $user, and a KDC without SPAKE" \
        NT_STATUS_LOGON_FAILURE "IAKERB login to cifs/nas failed: the \
server's KDC offers .*encrypted timestamp for alice@NAS, which is not \
possible or not allowed" - \
        insisting "${login[@]}" -U "$user%$pw" //nas/share -c pwd
done
like "nor from a file manager" "$(insisting "$file_manager" smb://nas/share \
    alice NAS "$pw" 2>&1)" "^failed: "
is "the KDC gets nothing that depends on the password" \
    "$(tickets_for alice@NAS)" "$issued"
rm -f "$client_dir/trace"
logs_in "a client that does not insist" alice \
    client KRB5_TRACE="$client_dir/trace" "${login[@]}" -U "alice%$pw" \
    //nas/share -c pwd
like "a client that does not insist: an encrypted timestamp" "$(proofs)" \
    "\(2\)"
is "the KDC gets it" "$(tickets_for alice@NAS)" "$((issued + 1))"

# A server that names another realm gains nothing by it.
other_realm_start
smbd_stop
smbd_start "log level = 10" "realm = OTHER"
login_refused "a server of another realm" NT_STATUS_NO_SUCH_USER \
    "the server does not serve the realm of alice@NAS" - \
    insisting "${login[@]}" -U "alice@NAS%$pw" //nas/share -c pwd
login_refused "and one that is asked for its realm" NT_STATUS_LOGON_FAILURE \
    "for alice@OTHER, which is not possible or not allowed" - \
    insisting "${login[@]}" -U "alice%$pw" //nas/share -c pwd
is "get nothing either" "$(tickets_for "alice@[A-Z]*")" "$((issued + 1))"
smbd_stop
smbd_start "log level = 10"

# ---- Logs ----------------------------------------------------------------

# shown LOG SECRET...: which of these secrets, in hexadecimal digits, the log
# has: as they are, as digits, or dumped as Samba dumps bytes, with breaks.
shown()
{
    perl -e '
        my ($log, @secrets) = @ARGV;
        open my $in, "<", $log or die "$log: $!\n";
        my $text = join "", <$in>;
        my $dumped = join "",
            $text =~ /\[[0-9A-F]{4,}\] ((?:[0-9A-F]{2} +){1,16})/g;
        $dumped =~ tr/ //d;
        for my $secret (@secrets) {
            print "$secret\n" if index($text, pack "H*", $secret) >= 0 ||
                "$text $dumped" =~ /\Q$secret/i;
        }' "$@"
}

# hex ENCODING TEXT
hex()
{
    printf %s "$2" | iconv -t "$1" | od -An -v -tx1 | tr -d ' \n'
}

# What IAKERB's tokens begin with: the OID, and the id of a message that is
# passed on or that of an AP-REQ.
iakerb=06062b0601050205
realm_admin NAS "ktadd -k $server_dir/keys -norandkey alice cifs/nas"
# shellcheck disable=SC2207  # words
secrets=("$(hex ASCII "$pw")" "$(hex UTF-16LE "$pw")"
    "${iakerb}0501" "${iakerb}0100"
    $("${server[@]}" LD_PRELOAD= klist -kK "FILE:$server_dir/keys" |
        sed -nE 's/.*\(0x([0-9a-f]+)\)$/\1/p'))
is "there are keys to look for" "${#secrets[@]}" 8

smb -d 10 -U "alice%$pw" //nas/share -c pwd >"$client_dir/verbose.log" 2>&1
printf '%s\n' "$pw" | client smbclient -d 10 --use-kerberos=required \
    -U alice //nas/share -c pwd >>"$client_dir/verbose.log" 2>&1

# Only this client was told to show its session's key.
smb -d 10 --option="debug encryption = yes" -U "alice%$pw" //nas/share \
    -c pwd >"$client_dir/keys.log" 2>&1
row='\[00[01]0\] (([0-9A-F]{2} +){16}).*'
session_key=$(sed -nE "/^Session Key/{N;s/.*$row\n$row/\1\3/p}" \
    "$client_dir/keys.log" | tr -d ' ')
like "a key that is dumped" "$session_key" '^[0-9A-F]{64}$'
is "is found" \
    "$(shown "$client_dir/keys.log" "$session_key")" "$session_key"
secrets+=("$session_key")
echo "a password: $pw" >"$client_dir/password.log"
is "and a password" \
    "$(shown "$client_dir/password.log" "${secrets[@]}")" "${secrets[0]}"

for log in "$server_log" "$client_dir/verbose.log" "$kdc_log"; do
    ok "${log##*/} has something" test -s "$log"
    is "${log##*/} has no password, key or token" \
        "$(shown "$log" "${secrets[@]}")" ""
done
like "and the server's was talkative" "$(grep -c . "$server_log")" "....."

done_testing
