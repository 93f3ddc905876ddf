#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# localkdc on a machine that boots with systemd: this machine's files in a
# container, over which everything new lies in memory.

. "$(dirname "$0")/common.sh"
unset LD_PRELOAD

[ "$(id -u)" -eq 0 ] || skip_all "only root can boot a container"
[ -n "$(command -v systemd-nspawn)" ] || skip_all "there is no systemd-nspawn"
: "${SAMBA_PREFIX:=$("$top/bootstrap/samba" "$STAGE")}"

# block HEADING NUMBER: that one of the blocks below a heading of the
# administrator's guide that are for this test.
block()
{
    sed -n "/^## $1\$/,/^## /p" "$top/docs/administration.md" |
        awk -v number="$2" '
            /^<!-- run by testsuite.localkdc.boot.t -->/ { number-- }
            /^```/ { inside = !inside; next }
            inside && number == 0'
}

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
echo "== locked"; usermod -L alice; usermod -e 1 alice; sleep 2.1
    echo correct horse | kinit alice
echo "== unlocked"; usermod -e "" alice; sleep 0.1
    echo correct horse | kinit alice && echo let in
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
echo "== smbd"
export KRB5_PREFIX=$KRB5_PREFIX SAMBA_PREFIX=$SAMBA_PREFIX
ldconfig
mkdir -p /srv/share /etc/samba
cat >/etc/samba/smb.conf <<CONF
[global]
    ntlm auth = disabled
    disable netbios = yes
    smb ports = 445
[share]
    path = /srv/share
CONF
$(block "At boot" 1)
systemctl is-enabled smbd.service smbd-iakerb.service
systemctl start smbd.service
echo "== share"
for try in \$(seq 50); do
    LD_LIBRARY_PATH=$KRB5_PREFIX/lib $SAMBA_PREFIX/bin/smbclient -c ls \
        --use-kerberos=required -U 'alice%correct horse' //localhost/share &&
        break
    sleep 0.2
done
ls /var/lib/samba/private
echo "== upgrade"
$(block "Upgrade and removal" 1)
systemctl is-active smbd-iakerb.service localkdc.socket localkdc.service
echo "== remove"
$(block "Upgrade and removal" 2)
systemctl is-active localkdc.socket localkdc-accountd.socket \
    smbd-iakerb.service
systemctl is-enabled smbd.service
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
# Below /var, of which the unit shows the KDC nothing but what it needs.
kdc=()
if [ "$KRB5_PREFIX" != /usr ]; then
    mkdir $root/var/krb5
    mount --bind "$KRB5_PREFIX" $root/var/krb5
    kdc=(KRB5KDC=/var/krb5/sbin/krb5kdc)
fi
make -s -C "$top/localkdc" install DESTDIR=$root PREFIX=/usr \
    B="$scratch/build" "${kdc[@]}"
make -s -C "$top/kdc-modules" install DESTDIR=$root PREFIX=/usr \
    B="$scratch/modules"
cp -a "$STAGE"/lib/libiakerb.so.* $root/usr/local/lib
cat >$root/lib/systemd/system/smbd.service <<'UNIT'
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
UNIT
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
ip link set lo up
timeout 60 systemd-nspawn -q -D $root --register=no --keep-unit --boot \
    systemd.unit=test.service </dev/null
cp $root/output "$scratch/output"
BOOT

export top scratch KRB5_PREFIX STAGE
: "${PKG_CONFIG_PATH:=$KRB5_PREFIX/lib/pkgconfig}"
export PKG_CONFIG_PATH
unshare -mn bash "$scratch/boot" >"$scratch/console" 2>&1
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
like "usermod -e 1 locks out" "$(what locked)" "have been revoked"
like "and -e '' lets in" "$(what unlocked)" "let in"
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
like "the patched smbd is enabled, and the other one masked" \
    "$(what smbd | paste -sd ' ')" "masked enabled .*smbd.service is masked"
like "somebody logs in to it" "$(what share)" "blocks of size"
like "what it keeps is where Debian's Samba has it" "$(what share)" \
    "^secrets.tdb$"
is "after an upgrade it runs, and the KDC again when it is needed" \
    "$(what upgrade | tail -n 3)" $'active\nactive\ninactive'
is "remove takes the sockets away, and the other smbd is as before" \
    "$(what remove | tail -n 4)" $'inactive\ninactive\ninactive\ndisabled'

done_testing
