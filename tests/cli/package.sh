#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What tools/package makes of a build, unpacked by dpkg: the program runs, and the example of docs/EMBEDDING.md is compiled
# against what is there and runs. If lintian is there it has had nothing to say.
#   package.sh SOURCES BUILD

set -euo pipefail
sources=$1 build=$2
command -v dpkg-shlibdeps >/dev/null || { echo "SKIPPED: no dpkg-dev"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "FAILED: $*"
    exit 1
}

"$sources/tools/package" --build "$build" --out debs >made 2>said || fail "tools/package: $(cat said)"
[ "$(wc -l <made)" -eq 2 ] || fail "not two packages: $(cat made)"
while read -r deb; do
    dpkg-deb -x "$deb" root || fail "$deb cannot be unpacked"
    dpkg-deb -e "$deb" control
    (cd root && md5sum --quiet -c ../control/md5sums) || fail "$deb: its sums are not those of its files"
done <made
[ "$(root/usr/bin/p9sim --version)" = "$("$build/p9sim" --version)" ] || fail "the program does not run"
dpkg-deb -f "$(head -n 1 made)" Depends | grep -q libelf1 || fail "the program's libraries are not among its dependencies"
[ -s root/usr/share/man/man1/p9sim-run.1.gz ] || fail "there is no manual page"

. "$sources/tests/cli/embedding.sh"
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
example "$sources"
export PKG_CONFIG_SYSROOT_DIR=$PWD/root PKG_CONFIG_PATH=$PWD/root/usr/lib/$triplet/pkgconfig
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1
try_example

# What is wrong is said in one line.
for words in "--out:usage: tools/package" "--build nowhere:nowhere: there is no p9sim" "--build $build --out $PWD/made/x:cannot make"; do
    status=0
    # shellcheck disable=SC2086
    "$sources/tools/package" ${words%%:*} >out 2>said || status=$?
    [ "$status" -ne 0 ] && [ "$(wc -l <said)" -eq 1 ] && grep -qF -- "${words#*:}" said || fail "${words%%:*}: $(cat said)"
done
echo "package: passed"
