#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What tools/images says to options that do not go together, before it fetches anything.

set -euo pipefail
images=$(realpath "$(dirname "$0")/../../tools/images")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
export XDG_CACHE_HOME=$scratch

fail() {
    echo "FAILED: $*"
    cat said
    exit 1
}

# refuse PHRASE ARGS...: status 2, and one line that says it.
refuse() {
    local phrase=$1 status=0
    shift
    "$images" "$@" >said 2>&1 </dev/null || status=$?
    [ "$status" -eq 2 ] || fail "tools/images $*: status $status"
    [ "$(wc -l <said)" -eq 1 ] || fail "tools/images $*: $(wc -l <said) lines"
    grep -qF -- "$phrase" said || fail "tools/images $*: does not say: $phrase"
}

refuse "--suite sarge: there are bookworm and trixie" --suite sarge
refuse "--pages 16k: the kernels of trixie have pages of 4k and 64k" --suite trixie --pages 16k
refuse "--pages 4k: the kernels of bookworm have pages of 64k" --pages 4k
refuse "the witness programs are bookworm's" --suite trixie --witness
refuse "--library ../x: write libNAME.so.N" --library ../x
refuse "usage: tools/images" --library
refuse "usage: tools/images" --suite
refuse "usage: tools/images" --pages
[ ! -e p9sim ] || fail "tools/images left something"
echo "images: passed"
