# SPDX-License-Identifier: Apache-2.0
#
# What the tests of the command line begin with: a folder of their own, no images and no options from outside, and words
# for what a call must say.  Sourced with the path of p9sim as first argument.  The caller ends with "$failed" as status.

set -u
p9sim=$(realpath "$1")
work=$(mktemp -d) || exit 1
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
unset SKIBOOT SKIBOOT_ZIMAGE SKIBOOT_INITRD LINUX_CMDLINE MEM_SIZE CPUS THREADS
export P9SIM_IMAGES=$work/images
failed=0

fail() {
    echo "FAILED: $1"
    sed 's/^/    /' out err
    failed=$((failed + 1))
}

# expect STATUS PHRASE ARGS...: exit status, and the phrase on stdout or stderr ("" for none).
expect() {
    local status=$1 phrase=$2 got
    shift 2
    timeout 60 "$p9sim" "$@" >out 2>err </dev/null
    got=$?
    [ "$got" -eq "$status" ] || { fail "p9sim $*: exit status $got, not $status"; return; }
    [ -z "$phrase" ] || grep -qF -- "$phrase" out err || fail "p9sim $*: does not say \"$phrase\""
}

# refuse STATUS PHRASE ARGS...: as expect, and stderr is exactly one line.
refuse() {
    expect "$@"
    [ "$(wc -l <err)" -eq 1 ] || fail "p9sim ${*:3}: $(wc -l <err) lines on stderr, not 1"
}

word() { local k; for k; do printf "\\x${k:0:2}\\x${k:2:2}\\x${k:4:2}\\x${k:6:2}"; done; }

# An ELF file for POWER that is never started.
some_kernel() {
    printf '\x7fELF\x02\x02\x01\0\0\0\0\0\0\0\0\0\0\x02\0\x15'
    word 00000001 00000000 00001000 00000000 00000040 00000000 00000000 00000000 00400038 00010040 00000000
    word 00000001 00000005 00000000 00000078 00000000 00001000 00000000 00001000
    word 00000000 00000004 00000000 00000004 00000000 00001000 48000000
}
