#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The bench runs, and what it writes is well formed and complete.  How long
# anything takes is not its business.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
top=$(dirname "$testsuite")
[ -n "${SAMBA_PREFIX-}" ] || exec "$top/bootstrap/run" --samba "$0" "$@"
. "$testsuite/tap.sh"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
results=$dir/bench/results.json
cp "$top/docs/performance.md" "$dir"
sed '/^<!-- bench [a-z_]* -->$/,/^<!-- end -->$/ { /^<!--/!d }' \
    "$dir/performance.md" >"$dir/empty.md"

# holds WHAT FILTER: jq's FILTER is true of the results.
holds()
{
    ok "$1" jq -e "$2" "$results"
}

ok "one round" "$testsuite/bench/bench" 1 "$dir"
report=$output
[ -e "$results" ] || give_up "there is nothing to look at"
holds "the machine and the versions are named" '.setting |
    [.command, .cpu, .kernel, .krb5, .samba, .commit] |
    all(type == "string" and length > 0)'
holds "every login has its times" '.logins |
    (keys == ["kdc", "ntlm", "password", "tgt", "ticket"]) and
    all(.[]; (.seconds | length == 1) and .seconds[0] > 0.001)'
holds "and at each distance" '.distances | keys == ["0", "20", "5"] and
    all(.[]; all(.[]; length == 1 and .[0] > 0.001))'
holds "from afar, each leg is felt" '.distances |
    .["20"].password[0] - .["20"].ticket[0] > 0.04'
holds "NTLM and an ordinary ticket need no leg more" \
    '.logins | .ntlm.legs == 2 and .ticket.legs == 1 and .kdc.legs == 1'
holds "with IAKERB a TGT has fewer legs than a password" \
    '.logins | 1 < .tgt.legs and .tgt.legs < .password.legs'
holds "nobody but the ordinary client asks a KDC itself" '.logins |
    (map_values(.kdc_messages > 0) | to_entries | map(select(.value).key)) ==
    ["kdc"]'
holds "each rate has its CPU time" '.rates | length == 12 and
    all(.[]; .logins >= .clients and (.cpu | keys ==
        ["KDC", "client", "idle", "other", "smbd"]) and .cpu.client > 0)'
holds "instructions of three kinds of contexts, and both sides" \
    '.instructions | length == 3 and all(.[];
    all(.library, .mit; .total | length == 1 and .[0] > 500000))'
holds "a password costs the instructions of its hashing" \
    '.instructions | .password.mit.total[0] > 4 * .tgt.mit.total[0]'
holds "and libiakerb is where the library was counted, and only there" \
    '.instructions.tgt |
    .library.by_library.libiakerb > 1000 and
    (.mit.by_library.libiakerb // 0) < 100'
holds "smbclient hashes a password for IAKERB only" '.anatomy |
    map_values(.functions.krb5_c_string_to_key_with_params > 1000000) ==
    {ntlm: false, ticket: false, password: true}'
holds "an acceptor grows with its legs" '.memory |
    all(.library, .mit; length == 4 and .[0] > 1000 and .[3] > .[0])'
holds "a KDC on demand" \
    '.kdc_start | all(.stopped, .running; length == 1 and .[0] > 0.001)'

like "the report begins with what was run" "$report" "make bench ROUNDS=1"
for table in setting aims logins wire phases rates anatomy instructions \
    memory kdc_start; do
    rows=$(sed -n "/^<!-- bench $table -->\$/,/^<!-- end -->\$/p" \
        "$dir/performance.md" | grep -c '^|')
    ok "performance.md: the table $table" test "$rows" -gt 3
done
is "and nothing else was changed in it" \
    "$(sed '/^<!-- bench [a-z_]* -->$/,/^<!-- end -->$/ { /^<!--/!d }' \
        "$dir/performance.md")" "$(<"$dir/empty.md")"
for plot in logins rates; do
    ok "$plot.svg is well formed" python3 -c \
        'import sys, xml.dom.minidom as xml; xml.parse(sys.argv[1])' \
        "$dir/bench/$plot.svg"
done
is "a bar for each kind of login, on its page" \
    "$(grep -c '<rect' "$dir/bench/logins.svg")" 6
is "a line for each rate" \
    "$(grep -c 'class="line l' "$dir/bench/rates.svg")" 3
done_testing
