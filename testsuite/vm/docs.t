#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What docs/mounting.md shows, as it is there: every line of its blocks is
# taken from the page, and used.

. "$(dirname "$0")/../testbed.sh"
. "$(dirname "$0")/guest.sh"
page=$top/docs/mounting.md
autofs=$("$top/bootstrap/unpacked" autofs) || give_up "there is no autofs"
awk '/^```/ { inside = !inside; next } inside && NF' "$page" >"$bed/lines"

# shown REGEX: these lines of the page.
shown()
{
    grep -E -- "$1" "$bed/lines" | tee -a "$bed/used"
}

# file REGEX PATH: these lines of the page are a file of the guest.
file()
{
    guest "mkdir -p ${2%/*} && echo '$(shown "$1" | base64 -w0)' |
        base64 -d >$2"
}

# The distribution's, and its own configuration.
autofs_files()
{
    local module folder=/usr/lib/x86_64-linux-gnu name

    guest_libraries=$autofs$folder:$autofs/lib/x86_64-linux-gnu
    guest_install "$autofs/usr/sbin/automount" /usr/sbin/automount
    guest_install /bin/umount /usr/bin/umount
    for module in lookup_{dir,file} parse_sun mount_{bind,generic,nfs}; do
        name=$folder/autofs/$module.so
        guest_install "$autofs$name" "$name"
    done
    cp "$autofs/usr/share/autofs/conffiles"/auto{.master,fs.conf} \
        "$guest_root/etc"
    ln -s /run "$guest_root/var/run"
}

# The server's folder has this file.
has_file()
{
    ok "$1: the server has the file" test -e "$server_dir/$2"
}

read -ra defcktname < <(shown "^krb5-config ")
client_keytab=$("$KRB5_PREFIX/bin/${defcktname[0]}" "${defcktname[@]:1}")
client_keytab=${client_keytab#FILE:}
client_keytab=${client_keytab//%\{euid\}/0}

realm_start
realm_user backup "$(random_word)"
realm_admin NAS "ktadd -k $server_dir/backup.keytab -norandkey backup"
shares=()
for share in home backup team; do
    mkdir -m 0777 "$server_dir/$share"
    shares+=("[$share]" "path = $server_dir/$share" "read only = no")
done
smbd_start "${shares[@]}"
guest_start autofs_files
# automount knows these places; busybox is its own mount for whoever asks it.
guest "for program in mount umount; do
    ln -sf /usr/bin/\$program /bin/\$program; done"

# ---- Setting it up, from a laptop ----------------------------------------

conf=/etc/request-key.d/cifs.spnego.conf
file "^create .* /usr/local/" "$conf"
kinit=$(shown "^\\$ iakerb-kinit ")
mount=$(shown "^\\$ sudo ")
sudo="\$ sudo --preserve-env=KRB5CCNAME mount "
mount="USER=alice; $guest_mount ${mount#"$sudo"}"

line=$(shown "^cifs\.upcall\[[0-9]+\]: uid 1000 ")
like "without tickets: mount's error" "$(guest "$mount")" \
    "^mount error\(126\): Required key not available"
helper_says "without tickets" ": uid 1001 ${line#*: uid 1000 }$"
guest "sleep 1.1"

# laptop WHAT [VARIABLE=VALUE]: alice gets tickets, and mounts; with this in
# the environment.
laptop()
{
    local what=$1 variable=${2-}

    output=$(as alice "echo '$pw' | $variable ${kinit#\$ }")
    is "$what: iakerb-kinit" "$output" "$(shown "^Password for ") "
    gets_in "$what: mount" alice guest "${variable:+export $variable;} $mount"
    helper_says "$what" "alice@NAS gets in with a ticket for cifs/nas$"
    ok "$what: alice writes" as alice "touch '/mnt/$what'"
    has_file "$what" "home/$what"
    unmount
}
laptop "another cache" KRB5CCNAME=FILE:/tmp/krb5cc_1001_sshd
laptop "a laptop"
file "libdefaults|default_ccache_name" /etc/krb5.conf
laptop "a collection"
like "a collection: it is one" "$(as alice klist)" \
    "^Ticket cache: KEYRING:persistent:1001:"
guest ": >/etc/krb5.conf"

# ---- From fstab ----------------------------------------------------------

file "^//nas/backup " /etc/fstab
guest "mkdir -p ${client_keytab%/*} /srv/backup"
guest_put "$server_dir/backup.keytab" "$client_keytab"
gets_in "fstab" backup guest "$guest_mount /srv/backup &&
    touch /srv/backup/by-fstab && umount /srv/backup"
helper_says "fstab" "backup@NAS gets in .*, had through the server$"
has_file fstab backup/by-fstab
guest kdestroy
ok "iakerb-kinit with the client keytab" guest "$(shown "^iakerb-kinit -i ")"
gets_in "fstab, after iakerb-kinit" backup \
    guest "$guest_mount /srv/backup && umount /srv/backup"
helper_says "fstab, after iakerb-kinit" \
    "backup@NAS gets in with a ticket for cifs/nas$"
guest kdestroy

# ---- From autofs ---------------------------------------------------------

for user in alice bob; do
    ticket "$user" "$user@NAS" "$pw"
done
guest_put "$client_dir/alice" /tmp/krb5cc_1001 alice
guest_put "$client_dir/bob" /tmp/krb5cc_1002 bob
file "^/nas " /etc/auto.master.d/nas.autofs
file "^(backup|team|\\*) +-fstype" /etc/auto.nas
ok "automount starts" guest "setsid /usr/sbin/automount"
gets_in "autofs, with the keytab" backup guest "touch /nas/backup/by-autofs"
helper_says "autofs, with the keytab" \
    "backup@NAS gets in .*, had through the server$"
has_file "autofs, with the keytab" backup/by-autofs
guest "ls /nas/team >/dev/null"
gets_in "autofs, multiuser" bob as bob "touch /nas/team/by-bob"
has_file "autofs, multiuser" team/by-bob
gets_in "autofs, with the user's tickets" alice \
    as alice "touch /nas/share/by-alice"
has_file "autofs, with the user's tickets" share/by-alice
like "autofs, with the user's tickets: whose they are" \
    "$(guest "grep /nas/share /proc/mounts")" "cruid=1001,.*uid=1001,"
guest "kill \$(pidof automount)"

# ---- Stored secrets ------------------------------------------------------

# What cifscreds makes.
output=$(guest "id=\$(keyctl add logon cifs:a:$server_ip 'alice:$pw' @u) &&
    keyctl describe \$id && keyctl read \$id" 2>&1)
like "a key of cifscreds: it is there" "$output" "logon: cifs:a:$server_ip$"
like "a key of cifscreds: root cannot read it" "$output" \
    "^keyctl_read_alloc: (Permission denied|Operation not supported)$"

# ---- Switching back ------------------------------------------------------

file "^create .* /usr/sbin/" "$conf"
is "switching back: the distribution's line" \
    "$(guest "cat $conf" | tr -s ' ')" \
    "$(guest "grep spnego /etc/distribution.conf" | tr -s ' ')"
guest "rm -f $client_keytab /usr/local/sbin/cifs.upcall"
gets_in "switching back" alice guest "$mount"
unmount

# ---- On the server, and in the log ---------------------------------------

# machine SCRIPT: bash -e does it as root on a machine named nas, which is this
# one with its changes thrown away.
machine()
{
    # shellcheck disable=SC2016  # for the inner shell
    env PATH="$STAGE/sbin:$KRB5_PREFIX/sbin:$KRB5_PREFIX/bin:$PATH" \
        LD_LIBRARY_PATH="$STAGE/lib:$KRB5_PREFIX/lib" \
        unshare --mount --net --uts --ipc --pid --fork --mount-proc \
        --kill-child bash -ec '
        mount -t tmpfs none "$1"
        for folder in etc root run dev var; do
            mkdir -p "$1/$folder"/{upper,work}
            mount -t overlay none "/$folder" -o "lowerdir=/$folder" \
                -o "upperdir=$1/$folder/upper,workdir=$1/$folder/work"
        done
        hostname nas
        . /dev/stdin' machine "$client_dir" <<<"$1"
}

add=$(shown "^localkdc user add ")
ktadd=$(shown "^KRB5_KDC_PROFILE=")
journal=$(shown "^# journalctl ")
if [ "$(id -u)" = 0 ]; then
    ok "a keytab for the service account" machine "
        systemd-sysusers '$STAGE/lib/sysusers.d/localkdc.conf'
        localkdc setup
        $add <<<'$pw'
        $ktadd
        klist -k /root/backup.keytab"
    like "a keytab for the service account: it has keys" "$output" \
        "^ +2 backup@NAS"

    ok "the journal" machine "
        [ -s /etc/machine-id ] || journalctl --new-id128 >/etc/machine-id
        rm -rf /run/systemd /run/log /var/log/journal /dev/log
        ln -s /run/systemd/journal/dev-log /dev/log
        /lib/systemd/systemd-journald &
        timeout 60 sh -c 'until [ -S /dev/log ]; do sleep 0.05; done'
        '$top/build/cifs-upcall/cifs.upcall' 4711 || :
        timeout 60 sh -c 'until ${journal#\# } --quiet --output=cat |
            grep .; do sleep 0.05; done'
        ${journal#\# }
        kill %1"
    like "the journal: the helper's line" "$output" \
        " nas cifs\.upcall\[[0-9]+\]: no authority over the key: "
fi

is "every line that the page shows is used" \
    "$(sort -u "$bed/lines" | comm -23 - <(sort -u "$bed/used"))" ""
done_testing
