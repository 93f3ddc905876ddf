#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# libsmbclient, as file managers use it.

. "$(dirname "$0")/../testbed.sh"
. "$testsuite/smb/file_manager.sh"
realm_start
mkdir "$server_dir/dfs"
ln -s 'msdfs:nas\share' "$server_dir/dfs/link"
smbd_start "[dfs]" "path = $server_dir/dfs" "msdfs root = yes"
file=$client_dir/file

# manager ARGUMENT...: on the client; without -f with Kerberos only.
manager()
{
    client "$file_manager" "$@"
}

# fails WHAT ERRNO COMMAND...: COMMAND fails at the login.
fails()
{
    local what=$1 errno=$2 failed=0 size
    shift 2

    size=$(stat -c %s "$server_log")
    output=$("$@" 2>&1) || failed=1
    is "$what: fails" "$failed" 1
    like "$what: $errno" "$output" "^failed: $errno\$"
    unlike "$what: nobody is logged in" "$(server_log_since "$size")" \
        "Successful AuthZ"
}

head -c 64M /dev/urandom >"$file"
logs_in "a password, after a try without" alice \
    manager smb://nas/share alice WORKGROUP "$pw" "$file"
like "which ends as it does with Kerberos" "$output" \
    "^without a password: EINVAL\$"
like "the second time a password is asked for" "$output" \
    "^credentials for //nas/share: alice\$"
ok "64 MiB come back as they were" cmp "$file" "$file.back"
is "nothing is left on the server" "$(ls "$server_dir/share")" ""

touch "$server_dir/share/seen"
logs_in "a folder" alice manager smb://nas/share alice "" "$pw"
like "is listed" "$output" "^entry seen\$"
for user in 'NAS\alice' alice@NAS; do
    logs_in "as $user" alice manager smb://nas/share "$user" "" "$pw"
done
logs_in "the shares of the server" alice manager smb://nas alice "" "$pw"
like "are listed" "$output" "^entry share\$"

# Two sessions of one context, with IPC$ and with the share, and each call
# puts other credentials in the place of those that made them.
head -c 1M /dev/urandom >"$file"
logs_in "a DFS link" alice \
    manager smb://nas/dfs/link alice WORKGROUP "$pw" "$file"
unlike "the credentials have one owner" "$output" "with references"
ok "1 MiB comes back by the link as it was" cmp "$file" "$file.back"

cp "$file" "$file.2"
size=$(stat -c %s "$server_log")
ok "two contexts, one after the other" \
    manager smb://nas/share alice "" "$pw" "$file" "$file.2"
is "are two logins" "$(server_log_since "$size" | grep -cE \
    "Successful AuthZ: \[SMB2,IAKERB\] user \[[A-Z]*\]\\\\\[alice\]")" 2

ticket cache alice@NAS "$pw"
logs_in "a TGT" alice client KRB5CCNAME="FILE:$client_dir/cache" \
    "$file_manager" smb://nas/share nobody "" wrong
unlike "no password is asked for" "$output" "without a password"

fails "a wrong password" EACCES manager smb://nas/share alice "" wrong
fails "an unknown user" EACCES manager smb://nas/share nosuchuser "" "$pw"
fails "a wrong password, NTLM allowed by the client" EACCES \
    manager -f smb://nas/share alice "" wrong

# The accounts have an NTLM password too, so that IAKERB is the better one of
# two, and NTLM what is left of them.
smbd_stop
smbd_start "ntlm auth = ntlmv2-only"
passdb alice
logs_in "IAKERB before NTLM" alice manager -f smb://nas/share alice "" "$pw"
fails "a wrong password, for both" EACCES \
    manager -f smb://nas/share alice "" wrong

smbd_stop
smbd_start "ntlm auth = ntlmv2-only" "server support iakerb = no"
size=$(stat -c %s "$server_log")
ok "a server without IAKERB" manager -f smb://nas/share alice "" "$pw"
like "NTLM instead" "$(server_log_since "$size")" \
    "Successful AuthZ: \[SMB2,NTLMSSP\] user \[NAS\]\\\\\[alice\]"
fails "and not with Kerberos only" EINVAL \
    manager smb://nas/share alice "" "$pw"

done_testing
