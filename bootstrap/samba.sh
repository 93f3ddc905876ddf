# Shared by what builds Samba: its source, the series of patches, and the
# environment to build in.  Sourced after common.sh, with $stage set to where
# libiakerb is installed.

# SAMBA names another series.
series=${SAMBA:-4.22}
patches=$top/samba-patches/$series
[ -f "$patches/series" ] || die "SAMBA=$series: there are patches for:" \
    "$(cd "$top/samba-patches" && echo [0-9]*)"
declare -A suites=([4.22]=trixie [4.24]=trixie-backports)
mapfile -t series_patches < <(sed "s|^|$patches/|" "$patches/series")

[ -f "$stage/lib/pkgconfig/libiakerb.pc" ] ||
    die "there is no libiakerb in $stage; run: make stage"
krb5=$("$top/bootstrap/krb5")
# The library's interface, whatever its comments say.
interface=$(gcc -fpreprocessed -dD -E -P "$top/libiakerb/iakerb.h")

if [ -n "${SAMBA_TARBALL-}" ]; then
    tarball=$SAMBA_TARBALL
    [ -f "$tarball" ] || die "SAMBA_TARBALL=$tarball: there is no such file"
else
    tarball=$("$top/bootstrap/source" --upstream samba "${suites[$series]}" \
        "$series")
fi
name=$(basename "${tarball%.orig*}")
name=${name%.tar*}

# What no build of it has, whatever is installed.
samba_without=(--without-ad-dc --without-ldb-lmdb --without-winexe
    --without-systemd --without-gettext --without-regedit
    --without-lttng --without-gpgme --disable-cups --disable-iprint
    --disable-glusterfs --disable-cephfs --disable-spotlight)

# samba_unpack: the source, in $work/source.
samba_unpack()
{
    rm -rf "$work"
    mkdir -p "$work/source"
    tar -xf "$tarball" -C "$work/source" --strip-components=1
}

# samba_patch: the series, and in $work/libiakerb the library for it.
samba_patch()
{
    local patch

    for patch in "${series_patches[@]}"; do
        patch -p1 -F0 -d "$work/source" <"$patch"
    done
    cp -r "$stage" "$work/libiakerb"
    sed -i "s|$stage|$work/libiakerb|" \
        "$work/libiakerb/lib/pkgconfig/libiakerb.pc"
}

# samba_environment: what configure, waf and the tests need, in the source.
samba_environment()
{
    export CC="ccache gcc" PYTHON=/usr/bin/python3
    export PATH=$krb5/sbin:$krb5/bin:$PATH
    export LD_LIBRARY_PATH=$work/libiakerb/lib:$krb5/lib
    export PKG_CONFIG_PATH=$work/libiakerb/lib/pkgconfig:$krb5/lib/pkgconfig
    # What Samba's own Makefile sets for waf.
    export PYTHONHASHSEED=1 WAF_MAKE=1
    cd "$work/source" || return
}
