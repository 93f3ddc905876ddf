#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The project's own packages and krb5's, on a machine of their own: installed
# with apt, used, rebooted, upgraded, removed.

. "$(dirname "$0")/machine.sh"

packages_built krb5 iakerb
new_machine nas

# lintian is in the Debian that they were built in.
binds=(--bind-ro="$store/iakerb/current/:/debs")
is "lintian has no errors or warnings" \
    "$(inside "$store/root" sh -c 'lintian --allow-root /debs/*.deb' \
        2>/dev/null | grep -v ^N:)" ""
binds=()
own="localkdc iakerb-tools iakerb-cifs-upcall"
outside sh -c 'useradd -m alice && apt-get -qq update &&
    apt-get -qq -y --download-only install "$@"' sh $own libiakerb-dev \
    >"$root/console" 2>&1 || give_up "apt-get: $(tail -n 5 "$root/console")"
before=$(files)

booted <<PHASE
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
apt-get -y install $own >/install 2>&1
echo "== installed"; echo "exit \$?"; cat /install; rm /install
echo "== failed"; systemctl --failed --no-legend; echo end
echo "== enabled"; systemctl is-enabled localkdc.socket krb5-kdc.service
systemctl is-active localkdc.socket krb5-kdc.service
echo "== account"; getent passwd localkdc
echo "== setup"; localkdc setup; echo "exit \$?"
echo "== user"; echo "correct horse" | localkdc user add alice
echo "== kinit"
su alice -c 'echo "correct horse" | kinit alice >/dev/null && klist'
echo "== wrong"; su alice -c 'echo wrong | kinit alice'
echo "== status"; localkdc status; echo "exit \$?"
echo "== helper"
request-key -d -n -v -v -D "cifs.spnego;0;0;3f010000;ver=0x2;host=nas;ip4=192.0.2.1" \
    create 1 0 0 0 0 0 callout 2>&1
echo "== completion"; ls /usr/share/bash-completion/completions/localkdc
PHASE
like "apt installs them" "$(what installed)" "^exit 0$"
like "and says what is left to do" "$(what installed)" "localkdc setup"
unlike "nothing is asked" "$(what installed)" "debconf: .*question|Default Kerberos"
is "no unit fails" "$(what failed)" end
is "no realm is served before it is made, nor a second KDC" \
    "$(what enabled)" $'disabled\nenabled\ninactive\ninactive'
like "the KDC has its account" "$(what account)" "^localkdc:"
like "localkdc setup" "$(what setup)" "^exit 0$"
like "localkdc user add" "$(what user)" "^alice@NAS added"
like "Debian's kinit reaches the KDC on its UNIX socket" "$(what kinit)" \
    "^Default principal: alice@NAS$"
like "a wrong password is refused" "$(what wrong)" "Password incorrect"
like "localkdc status" "$(what status)" "^ok +kdc"
like "and finds nothing wrong" "$(what status)" "^exit 0$"
like "the kernel gets our helper" "$(what helper)" \
    "/usr/libexec/iakerb/cifs.upcall"

# An upgrade: the same package with a later version.
mkdir "$root/upgrade"
dpkg-deb -R "$root"/repository/pool/"$suite"/localkdc_*.deb "$root/upgrade"
sed -i 's/^Version: .*/&+test1/' "$root/upgrade/DEBIAN/control"
dpkg-deb -b "$root/upgrade" "$root/repository/localkdc-next.deb" >/dev/null
rm -r "$root/upgrade"

booted <<'PHASE'
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
echo "== failed"; systemctl --failed --no-legend; echo end
echo "== active"; systemctl is-active localkdc.socket localkdc.service
kinit='echo "correct horse" | kinit alice >/dev/null && klist'
echo "== kinit"; su alice -c "$kinit"
echo "== upgrade"; apt-get -y install /repository/localkdc-next.deb; echo "exit $?"
echo "== again"; su alice -c "$kinit"
systemctl is-active localkdc.socket
echo "== remove"
apt-get -y remove localkdc iakerb-cifs-upcall; echo "exit $?"
echo "== stopped"; systemctl is-active localkdc.socket localkdc.service
ls /run/localkdc/kdc.sock
echo "== old helper"
request-key -d -n -v -v -D "cifs.spnego;0;0;3f010000;ver=0x2;host=nas;ip4=192.0.2.1" \
    create 1 0 0 0 0 0 callout 2>&1
echo "== purge"; apt-get -y purge localkdc iakerb-cifs-upcall; echo "exit $?"
echo "== kept"; ls /var/lib/localkdc/db/principal
echo "== back"; apt-get -y install /repository/localkdc-next.deb iakerb-cifs-upcall
localkdc setup; su alice -c "$kinit"
echo "== gone"; localkdc remove --yes; echo "exit $?"
apt-get -y purge localkdc iakerb-cifs-upcall iakerb-tools krb5-kdc
apt-get -y autoremove --purge
rm -f /tmp/krb5cc_*
PHASE
is "after a reboot no unit fails" "$(what failed)" end
is "the socket is there, and no KDC before somebody asks" "$(what active)" \
    $'active\ninactive'
like "the realm is what it was" "$(what kinit)" "^Default principal: alice@NAS$"
like "an upgrade" "$(what upgrade)" "^exit 0$"
like "leaves it so" "$(what again)" "^Default principal: alice@NAS$"
like "with its socket" "$(what again | tail -n 1)" "^active$"
like "apt remove" "$(what remove)" "^exit 0$"
is "stops the KDC and its socket" "$(what stopped | head -n 2)" \
    $'inactive\ninactive'
like "and gives the helper back to cifs-utils" "$(what 'old helper')" \
    "/usr/sbin/cifs.upcall"
like "apt purge says that the realm is kept" "$(what purge)" \
    "the realm is kept"
like "and keeps it" "$(what kept)" "principal$"
like "the package finds it again" "$(what back)" \
    "^Default principal: alice@NAS$"
like "localkdc remove" "$(what gone)" "^exit 0$"

# Back to Debian's own krb5: what is left of ours is libraries.
rm "$root/etc/apt/sources.list.d/iakerb.list"
printf 'Package: *\nPin: release o=Debian\nPin-Priority: 1001\n' \
    >"$root/etc/apt/preferences.d/back"
outside sh -c 'apt-get -qq update && apt-get -qq -y --allow-downgrades \
    dist-upgrade && apt-get -qq -y -o APT::AutoRemove::SuggestsImportant=false \
    -o APT::AutoRemove::RecommendsImportant=false autoremove --purge' \
    >"$root/console" 2>&1 || fail "back to Debian's krb5" "$(<"$root/console")"
rm "$root/etc/apt/preferences.d/back"
is "nothing of ours is installed any more" \
    "$(outside dpkg-query -W -f '${Package} ${Version}\n' |
        grep -E 'iakerb|localkdc')" ""
is "no file is left that was not there before" \
    "$(comm -13 <(echo "$before") <(files))" ""

done_testing
