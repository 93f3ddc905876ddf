# SPDX-License-Identifier: GPL-3.0-or-later
# Two owners who make a trust with 'localkdc trust', for bash.  Sourced after
# testbed.sh.

# What is typed on the two machines, line by line, and what is on the screens.
declare -A owner_fd owner_pid

# owner_begin HOST ARGUMENT...: somebody types 'localkdc trust ARGUMENT...'.
# HOST can be HOST:NAME, where two sit at one machine.
owner_begin()
{
    local host=$1 fd
    shift

    : >"$bed/screen.$host"
    rm -f "$bed/typed.$host"
    mkfifo "$bed/typed.$host"
    # Both ways, so that neither side waits for the other one.
    exec {fd}<>"$bed/typed.$host"
    owner_fd[$host]=$fd
    at "${host%%:*}" owner_run "$host" "$@" <&"$fd"
    owner_pid[$host]=$!
}

owner_run()
{
    "${server[@]}" "$STAGE/sbin/localkdc" --root "$root" trust "${@:2}" \
        <&0 >"$bed/screen.$1" 2>&1 &
}

owner_types()
{
    echo "$2" >&"${owner_fd[$1]}"
}

# screen_has HOST REGEX
screen_has()
{
    grep -Eq "$2" "$bed/screen.$1"
}

# screen_waits HOST REGEX: until that is on the screen.
screen_waits()
{
    wait_for 10 screen_has "$1" "$2" ||
        give_up "$1 does not say '$2': $(tail -n 20 "$bed"/screen.*)"
}

# owner_end HOST: the status of what was typed there.
owner_end()
{
    local status=0

    wait "${owner_pid[$1]}" || status=$?
    eval "exec ${owner_fd[$1]}>&-"
    echo "$status" >"$bed/status.$1"
}

# owner_is WHAT HOST STATUS REGEX
owner_is()
{
    owner_end "$2"
    is "$1: $2 ends" "$(<"$bed/status.$2")" "$3"
    like "$1: $2 says" "$(<"$bed/screen.$2")" "$4"
}

# code_of HOST: the code on its screen.
code_of()
{
    sed -nE 's/^The code is ([0-9 ]+),.*/\1/p' "$bed/screen.$1"
}

check_of()
{
    sed -nE 's/^Check value: //p' "$bed/screen.$1"
}

# meet OPTION...: NAS offers, LAPTOP joins, and both see the terms.
meet()
{
    owner_begin nas offer "$@"
    screen_waits nas "^The code is"
    owner_begin laptop join nas
    owner_types laptop "$(code_of nas)"
    screen_waits nas "^Check value"
    screen_waits laptop "^Check value"
}

# trust_made OPTION...: and both say yes.
trust_made()
{
    meet "$@"
    owner_types nas yes
    owner_types laptop yes
    owner_end nas
    owner_end laptop
    [ "$(<"$bed/status.nas")$(<"$bed/status.laptop")" = 00 ] ||
        give_up "no trust: $(cat "$bed"/screen.*)"
}

# keys_at HOST: the principals of trusts and offers in its database.
keys_at()
{
    at "$1" keys_here
}

keys_here()
{
    "${kdc[@]}" kadmin.local -r "$server_realm" -q listprincs 2>/dev/null |
        grep -E "^(krbtgt/NAS@LAPTOP|krbtgt/LAPTOP@NAS|trust/)" | sort
}

# files_at HOST: what there is of trusts besides.
files_at()
{
    at "$1" files_here
}

files_here()
{
    cat "$root"/var/lib/localkdc/{trusts,username.map} \
        "$root/etc/krb5.conf.d/localkdc-trusts.conf" 2>/dev/null
}

kdc_said()
{
    cat "$kdc_log"
}

kdc_keys_by_hand()
{
    "${kdc[@]}" kadmin.local -r NAS -q "addprinc -randkey krbtgt/NAS@LAPTOP" \
        >/dev/null 2>&1
    "${kdc[@]}" kadmin.local -r NAS -q "setstr krbtgt/NAS@LAPTOP trust_until \
$(($(date +%s) + 3600))" >/dev/null 2>&1
}
