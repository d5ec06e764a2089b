# SPDX-License-Identifier: Apache-2.0
#
# Shared libraries of ppc64el for programs of p9sim exec: library_add NAME puts the file NAME ("libfoo.so.1"), and those
# that it needs, into $cache/sysroot/lib, where p9sim looks for them. They come from Debian packages of the root that
# aptroot.sh has opened: from one that is already there, or from the one that Debian's naming of libraries says.

# library_package NAME: a downloaded package that has a file of that name; false if there is none.
library_package() {
    local deb
    for deb in "$aptroot_dir"/archives/*.deb; do
        if [ -e "$deb" ] && dpkg-deb --fsys-tarfile "$deb" | tar -t | sed 's,.*/,,' | grep -xF -- "$1" >/dev/null; then
            echo "$deb"
            return 0
        fi
    done
    return 1
}

# library_names NAME: what the package of "libfoo.so.1" can be called: libfoo1, libfoo-1 behind a digit, or with the ending
# of the move to 64-bit time.
library_names() {
    local stem=${1%%.so*} version=${1#*.so} name
    version=${version#.}
    [[ $stem != *[0-9] || -z $version ]] || stem+=-
    name=$(tr 'A-Z_' 'a-z-' <<<"$stem$version")
    printf '%s\n' "$name" "${name}t64" "${stem%-}"
}

# library_fetch NAME: download the package and what it depends on.
library_fetch() {
    local name
    aptroot_has_lists || aptroot_update
    while read -r name; do
        aptroot apt-cache show "$name" >/dev/null 2>&1 || continue
        say "downloading $name of ppc64el for $1"
        aptroot_fetch "$name" || die "no network: could not download $name (see $aptroot_dir/fetch.log)"
        return 0
    done < <(library_names "$1")
    die "no package of ppc64el is known to have $1; copy the library from elsewhere and name its folder with --sysroot"
}

library_add() { # NAME
    local name=$1 deb tree file needed
    [ ! -e "$cache/sysroot/lib/$name" ] || return 0
    deb=$(library_package "$name") || { library_fetch "$name"; deb=$(library_package "$name"); } ||
        die "the package for $name does not have it; copy the library from elsewhere and name its folder with --sysroot"
    tree=$scratch/$(basename "$deb" .deb)
    [ -d "$tree" ] || dpkg-deb -x "$deb" "$tree" || die "damaged package: $deb"
    file=$(find "$tree" -name "$name" | sort | head -n 1)
    mkdir -p "$cache/sysroot/lib"
    cp -L "$file" "$cache/sysroot/lib/$name.new" || die "the package $(basename "$deb") has $name in another one"
    mv "$cache/sysroot/lib/$name.new" "$cache/sysroot/lib/$name"
    say "$cache/sysroot/lib/$name is from $(basename "$deb")"
    while read -r needed; do
        [ -e "/usr/powerpc64le-linux-gnu/lib/$needed" ] || library_add "$needed"
    done < <(readelf -d "$cache/sysroot/lib/$name" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
}
