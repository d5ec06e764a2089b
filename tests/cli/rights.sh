#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tools/demo, tools/check, tools/images and tools/package for somebody who may not write where they write: one line that
# says where and why, exit status 1, and nothing of an earlier run.  As root they are run as nobody.

set -euo pipefail
export LC_ALL=C
sources=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
cd "$scratch"

fail() {
    echo "FAILED: $*"
    cat said
    exit 1
}

# What is read-only for the owner is so for everybody but root.
somebody=()
[ "$(id -u)" -ne 0 ] || somebody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
give() { [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$@"; } # to whom the scripts run as

refuse() { # PHRASE TOOL ARGS...
    local phrase=$1 tool=$2 status=0
    shift 2
    "${somebody[@]}" env -u HOME XDG_CACHE_HOME="$scratch/cache" "tree/tools/$tool" "$@" >said 2>&1 </dev/null || status=$?
    [ "$status" -eq 1 ] || fail "$tool $*: status $status"
    [ "$(wc -l <said)" -eq 1 ] || fail "$tool $*: not one line"
    grep -qF -- "$phrase" said || fail "$tool $*: does not say: $phrase"
    grep -q "^$tool: " said || fail "$tool $*: does not say who speaks"
}

mkdir -p tree cache/p9sim images
cp -r "$sources"/{tools,CMakeLists.txt,CMakePresets.json,cmake} tree/
chmod -R u+w,go+rX tree
give cache images

# ---- the clone is read-only ----
chmod a-w tree
for tool in demo check package; do refuse "cannot make the folder $scratch/tree/build" "$tool"; done
refuse "cannot make the folder $scratch/tree/images (Permission denied)" images

# ---- what an earlier run of somebody else has left there ----
chmod u+w tree
mkdir tree/build
echo "[640/640] Linking C executable p9sim" >tree/build/release-build.log
cp tree/build/release-build.log tree/build/release-configure.log
chmod -R a-w tree/build
chmod a-w tree
for tool in demo check; do refuse "cannot write to $scratch/tree/build" "$tool"; done

# ---- images: its folder, its cache, and what is in it ----
chmod a-w images
refuse "cannot write to images" images --out images
chmod u+w images
chmod a-w cache/p9sim
refuse "cannot write to $scratch/cache/p9sim" images --out images
refuse "XDG_CACHE_HOME says where else" images --out images
chmod u+w cache/p9sim
mkdir -p cache/p9sim/apt/ppc64el/archives
give cache
chmod a-w cache/p9sim/apt/ppc64el/archives
refuse "cannot write to $scratch/cache/p9sim/apt/ppc64el/archives" images --out images
chmod u+w cache/p9sim/apt/ppc64el/archives
touch cache/p9sim/images.packages cache/p9sim/images.lock
chmod a-w cache/p9sim/images.packages
refuse "cannot write to $scratch/cache/p9sim/images.packages" images --out images
rm -f cache/p9sim/images.packages
chmod a-w cache/p9sim/images.lock
refuse "cannot write to $scratch/cache/p9sim/images.lock" images --out images
[ -z "$(ls images)" ] || fail "images: something was made"

# ---- no log of a step that did not begin ----
(
    me=test
    . "$sources/tools/lib/common.sh"
    mkdir logs
    echo "built, on another day" >logs/step
    quietly logs/step sh -c 'echo today; exit 1'
) >said 2>&1 && fail "quietly: a step that failed did not"
[ "$(cat said)" = "    today" ] || fail "quietly: shows something else"
echo "rights: passed"
