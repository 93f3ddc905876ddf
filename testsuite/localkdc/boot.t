#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# localkdc on a machine that boots with systemd: this machine's files in a
# container, over which everything new lies in memory.

. "$(dirname "$0")/common.sh"
unset LD_PRELOAD

[ "$(id -u)" -eq 0 ] || skip_all "only root can boot a container"
[ -n "$(command -v systemd-nspawn)" ] || skip_all "there is no systemd-nspawn"

# ---- What runs in the container ------------------------------------------

# Each line that begins with "==" names what follows it.
cat >"$scratch/script" <<SCRIPT
export PATH=/usr/sbin:$KRB5_PREFIX/bin:$KRB5_PREFIX/sbin:/usr/bin:/sbin:/bin
export LD_LIBRARY_PATH=$KRB5_PREFIX/lib LC_ALL=C
useradd alice
echo "== no account"; localkdc setup
systemd-sysusers
echo "== setup"; localkdc setup; echo "exit \$?"
echo "== socket"; stat -c "%a %U %n" /run/localkdc/kdc.sock
echo "== before"; systemctl is-active localkdc.service
echo "== user"; echo "correct horse" | localkdc user add alice
echo "== still"; systemctl is-active localkdc.service
echo "== kinit"; su alice -s /bin/bash -c "
    export LD_LIBRARY_PATH=\$LD_LIBRARY_PATH
    echo correct horse | $KRB5_PREFIX/bin/kinit alice
    $KRB5_PREFIX/bin/klist"
echo "== after"; systemctl is-active localkdc.service
echo "== ports"; grep -c . /proc/\$(pidof krb5kdc)/net/tcp
echo "== owner"; stat -c "%U" /proc/\$(pidof krb5kdc)
echo "== status"; localkdc status; echo "exit \$?"
echo "== failure"; echo wrong | kinit alice; localkdc user list --json
sleep 3.5
echo "== idle"; systemctl is-active localkdc.service
    systemctl is-failed localkdc.service
echo "== again"; localkdc status | grep kdc
echo "== restore"; localkdc backup /tmp/b && localkdc restore --replace /tmp/b
echo "== stopped"; systemctl is-active localkdc.service
echo "== new"; localkdc status | grep kdc
echo "== remove"; localkdc remove --yes; systemctl is-active localkdc.socket
SCRIPT

# ---- The container -------------------------------------------------------

# krb5 can be in somebody's home, which the unit shuts out.
cat >"$scratch/dropin" <<DROPIN
[Service]
ProtectHome=no
Environment=LD_LIBRARY_PATH=$KRB5_PREFIX/lib LOCALKDC_IDLE_SECONDS=2
DROPIN
cat >"$scratch/test.service" <<'UNIT'
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/bash /script
StandardOutput=file:/output
StandardError=file:/output
ExecStopPost=/bin/systemctl poweroff --force
TimeoutStartSec=60
UNIT

# What the kernel does not allow here ends with 77.
cat >"$scratch/boot" <<'BOOT'
set -e
mount -t tmpfs none /mnt
mkdir /mnt/new /mnt/work /mnt/root
root=/mnt/root
mount -t overlay none $root \
    -o lowerdir=/,upperdir=/mnt/new,workdir=/mnt/work || exit 77
systemd-nspawn -q -D $root --register=no --keep-unit /bin/true \
    </dev/null || exit 77
make -s -C "$top/localkdc" install DESTDIR=$root PREFIX=/usr \
    B="$scratch/build"
rm -f $root/etc/krb5.conf $root/etc/krb5.keytab
echo nas >$root/etc/hostname
cp "$scratch/script" $root/script
cp "$scratch/test.service" $root/etc/systemd/system
mkdir -p $root/etc/systemd/system/localkdc.service.d
cp "$scratch/dropin" $root/etc/systemd/system/localkdc.service.d/test.conf
folder=$KRB5_PREFIX
while [ "$folder" != / ]; do
    chmod o+x "$root$folder"
    folder=$(dirname "$folder")
done
timeout 60 systemd-nspawn -q -D $root --register=no --keep-unit --boot \
    systemd.unit=test.service </dev/null
cp $root/output "$scratch/output"
BOOT

export top scratch KRB5_PREFIX
: "${PKG_CONFIG_PATH:=$KRB5_PREFIX/lib/pkgconfig}"
export PKG_CONFIG_PATH
unshare -m bash "$scratch/boot" >"$scratch/console" 2>&1
status=$?
if [ "$status" -eq 77 ]; then
    skip_all "no overlay or no container here: $(tail -n 1 "$scratch/console")"
fi
is "a machine boots with localkdc ($(tail -n 1 "$scratch/console"))" \
    "$status" 0
touch "$scratch/output"

# what NAME: what the script said under that name.
what()
{
    sed -n "/^== $1\$/,/^==/{/^==/d;p}" "$scratch/output"
}
like "setup without the service's account says what to do" \
    "$(what "no account")" "no account localkdc, .*run systemd-sysusers"
like "setup" "$(what setup)" "^exit 0$"
is "the socket is everybody's" "$(what socket)" \
    "666 root /run/localkdc/kdc.sock"
is "no KDC runs" "$(what before)" inactive
like "a user is added" "$(what user)" "alice@NAS added"
is "still none" "$(what still)" inactive
like "kinit, as the user and with no configuration" "$(what kinit)" \
    "^Default principal: alice@NAS$"
is "has started one" "$(what after)" active
is "it sees no network" "$(what ports)" 1
is "it runs as localkdc" "$(what owner)" localkdc
like "status" "$(what status)" "^exit 0$"
like "failures are counted, so it can write" "$(what failure)" \
    '"failures": 1'
is "it ends when idle, in good order" "$(what idle)" $'inactive\ninactive'
like "and is started again" "$(what again)" "^ok +kdc"
like "restore" "$(what restore)" "Realm NAS: restored"
is "stops a KDC of the old database" "$(what stopped)" inactive
like "for a new one" "$(what new)" "^ok +kdc"
is "remove takes the socket away" "$(what remove | tail -n 1)" inactive

done_testing
