# SPDX-License-Identifier: GPL-3.0-or-later
# $file_manager is the program of that name, for this Samba.  Sourced, after
# testbed.sh.

file_manager=$bed/programs/file_manager
# A program that is not sanitized itself hangs when it exits.
SAMBA_PREFIX=$SAMBA_PREFIX make -s -C "$testsuite/smb" B="$bed/programs" \
    CFLAGS="-g ${sanitizer:+-fsanitize=address}" "$file_manager" ||
    give_up "file_manager does not compile"
