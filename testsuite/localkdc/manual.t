#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What there is can be read of in the manual, and completed in bash.

. "$(dirname "$0")/common.sh"
unset LD_PRELOAD
manual=$STAGE/share/man

for page in man7/localkdc.7 man8/localkdc.8; do
    ok "$page" groff -man -Tutf8 -ww -b "$manual/$page"
    unlike "has no mistake in it" "$output" "^groff|warning:|error:"
done
page=$(groff -man -Tascii -P-c -P-b -P-u "$manual/man8/localkdc.8" \
    2>/dev/null)
# shellcheck source=localkdc/localkdc.bash-completion
. "$STAGE/share/bash-completion/completions/localkdc"

# complete WORD...: what the last word can become.
complete_words()
{
    COMP_WORDS=(localkdc "$@") COMP_CWORD=$# COMPREPLY=()
    _localkdc
    printf '%s\n' "${COMPREPLY[@]}"
}

commands=$(localkdc --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
is "there are commands" "$(wc -w <<<"$commands")" 11
for command in $commands; do
    like "$command is in the manual" "$page" "^ +$command( |$)"
    like "and completed" "$(complete_words "$command")" "^$command$"
done
for verb in add passwd disable enable unlock remove list; do
    like "user $verb is in the manual" "$page" "user $verb"
    like "and completed" "$(complete_words user "$verb")" "^$verb$"
done
for verb in offer join list remove; do
    like "trust $verb is in the manual" "$page" "trust $verb"
    like "and completed" "$(complete_words trust "$verb")" "^$verb$"
done

all_words=$(for command in "" $commands "user add" "user list" \
    "trust offer" "trust join"; do
    # shellcheck disable=SC2086  # words
    complete_words $command --
done)
options=$(
    # shellcheck disable=SC2086  # words
    for command in $commands "user add" "user list" "trust offer" \
        "trust join"; do
        localkdc $command --help
    done | sed -n 's/^  --\([a-z-]*\).*/\1/p' | sort -u)
is "there are options" "$(wc -w <<<"$options")" 20
for option in $options root help version; do
    like "--$option is in the manual" "$page" "--$option"
    like "and completed" "$all_words" "^--$option$"
done

done_testing
