#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The names of the suite's functions: what tests share has one meaning for each,
# and no test gives another one to a name that it has from there.

testsuite=$(cd "$(dirname "$0")/.." && pwd)
. "$testsuite/tap.sh"
. "$testsuite/lint/sources.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# twice FILE...: the names that more than one of these files defines, with them.
twice()
{
    grep -HoE '^ *[a-z][a-z_0-9]*\(\)' "$@" | sed 's/: */:/' | sort -u |
        awk -F '[:(]' '
            { files[$2] = files[$2] " " $1; count[$2]++ }
            END { for (name in count) if (count[name] > 1) print name files[name] }
        ' | sort
}

# another_meaning FILE...: what these name as something that they source does.
another_meaning()
{
    local file

    for file; do
        # shellcheck disable=SC2046  # words
        twice $(sources "$file" | sort -u) | grep -E " $file( |\$)"
    done
}

# What is found must be found where it is.
mkdir "$folder/group"
cd "$folder" || exit
printf 'stop()\n{\n}\n' >common.sh
printf '. "$here/common.sh"\nstart()\n{\n}\n' >group/lib.sh
printf '. "$(dirname "$0")/lib.sh"\n    stop()\n    {\n    }\n' >group/one.t
printf 'start()\n{\n}\n' >two.sh
is "two meanings are found" "$(twice common.sh group/lib.sh two.sh)" \
    "start group/lib.sh two.sh"
is "and a third one" "$(another_meaning group/one.t)" "stop common.sh group/one.t"

cd "$testsuite" || exit
mapfile -t shared < <(find . -name '*.sh' -printf '%P\n' | sort)
ok "there are shared ones" test "${#shared[@]}" -gt 20
# These do the same for a machine that is a folder and for one that is a host.
same="(kdc_start|kdc_stop|lk) localkdc/common.sh testbed/realm.sh"
is "what tests share has one meaning for each name" \
    "$(twice "${shared[@]}" | grep -vxE "$same")" ""
is "and no test has another one" \
    "$(another_meaning */*.t demo selftest bench/bench fuzz/record)" ""
done_testing
