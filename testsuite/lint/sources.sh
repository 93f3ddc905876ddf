# SPDX-License-Identifier: GPL-3.0-or-later
# What a script sources, for bash.  Sourced.

# sources FILE: itself and what it sources, and what that does.  What a path
# begins with, such as "$testsuite/", is this folder, testsuite/ or the file's
# own.
sources()
{
    local path file

    echo "$1"
    sed -nE 's#^ *\. "(.*(\.\./|"\)/|\$[a-z]+/)|)(testsuite/)?([a-z_/]+\.sh)"$#\4#p' \
        "$1" | while read -r path; do
        for file in "$path" "testsuite/$path" "$(dirname "$1")/$path" ""; do
            [ ! -e "$file" ] || break
        done
        [ -z "$file" ] || [ "$file" = "$1" ] || sources "$file"
    done
}
