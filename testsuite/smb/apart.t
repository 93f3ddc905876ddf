#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The tests' hosts share nothing with the machine that they run on: tickets of
# an old realm NAS in its default cache, a keytab of that realm and the
# environment of a user who has logged in there change nothing.

. "$(dirname "$0")/../testbed.sh"
realm_start
ticket old alice@NAS "$pw" cifs/nas@NAS
machine=$bed/machine
own_tmp_make "$machine/tmp"
mkdir -p "$machine"/{home,etc}
cp "$client_dir/old" "$machine/tmp/krb5cc_$(id -u)"
cp "$server_dir/keytab" "$machine/krb5.keytab"
kdc_stop

# In a mount namespace: what the machine has of its own is not touched.
namespace=(unshare -m)
"${namespace[@]}" true 2>/dev/null || namespace=(unshare -Urm)

# on_machine COMMAND...: there, where all of this is.
on_machine()
{
    # shellcheck disable=SC2016  # for the inner shell
    "${namespace[@]}" sh -c '
        mount -t tmpfs none "$1/etc" && mkdir "$1/etc/upper" "$1/etc/work" &&
        mount -t overlay overlay -o \
            "lowerdir=/etc,upperdir=$1/etc/upper,workdir=$1/etc/work" /etc &&
        cp "$1/krb5.keytab" /etc/krb5.keytab || exit 77
        shift && exec "$@"' - "$machine" \
        "${own_tmp[@]}" "$machine/tmp" "$tested_in_tmp" env HOME="$machine/home" \
        KRB5CCNAME="FILE:/tmp/krb5cc_$(id -u)" \
        KRB5_KTNAME=FILE:/etc/krb5.keytab \
        KRB5_CLIENT_KTNAME=FILE:/etc/krb5.keytab \
        LOG_PREFIX=apart- "$@"
}

on_machine true
if [ $? -eq 77 ]; then
    skip "the machine's own tickets and keytab" "no overlay can be had"
    done_testing
fi
ok "the machine has tickets" on_machine "$KRB5_PREFIX/bin/klist" -s
ok "and a keytab" on_machine "$KRB5_PREFIX/bin/klist" -k
like "of NAS" "$output" " cifs/nas@NAS"
for test in libsmbclient ccache keytab tools; do
    ok "$test.t sees nothing of them" on_machine "$testsuite/smb/$test.t"
done
done_testing
