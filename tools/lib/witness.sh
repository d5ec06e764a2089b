# SPDX-License-Identifier: Apache-2.0
#
# witness.img for tools/images --witness: a squashfs with the programs of docs/WITNESS.md as Debian ships them for
# ppc64el, what they need, tools/witness/ as /witness, and the test scripts of perl, which only its source package has.
# p9sim takes a squashfs among --initrd as the file /disk.img of the initramfs; tools/initramfs/init mounts it.
# Sourced by tools/images, after aptroot.sh; uses its $work, $out, $top and functions.

# xz, and the C file pp_hot.c of perl's source, are there to be timed by tools/dev/measured-ipc.
witness_packages=(openssl python3.11 libpython3.11-testsuite perl sqlite3 gcc-12 libc6-dev stress-ng busybox-static xz-utils)
witness_list=$cache/witness.packages
witness_source_list=$cache/witness.sources # "SHA256  FILE", relative to the source root's archives

# A list that an older version of this file made may lack a package that has joined since.
witness_listed() {
    local package
    for package in "${witness_packages[@]}"; do grep -qF "  ${package}_" "$witness_list" || return 1; done
    (cd "$aptroot_dir/archives" && sha256sum --quiet --check "$witness_list")
}

witness_fetch() {
    aptroot_open ppc64el ppc64el bookworm
    if [ "$refresh" = yes ] || ! witness_listed >/dev/null 2>&1; then
        drop_damaged "$witness_list"
        say "downloading the witness programs with what they need (about 90 MB)"
        aptroot_fetch "${witness_packages[@]}" ||
            die "no network: could not download the packages (see $aptroot_dir/fetch.log)"
        write_list "$witness_list" < <(aptroot_debs "${witness_packages[@]}")
    fi
    aptroot_open source source bookworm
    if [ "$refresh" = yes ] ||
        ! (cd "$aptroot_dir/archives" && sha256sum --quiet --check "$witness_source_list") >/dev/null 2>&1
    then
        rm -f "$aptroot_dir"/archives/perl_*
        if [ "$refresh" = yes ] || ! aptroot_has_lists; then aptroot_update; fi
        say "downloading perl's source for its tests (13 MB)"
        (
            cd "$aptroot_dir/archives"
            retry 3 quietly "$aptroot_dir/fetch.log" aptroot apt-get -q source --download-only --tar-only perl
        ) || die "no network: could not download the source of perl (see $aptroot_dir/fetch.log)"
        write_list "$witness_source_list" < <(ls "$aptroot_dir"/archives/perl_*.orig.tar.xz)
    fi
}

# Perl's tests run in their source tree, with the library in ../lib; the installed one is put there. Hard links: squashfs
# stores equal files once.
witness_perl() {
    local root=$1 tree=$1/witness/perl source
    source=$(sed 's/^[0-9a-f]*  //' "$witness_source_list")
    mkdir -p "$tree"
    tar -xf "$aptroot_dir/archives/$source" -C "$tree" --strip-components=1 --wildcards --no-same-owner \
        '*/t/base' '*/t/cmd' '*/t/op' '*/t/opbasic' '*/t/re' '*/t/lib' '*/t/*.pl' '*/t/test_pl' '*/t/harness' '*/t/TEST' \
        '*/cpan/Math-BigInt/t' '*/cpan/Digest-SHA/t' '*/cpan/Digest-MD5/t' '*/pp_hot.c' ||
        die "damaged package: $aptroot_dir/archives/$source"
    mkdir -p "$tree/lib"
    cp -al "$root"/usr/share/perl/5.*.*/. "$tree/lib/"
    cp -aln "$root"/usr/lib/powerpc64le-linux-gnu/perl/5.*.*/. "$tree/lib/"
    cp -aln "$root"/usr/lib/powerpc64le-linux-gnu/perl-base/. "$tree/lib/"
    ln -s /usr/bin/perl "$tree/t/perl"
    ln -s /usr/bin/perl "$tree/perl"
}

witness_root() {
    local root=$1 deb
    mkdir -p "$root"
    while read -r _ deb; do
        dpkg-deb -x "$aptroot_dir/archives/$deb" "$root" || die "damaged package: $aptroot_dir/archives/$deb"
    done <"$witness_list"
    # What no witness reads. The sanitizers' libraries and link-time optimisation are a third of gcc.
    (
        cd "$root"
        rm -rf usr/share/{doc,man,info,locale,lintian,bug,X11,perl/5.*/pod} var/lib/dpkg usr/bin/lto-dump* usr/bin/gold
        rm -f usr/bin/powerpc64le-linux-gnu-{lto-dump,gold,ld.gold,dwp}* usr/lib/gcc/*/12/lto1
        rm -f usr/lib/powerpc64le-linux-gnu/lib{a,t,l,ub}san.so* usr/lib/gcc/*/12/lib{a,t,l,ub}san*
        mkdir -p dev proc sys tmp root etc bin
        ln -sf busybox bin/sh
        ln -sfn ../lib/powerpc64le-linux-gnu/ld64.so.2 lib64/ld64.so.2 # the package's link is absolute
        ln -s python3.11 usr/bin/python3
        ln -s /bin/busybox usr/bin/env
        printf 'root:x:0:0:root:/root:/bin/sh\n' >etc/passwd
        printf 'root:x:0:\n' >etc/group
        printf '127.0.0.1 localhost\n' >etc/hosts
        for applet in $witness_applets; do [ -e bin/$applet ] || [ -e usr/bin/$applet ] || ln -s /bin/busybox bin/$applet; done
    )
    cp -r "$top/tools/witness" "$root/witness"
}

# What tools/witness/ and the tests call; busybox has them.
witness_applets="awk cat chmod cmp cp cut date diff echo env expr false grep head hostname id kill ln ls mkdir mktemp mv \
    od printf ps pwd rm rmdir sed seq sleep sort stty sync tail tee test touch tr true tty uname wc which yes"

# witness_image: writes $work/out/witness.img
witness_image() {
    local root=$work/witness
    say "making witness.img"
    aptroot_open ppc64el ppc64el bookworm
    witness_root "$root"
    aptroot_open source source bookworm
    witness_perl "$root"
    chmod -R u+w,go-w "$root"
    quietly "$cache/mksquashfs.log" mksquashfs "$root" "$work/out/witness.img" -comp zstd -Xcompression-level 5 \
        -noappend -all-root -no-xattrs -no-exports -mkfs-time 0 -all-time 0 || die "mksquashfs failed"
    unsquashfs -l "$work/out/witness.img" witness/run >/dev/null 2>&1 || die "witness.img cannot be read"
}
