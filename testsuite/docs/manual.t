#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages: each command has one, with the options that it has, and
# smb.conf(5) has the parameters for IAKERB.

. "$(dirname "$0")/../testbed.sh"
manual=$STAGE/share/man

for file in "$STAGE"/bin/* "$STAGE"/sbin/*; do
    name=${file##*/}
    ok "$name has a page" test -n "$(ls "$manual"/man[18]/"$name".[18])"
    ok "and names itself in it" grep -qE "^\.(Nm|B) $name" \
        "$manual"/man[18]/"$name".[18]
done

# options TEXT: the letters and words behind a dash in a usage line.
options()
{
    grep -oE -- '\[-{1,2}[A-Za-z-]+' <<<"$1" | sed -E 's/^\[-//' |
        sed '/^-/!s/./&\n/g' | sed '/^$/d' | sort -u
}
documented()
{
    sed -nE 's/^\.It Fl ([A-Za-z]|-?[a-z-]{2,})( .*)?$/\1/p' "$1" | sort -u
}
usage=$("${client[@]}" "$STAGE/sbin/cifs.upcall" -Z 2>&1)
ok "cifs.upcall has a usage" grep -q "^Usage: cifs.upcall" <<<"$usage"
is "cifs.upcall: the options of the page are those of the program" \
    "$(documented "$manual/man8/cifs.upcall.8")" "$(options "$usage")"

# A word that is a macro is not shown.
page=$(MANWIDTH=80 man -l "$top/cifs-upcall/cifs.upcall.8" 2>/dev/null)
for code in ENOKEY EKEYEXPIRED EKEYREJECTED EACCES ENETUNREACH \
    EPROTONOSUPPORT ETIMEDOUT; do
    like "cifs.upcall(8): $code" "$page" "^ +$(perl -MErrno=:POSIX -e \
        '$! = Errno->can(shift)->(); printf "%s \\(%d\\)", $!, $!' "$code")$"
done

page=$(client env MANWIDTH=80 PATH="$SAMBA_PREFIX/bin:/usr/bin:/bin" \
    MANPATH= man smb.conf 2>/dev/null)
for parameter in "server support iakerb" "client use iakerb" \
    "iakerb kdc socket" "iakerb require finished"; do
    like "smb.conf(5): $parameter" "$page" "^ +$parameter \\(G\\)"
    default=$(client testparm -sv 2>/dev/null |
        sed -n "s/^[[:space:]]*$parameter = //p" | tr '[:upper:]' '[:lower:]')
    like "smb.conf(5): $parameter: its default" "$page" \
        "Default: $parameter = $default\$"
done

done_testing
