#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What only root sees: localkdc-accountd, whom it answers and what, and what
# the KDC makes of that.

. "$(dirname "$0")/common.sh"
machine nas
names=(locked never expired later expired0 nobody-there broken)
for name in "${names[@]}"; do
    echo "$name:x:1005:100::/:/bin/false" >>"$root/etc/passwd"
done
lk setup >/dev/null || give_up "setup failed"
for name in alice "${names[@]}"; do
    user_add "$name" "correct horse" >/dev/null || give_up "no $name"
done
today=$(($(date +%s) / 86400))
cat >"$root/etc/shadow" <<SHADOW
alice:\$y\$j9T\$salt\$hash:19000:0:99999:7:::
locked:!\$y\$j9T\$salt\$hash:19000:0:99999:7:::
never:!:19000:0:99999:7:::
expired:\$y\$j9T\$salt\$hash:19000:0:99999:7::$today:
later:*:19000:0:99999:7::$((today + 2)):
expired0:!:19000:0:99999:7::1:
broken:!:x:0:99999:7:::
SHADOW
socket=$root/run/localkdc/accountd.sock
kdc_start

denied_by=$(id -un)
allowed "where it is not set up, nobody is asked" locked
forget

accountd_start()
{
    env -u LD_PRELOAD systemd-socket-activate --listen="$socket" \
        "$STAGE/lib/localkdc/localkdc-accountd" \
        --shadow "$root/etc/shadow" "$1" 2>"$scratch/accountd.log" &
    accountd_pid=$!
    started+=("$accountd_pid")
    wait_for 10 test -S "$socket" || give_up "$(cat "$scratch/accountd.log")"
}
accountd_stop()
{
    kill "$accountd_pid"
    wait "$accountd_pid" 2>/dev/null
}

accountd_start "$denied_by"
allowed "an ordinary account" alice
denied "what usermod -L has locked" locked "credentials have been revoked"
allowed "one that never had a password" never
denied "one that expires today" expired "credentials have been revoked"
allowed "one that expires the day after tomorrow" later
denied "what usermod -e 1 has ended" expired0 "credentials have been revoked"
allowed "one that is not in the file" nobody-there
denied "a line that is none" broken "service is not available"

usermod_L()
{
    sed -i 's/^alice:/alice:!/' "$root/etc/shadow"
}
ok "a ticket" login alice "correct horse"
usermod_L
forget
refused "usermod -L: no service from that ticket" 1 "have been revoked" \
    kvno host/nas
sed -i 's/^alice:!/alice:/' "$root/etc/shadow"
ok "usermod -U" kvno host/nas

# ask BYTES: what it answers, with its zero bytes taken out.
ask()
{
    /usr/bin/python3 - "$socket" "$1" <<'PYTHON' 2>&1
import ast, socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(5)
s.connect(sys.argv[1])
try:
    s.sendall(ast.literal_eval("b'" + sys.argv[2] + "'"))
    print(s.recv(65536).replace(b"\0", b"").decode())
except (BrokenPipeError, ConnectionResetError):
    print()
PYTHON
}
call='{"method":"localkdc.Account.Check","parameters":{"userName":"alice"}}'
is "its whole answer" "$(ask "$call\\0")" '{"parameters":{"allowed":true}}'
is "which is the same for nobody" "$(ask "${call/alice/xyz}\\0")" \
    '{"parameters":{"allowed":true}}'
for bad in "${call/Check/Dump}" "${call/alice/a:b}" "${call/alice/}" \
        "${call/\"alice\"/7}" "{}" "[]" "x" \
        "${call/alice/a\\\\u0000b}"; do
    is "no answer to $bad" "$(ask "$bad\\0")" \
        '{"error":"org.varlink.service.InvalidParameter"}'
done
is "nothing for 1024 bytes without an end" \
    "$(ask "$(printf 'x%.0s' {1..1100})")" ""
start=$EPOCHREALTIME
is "nor for one byte" "$(ask x)" ""
at_most "after half a second" 1.5 "$start"
is "and then it answers others" "$(ask "$call\\0")" \
    '{"parameters":{"allowed":true}}'

if [ "$(id -u)" -eq 0 ]; then
    chmod 0666 "$socket"
    is "anybody else gets nothing" "$(setpriv --reuid 1001 --clear-groups \
        /usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(5)
s.connect(sys.argv[1])
try:
    s.sendall(sys.argv[2].encode() + b"\0")
    print(s.recv(65536))
except (BrokenPipeError, ConnectionResetError):
    print(b"")' "$socket" "$call" 2>&1)" "b''"
fi

# One that was there and is gone lets nobody in.
accountd_stop
forget
denied "its socket without it" alice "service is not available"
rm -f "$socket"
allowed "neither of them" alice

# ---- A realm from before -------------------------------------------------

config=$root/etc/localkdc/kdc.conf
before=$(cat "$config")
sed -i -e 's/db_library = users/db_library = db2/' \
    -e '/db_module_dir\|accountd_socket\|passwd_file/d' "$config"
ok "refresh gives it to an older realm" lk refresh
is "as setup does to a new one" "$(cat "$config")" "$before"

# ---- The units -----------------------------------------------------------

units=$STAGE/lib/systemd/system
ok "systemd knows all of its units" systemd-analyze verify --man=no \
    "$units"/localkdc-accountd.{socket,service}
unlike "and has nothing to say" "$output" "accountd"
ok "systemd-analyze security: at most 2 out of 10" systemd-analyze \
    security --no-pager --offline=true --threshold=20 \
    "$units/localkdc-accountd.service"
diag "$(tail -n 1 <<<"$output")"
refused "without a socket it says how it is started" 1 \
    "systemctl start localkdc-accountd.socket" \
    "$STAGE/lib/localkdc/localkdc-accountd" root
refused "for no account" 1 "no account xyz; run systemd-sysusers" \
    "$STAGE/lib/localkdc/localkdc-accountd" xyz
done_testing
