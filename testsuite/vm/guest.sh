# SPDX-License-Identifier: GPL-3.0-or-later
# A virtual machine for bash, with a real kernel whose SMB client asks our
# cifs.upcall.  Sourced after testbed.sh.
#
#   guest  a machine behind the client; it reaches the server's port 445, and
#          nothing else is on that network
#
# It boots from an initramfs of busybox, the distribution's mount.cifs and
# request-key, our helper and the kernel's modules.  Commands reach it through
# a serial port.

guest_dir=$bed/guest
guest_root=$guest_dir/root
guest_console=$guest_dir/console
# $guest_suite is the Debian release whose kernel is booted, if not this one's.
# A mirror may list a later release's kernel and not have it.
if ! guest_kernel=$("$top/bootstrap/kernel" ${guest_suite:+"$guest_suite"})
then
    [ -z "${guest_suite-}" ] ||
        unavailable "the kernel of $guest_suite could not be had"
    give_up "there is no kernel to boot"
fi

# Loaded at the start; busybox knows nothing of the soft dependencies of cifs.
# Some are in later kernels themselves.
guest_modules=(virtio_pci virtio_console virtio_net virtio_rng cifs autofs4
    dns_resolver nls_utf8)
guest_modules_of_old=(sha512_generic cmac ccm gcm ctr ghash_generic ecb)

guest_programs=(/sbin/mount.cifs /sbin/request-key /bin/keyctl
    /usr/sbin/cifs.upcall)

# The distribution's, which reads fstab as busybox's does not.
guest_mount=/usr/bin/mount

# ---- The guest's files ---------------------------------------------------

# guest_install FILE PATH: with the libraries that it needs, which may be in
# $guest_libraries, in the folder where every program looks for them.
guest_install()
{
    local library folder=$guest_root/lib/x86_64-linux-gnu
    local from=$STAGE/lib:$KRB5_PREFIX/lib:${guest_libraries-}

    install -D "$1" "$guest_root$2"
    LD_LIBRARY_PATH=$from ldd "$1" 2>/dev/null |
        awk '$3 ~ /^\// { print $3 }' |
        while read -r library; do
            [ -e "$folder/${library##*/}" ] ||
                install -D "$library" "$folder/${library##*/}"
        done
}

# modules_needed MODULE...: the files of these and of what they need.
modules_needed()
{
    /sbin/modprobe -d "$guest_kernel" -S "$guest_version" --show-depends -a \
        "$@" | awk '$1 == "insmod" { print $2 }'
}

# Not compressed, which not every busybox can read.
guest_install_modules()
{
    local module path

    guest_version=$(basename "$guest_kernel"/lib/modules/*)
    modules_needed "${guest_modules[@]}" >"$guest_dir/modules" ||
        give_up "the kernel in $guest_kernel lacks a module"
    modules_needed "${guest_modules_of_old[@]}" >>"$guest_dir/modules" \
        2>/dev/null
    sort -u "$guest_dir/modules" | while read -r module; do
        path=$guest_root${module#"$guest_kernel"}
        install -D "$module" "$path"
        [[ "$path" != *.xz ]] || xz -d "$path"
    done
    cp "$guest_kernel/lib/modules/$guest_version"/modules.* \
        "$guest_root/lib/modules/$guest_version"
    /sbin/depmod -b "$guest_root" "$guest_version"
}

guest_files()
{
    local program spake=$KRB5_PREFIX/lib/krb5/plugins/preauth/spake.so

    mkdir -p "$guest_root"/{bin,dev,etc/request-key.d,mnt,proc,run,sys,tmp} \
        "$guest_root"/{home/alice,home/bob,lib64,root,usr/local/sbin,var/log}
    chmod 1777 "$guest_root/tmp"
    cp /lib64/ld-linux-x86-64.so.2 "$guest_root/lib64"
    guest_install /bin/busybox /bin/busybox
    for program in "${guest_programs[@]}"; do
        guest_install "$program" "$program"
    done
    for program in "$KRB5_PREFIX"/bin/{klist,kdestroy} \
            "$STAGE/bin/iakerb-kinit"; do
        guest_install "$program" "/bin/${program##*/}"
    done
    guest_install "$spake" "$spake"
    guest_install /bin/mount "$guest_mount"
    env -u PREFIX make -s -C "$top/cifs-upcall" WERROR=-Werror \
        DESTDIR="$guest_dir/installed" install ||
        give_up "cifs.upcall does not compile"
    guest_install "$guest_dir/installed/usr/local/sbin/cifs.upcall" \
        /usr/local/sbin/cifs.upcall
    guest_install_modules

    # The distribution's own configuration, but for the helper's path.
    cp /etc/request-key.conf "$guest_root/etc"
    cp /etc/request-key.d/cifs.spnego.conf "$guest_root/etc/distribution.conf"
    sed 's|/usr/sbin/cifs.upcall|/usr/local/sbin/cifs.upcall|' \
        "$guest_root/etc/distribution.conf" \
        >"$guest_root/etc/request-key.d/cifs.spnego.conf"
    cat >"$guest_root/etc/passwd" <<-PASSWD
	root:x:0:0:root:/root:/bin/sh
	alice:x:1001:100:alice:/home/alice:/bin/sh
	bob:x:1002:100:bob:/home/bob:/bin/sh
	nobody:x:65534:65534:nobody:/:/bin/false
	PASSWD
    cat >"$guest_root/etc/group" <<-GROUP
	root:x:0:
	users:x:100:
	nogroup:x:65534:
	GROUP
    cat >"$guest_root/etc/hosts" <<-HOSTS
	127.0.0.1 localhost
	$server_ip nas nas.local
	HOSTS
    : >"$guest_root/etc/krb5.conf"
    echo 'hosts: files' >"$guest_root/etc/nsswitch.conf"
    guest_init >"$guest_root/init"
    chmod 0755 "$guest_root/init"
}

# Each line from the host is a script in base64; the answer is its exit status
# and its output.
guest_init()
{
    cat <<-INIT
	#!/bin/busybox sh
	/bin/busybox --install -s /bin
	export PATH=/bin:/sbin HOME=/root
	mount -t proc proc /proc
	mount -t sysfs sys /sys
	mount -t devtmpfs dev /dev
	echo /bin/modprobe >/proc/sys/kernel/modprobe
	for module in ${guest_modules[*]} ${guest_modules_of_old[*]}; do
	    modprobe \$module
	done
	syslogd -O /var/log/messages
	tail -F /var/log/messages >/dev/console &
	chown alice /home/alice
	chown bob /home/bob
	ip link set lo up
	ip link set eth0 up
	ip address add 10.0.2.15/24 dev eth0
	ip route add default via 10.0.2.2
	set -- /dev/vport*
	exec 3<>"\$1"
	while read -r line <&3; do
	    echo "\$line" | base64 -d >/run/script
	    sh /run/script >/run/output 2>&1 </dev/null
	    echo "\$? \$(base64 /run/output | tr -d '\\n')" >&3
	done
	INIT
}

# ---- The guest -----------------------------------------------------------

# guest_start [COMMAND...]: COMMAND puts more files into it.
guest_start()
{
    mkdir -p "$guest_dir"
    guest_files
    "$@"
    (cd "$guest_root" && find . | cpio --quiet -o -H newc -R +0:+0) \
        >"$guest_dir/initramfs" || give_up "no initramfs"
    mkfifo "$guest_dir/control.in" "$guest_dir/control.out"
    exec {guest_in}<>"$guest_dir/control.in" \
        {guest_out}<>"$guest_dir/control.out"

    # The network of the client, which ends at the server.
    spawn "${client[@]}" env -u LD_LIBRARY_PATH qemu-system-x86_64 \
        -accel tcg -cpu max -m 384 -nodefaults -no-user-config \
        -display none -no-reboot -serial "file:$guest_console" \
        -kernel "$guest_kernel/vmlinuz" -initrd "$guest_dir/initramfs" \
        -append "console=ttyS0 panic=-1 quiet" \
        -netdev user,id=net,ipv6=off \
        -device virtio-net-pci,netdev=net,romfile= \
        -object rng-random,filename=/dev/urandom,id=rng \
        -device virtio-rng-pci,rng=rng -device virtio-serial-pci \
        -chardev "pipe,id=control,path=$guest_dir/control" \
        -device virtserialport,chardev=control >"$guest_dir/qemu" 2>&1
    guest true || give_up "the guest does not start; its console says:" \
        "$(tail -n 20 "$guest_dir/qemu" "$guest_console" | sed '1s/^/\n/')"
}

# guest SCRIPT: run it in the guest, as root, with its output and status.
guest()
{
    local status answer

    base64 -w0 <<<"$1" >&"$guest_in"
    echo >&"$guest_in"
    read -r -t 300 -u "$guest_out" status answer ||
        { echo "the guest does not answer"; return 255; }
    base64 -d <<<"$answer"
    return "$status"
}

# guest_put FILE PATH [OWNER]: copy a file into the guest.
guest_put()
{
    guest "echo '$(base64 -w0 "$1")' | base64 -d >$2.new &&
        chmod 0600 $2.new && chown ${3-root} $2.new && mv $2.new $2"
}

# guest_stop: what the console said goes to the logs of the test.
guest_stop()
{
    local status=$?

    if [ "$status" -ne 0 ] && [ -e "$guest_console" ]; then
        sed 's/^/guest: /' "$guest_console" >>"$server_log"
    fi
    (exit "$status")
    testbed_stop
}

trap guest_stop EXIT

# ---- Mounts --------------------------------------------------------------

guest_helper_log()
{
    guest "grep cifs.upcall /var/log/messages | tail -n 1"
}

helper_said()
{
    guest_helper_log | grep -E -- "$1" >/dev/null
}

# helper_says WHAT REGEX: cifs.upcall's last line in the guest's log.  It is
# written after the kernel has its key.
helper_says()
{
    wait_for 10 helper_said "$2"
    like "$1: the helper's log" "$(guest_helper_log)" "$2"
}

# gets_in WHAT USER COMMAND...: COMMAND succeeds, and by the server's own
# record it is a login of USER with Kerberos.
gets_in()
{
    recorded "$1" \
        "Successful AuthZ: \[SMB2,krb5\] user \[[A-Z]*\]\\\\\[$2\]" "${@:3}"
}

# mounts WHAT USER [OPTIONS [SERVER]]: the share can be mounted on /mnt.
mounts()
{
    gets_in "$1" "$2" \
        guest "mount.cifs //${4-nas}/share /mnt -o ${3-sec=krb5}"
}

# mount_refused WHAT ERROR HELPER [OPTIONS [SERVER]]: mount fails with that
# errno and its text, the helper's log says why, and nobody is logged in.
mount_refused()
{
    local what=$1 error=$2 helper=$3 size failed=0
    local mount="mount.cifs //${5-nas}/share /mnt -o ${4-sec=krb5}"

    size=$(stat -c %s "$server_log")
    output=$(guest "$mount" 2>&1) || failed=1
    is "$what: fails" "$failed" 1
    like "$what: mount's error" "$output" "^mount error\($error"
    helper_says "$what" "$helper"
    unlike "$what: nobody is logged in" "$(server_log_since "$size")" \
        "Successful Auth"
}

unmount()
{
    guest "umount /mnt" || fail "unmount"
}

# as USER SCRIPT: in the guest.
as()
{
    local script=${2//\'/\'\\\'\'}

    guest "su $1 -c '$script'"
}
