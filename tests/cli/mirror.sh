#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What tools/lib/aptroot.sh fetches from a mirror that lists packages which it does not have: a mirror of two releases
# with packages of a few bytes, served on this machine.

set -euo pipefail
export LC_ALL=C
tools=$(cd "$(dirname "$0")/../../tools" && pwd)
scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "FAILED: $*"
    for log in said cache/p9sim/apt/*/*.log; do [ ! -f "$log" ] || { echo "--- $log"; tail -n 20 "$log"; }; done
    exit 1
}

# package RELEASE NAME VERSION DEPENDS [absent]: a package into the pool, unless it is only listed, and a stanza about it.
package() {
    local file=pool/$2_${3#*:}_ppc64el.deb index=dists/$1/main/binary-ppc64el/Packages
    mkdir -p tree/DEBIAN late mirror/pool "mirror/${index%/*}"
    printf '%s\n' "Package: $2" "Version: $3" "Architecture: ppc64el" "Maintainer: nobody" "Description: a test" \
        ${4:+"Depends: $4"} >tree/DEBIAN/control
    dpkg-deb --root-owner-group --build tree "mirror/$file" >/dev/null
    {
        cat tree/DEBIAN/control
        printf '%s\n' "Filename: $file" "Size: $(stat -c %s "mirror/$file")" \
            "SHA256: $(sha256sum "mirror/$file" | cut -d' ' -f1)" ''
    } >>"mirror/$index"
    [ "${5:-}" != absent ] || mv "mirror/$file" late/
}

release() { # NAME: its Release file
    local index=main/binary-ppc64el/Packages
    (
        cd "mirror/dists/$1"
        printf '%s\n' "Suite: $1" "Codename: $1" "Architectures: ppc64el" "Components: main" "SHA256:" \
            " $(sha256sum $index | cut -d' ' -f1) $(stat -c %s $index) $index" >Release
    )
}

package trixie program 1.0 'library (>= 1:2.0)'
package trixie library 1:2.0 '' absent
package forky program 9.0 ''
package forky library 1:2.1 'base (>= 3)'
package trixie base 3 ''
package forky base 9 ''
package trixie linux-image-powerpc64le 6.12.11-1 linux-image-6.12.11-powerpc64le
package trixie linux-image-6.12.11-powerpc64le 6.12.11-1 '' absent
package trixie linux-image-6.12.9-powerpc64le 6.12.9-1 ''
package trixie linux-image-6.12.10-powerpc64le 6.12.10-1 ''
package trixie linux-image-6.12.10-powerpc64le-64k 6.12.10-1 ''
package forky linux-image-7.1-powerpc64le 7.1-1 ''
release trixie
release forky

python3 -u -m http.server --bind 127.0.0.1 --directory mirror 0 >server.log 2>&1 &
server=$!
for ((try = 0; try < 100; try++)); do
    port=$(sed -n 's/^Serving HTTP on [0-9.]* port \([0-9]*\).*/\1/p' server.log)
    [ -z "$port" ] || break
    sleep 0.1
done
[ -n "$port" ] || fail "no server: $(cat server.log)"

# This machine's apt sources are the mirror's, whose lists nobody signed.
mkdir parts
echo "deb http://127.0.0.1:$port bookworm main" >sources.list
printf '%s\n' "Dir::Etc::sourcelist \"$scratch/sources.list\";" "Dir::Etc::sourceparts \"$scratch/parts\";" \
    'Acquire::AllowInsecureRepositories "1";' 'Acquire::http::Proxy::127.0.0.1 "DIRECT";' >apt.conf
export APT_CONFIG=$scratch/apt.conf XDG_CACHE_HOME=$scratch/cache
me=images
. "$tools/lib/common.sh"
. "$tools/lib/aptroot.sh"
retry() { shift; "$@"; } # a mirror that is not being synchronised needs no second try

{
    aptroot_open mirror ppc64el trixie
    echo 'APT::Get::AllowUnauthenticated "1";' >>"$aptroot_dir/apt.conf"
    aptroot_fetch program || fail "program was not fetched"
    kernels=$(aptroot_kernels powerpc64le | tr '\n' ' ')
    kernel=$(aptroot_fetch_one $kernels) || fail "no kernel was fetched"
} 2>said

line='images: not at the mirror, so the next version is taken:'
[ "$(grep -c '^images: not at the mirror' said)" -eq 2 ] || fail "not a line for each: $(cat said)"
grep -qxF "$line library 1:2.1 for 1:2.0" said || fail "does not say which library"
got=$(aptroot_debs program | sed 's,.*/,,' | tr '\n' ' ')
[ "$got" = 'base_3_ppc64el.deb library_1%3a2.1_ppc64el.deb program_1.0_ppc64el.deb ' ] || fail "took $got"
[ "$(ls "$aptroot_dir/archives" | grep -c '^base_3\|^library\|^program_1')" -eq 3 ] || fail "not all of it is there"
[ "$kernels" = 'linux-image-6.12.11-powerpc64le linux-image-6.12.10-powerpc64le linux-image-6.12.9-powerpc64le ' ] ||
    fail "the kernels are $kernels"
[ "$kernel" = linux-image-6.12.10-powerpc64le ] || fail "took $kernel"
grep -qxF "$line linux-image-6.12.10-powerpc64le for linux-image-6.12.11-powerpc64le" said || fail "does not say which kernel"

# On another day the mirror has caught up, and nothing is said.
mv late/library_2.0_ppc64el.deb mirror/pool/
{
    aptroot_open mirror ppc64el trixie
    echo 'APT::Get::AllowUnauthenticated "1";' >>"$aptroot_dir/apt.conf"
    aptroot_fetch program || fail "program was not fetched"
} 2>said
[ ! -s said ] || fail "says something: $(cat said)"
[ "$(aptroot_debs program | grep -c 'library_1%3a2.0')" -eq 1 ] || fail "the newest library was not taken"
echo "mirror: passed"
