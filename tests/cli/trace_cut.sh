#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What is left of a trace whose disk was full, or whose run was killed: everything up to the end of the file can be read,
# and is what the whole trace says there.
#   trace_cut.sh PATH/TO/p9sim

set -u
. "$(dirname "$0")/lib.sh"

# li r4,0; 4: addi r4,r4,8; mr r3,r4; std r3,0x100(r4); b 4
word 38800000 38840008 7c832378 f8640100 4bfffff4 >endless

# is_readable FILE WHOLE LEAST: FILE ends early, holds that many instructions and more, and its last one is that of WHOLE.
is_readable() {
    local number
    "$p9sim" trace show "$1" 2>err </dev/null | grep -v '^#' >shown
    [ "$(wc -l <err)" -eq 1 ] && grep -q "is cut off" err || [ ! -s err ] || fail "$1: is not said to be cut off"
    [ "$(wc -l <shown)" -ge "$3" ] || { fail "$1: $(wc -l <shown) instructions, not $3"; return; }
    number=$(tail -n 1 shown | awk '{ print $1 }')
    expect 0 "" trace show "$2" --from "$number" --count 1
    grep -v '^#' out | cmp -s - <(tail -n 1 shown) || fail "$1: instruction $number is not that of $2"
}

# One format: KIB of disk hold more than LEAST instructions, and not COUNT.
cut_off() {
    local format=$1 kib=$2 least=$3 count=$4 pid half
    expect 4 "" bare endless --quiet --trace "whole.$format,format=$format" --max-insns "$count"

    (ulimit -f "$kib" && "$p9sim" bare endless --quiet --trace "full.$format,format=$format" --max-insns "$count") \
        >out 2>err </dev/null && fail "$format: a full disk is taken for success"
    grep -q "full.$format: cannot be written: File too large; it ends early" err || fail "$format: a full disk: why?"
    is_readable "full.$format" "whole.$format" "$least"
    refuse 1 "/dev/full: cannot be written" bare endless --quiet --trace "/dev/full,format=$format" --max-insns 1000

    half=$(($(stat -c %s "whole.$format") / 2))
    "$p9sim" bare endless --quiet --trace "killed.$format,format=$format" --max-insns 2000M >out 2>&1 </dev/null &
    pid=$!
    for _ in $(seq 600); do
        [ "$(stat -c %s "killed.$format" 2>/dev/null || echo 0)" -ge "$half" ] && break
        sleep 0.1
    done
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    "$p9sim" trace export "killed.$format" --as bbv --interval 1000 >out 2>err </dev/null
    [ "$(wc -l <err)" -le 1 ] || fail "$format: $(wc -l <err) lines of a run that was killed"
    [ "$(grep -c '^T' out)" -ge $((least / 1000)) ] || fail "$format: little is left of a run that was killed"
    head -c "$half" "killed.$format" >"part.$format"
    is_readable "part.$format" "whole.$format" "$least"
}

cut_off state 40 500000 1600000
cut_off qtrace 80 60000 400000

exit "$failed"
