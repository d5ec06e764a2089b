#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# p9sim nested --depth: what is refused, and what is said of a tower that comes to grief.
#   nested.sh PATH/TO/p9sim
# No guest boots here: a firmware of a few instructions prints through the callthru word what the init of each level
# would have printed (tools/initramfs/init), and ends, spins, or dies. tests/boot has the real thing.

set -u
. "$(dirname "$0")/lib.sh"

nested() { refuse "$1" "$2" nested "${@:3}"; } # STATUS PHRASE ARGS...: one line on stderr

# firmware TEXT END...: prints TEXT, then runs the words of END. Threads of the board start at 0x10, big-endian.
off=(3860001f 38800000 000eaeb0 48000000) spin=(48000000) dies=(3860001f 38800007 000eaeb0 48000000)
firmware() {
    local text=$1 size
    shift
    printf '%b' "$text" >text
    while [ $(($(stat -c %s text) % 4)) -ne 0 ]; do printf '\n' >>text; done
    size=$(stat -c %s text)
    word 00000000 00000000 00000000 00000000 "$(printf %08x $((0x48000005 + size)))"
    cat text
    word 7c8802a6 38600000 "$(printf %08x $((0x38a00000 + size)))" 000eaeb0 "$@"
}

# tower STATUS PHRASE DEPTH TEXT END...: such a firmware, started as a tower of that depth.
tower() {
    local status=$1 phrase=$2 depth=$3 text=$4
    shift 4
    firmware "$text" "$@" >images/skiboot.lid
    nested "$status" "$phrase" --depth "$depth" --console none --out out.dir --max-insns 1M
    [ -s out.dir/nested.txt ] && [ -s out.dir/nested.csv ] && [ -s out.dir/nested.json ] && [ -s out.dir/report.html ] ||
        fail "nested --depth $depth: a result is missing"
    grep -q '"failed": \[\]' out.dir/stats.json || fail "nested --depth $depth: sums do not hold"
    rm -rf out.dir
}

# ---- what is refused before anything runs ----
nested 2 "give --depth N"
nested 2 "give --depth N" --depth 1 --embedded
nested 2 "give --depth N" --embedded --workload syscall
nested 2 "give --depth N" --embedded --backing base
nested 1 "levels below the host can be 0 to 8" --depth 9
nested 1 "is not a number" --depth deep
nested 1 "is no name of a measure" --depth 1 --workload 'a b'
nested 1 "is no name of a measure" --depth 1 --workload ''
nested 1 "stands alone" --depth 1 --workload none --workload syscall
nested 1 "backed by base, thp or hugetlbfs" --depth 1 --backing 64k
nested 1 "backed by base, thp or hugetlbfs" --depth 1 --backing ''
nested 1 "has no guest to back" --depth 0 --backing base
nested 1 "no translation model" --depth 1 --model none
nested 1 "carries no level 3" --depth 3 --mem 1G
nested 1 "wants 1792M at least" --depth 3 --mem 1536M
nested 1 "command line would be too long" --depth 1 --append "$(printf %2000s x)"
nested 1 "skiboot.lid: there is no such file" --depth 1
mkdir images
firmware '' "${off[@]}" >images/skiboot.lid
nested 1 "vmlinux: there is no such file" --depth 1
some_kernel >images/vmlinux
nested 1 "initrd.img: there is no such file" --depth 0
printf 'an initramfs' >images/initrd.img
nested 1 "guest-disk.img: there is no such file" --depth 1
printf 'hsqs' >images/guest-disk.img

# ---- how a tower ends ----
zero='p9sim: level 0 up\n' one='p9sim: level 0 starts level 1 with 1280 MiB\n' up='p9sim: level 1 up\n'
saw='p9sim: level 0 saw level 1 end'
tower 0 "level 0 came up and powered off" 0 "$zero" "${off[@]}"
tower 0 "all levels came up, 0 to 1" 1 "$zero$one$up$saw (status 0)\n" "${off[@]}"
tower 0 "all levels came up, 0 to 1" 1 "[0.1] text $zero$one$up$up$up$saw (status 0)\r\n" "${off[@]}"
tower 3 "level 0 never came up" 1 "Linux\n" "${off[@]}"
tower 3 "level 1 never came up" 1 "$zero$one$saw (status 0)\n" "${off[@]}"
tower 3 "level 2 never came up" 2 "$zero$one$up$saw (status 0)\n" "${off[@]}"
tower 3 "level 1 did not end before level 0 powered off" 1 "$zero$one$up" "${off[@]}"
tower 3 "level 1 failed before it was up: its QEMU" 1 \
    "$zero$one$saw (status 1)\np9sim: level 1 failed: its QEMU in level 0 ended with status 1\n" "${off[@]}"
tower 3 "level 1 failed: its QEMU in level 0 ended with status 1; Kernel panic - not syncing: sysrq" 1 \
    "$zero$one$up[1.0] Kernel panic - not syncing: sysrq\n${saw} (status 1)
p9sim: level 1 failed: its QEMU in level 0 ended with status 1\n" "${off[@]}"
tower 3 "level 1 failed: it was not off after 300 s" 1 \
    "$zero$one$up${saw} (status 137)\np9sim: level 1 failed: it was not off after 300 s of guest time\n" "${off[@]}"
tower 3 "level 0 died, while level 0 comes up: Kernel panic" 1 "Kernel panic - not syncing: no init\n" "${spin[@]}"
tower 3 "level 0: the guest ended with status 7, while level 1 comes up" 1 "$zero$one" "${dies[@]}"
tower 1 "level 2 cannot be started: level 1 has not enough memory" 2 \
    "$zero$one${up}p9sim: level 2 failed: level 1 has not enough memory for it: three quarters\n$saw (status 0)\n" "${off[@]}"
tower 1 "nestbench has no such measure" 1 "${zero}nestbench: no such measure: chess\n" "${spin[@]}"
tower 4 "a limit was reached (max_insns = 1000000) while level 0 comes up" 1 "Linux\n" "${spin[@]}"
tower 4 "while level 1 comes up" 1 "$zero$one" "${spin[@]}"
tower 4 "while level 1 works" 1 "$zero$one$up" "${spin[@]}"
tower 4 "while level 0 ends" 1 "$zero$one$up$saw (status 0)\n" "${spin[@]}"

# What each level says of the memory that it gives, and a measure of its storage.
firmware "$zero${one% MiB*} MiB in pages of hugetlbfs\\n${up}nestbench: level=1 measure=chase-1g ops=5 ticks=9 footprint_kib=1048576 \
huge_kib=7\\n$saw (status 0)\\n" "${off[@]}" >images/skiboot.lid
nested 0 "all levels came up" --depth 1 --console none --out out.dir --max-insns 1M
grep -qE '^    backed by +- +hugetlbfs$' out.dir/nested.txt || fail "nested: the table does not say what backs the guest"
grep -q '"backed_by": "hugetlbfs"' out.dir/nested.json || fail "nested.json does not say what backs the guest"
grep -q '"huge_kib": 7' out.dir/nested.json || fail "nested.json does not say what is in huge pages"
rm -rf out.dir

# Ranges over what-ifs: those of plausible.def that lie behind the ERATs and go with the options.
firmware "$zero" "${off[@]}" >images/skiboot.lid
nested 0 "level 0 came up" --depth 0 --uncertainty --set tlb_guest_real=off --console none --out out.dir --max-insns 1M
[ "$(grep -c '"setting": "pwc_entries=' out.dir/stats.json)" -eq 2 ] || fail "nested --uncertainty: no what-ifs"
! grep -q '"setting": "tlb_guest_real=' out.dir/stats.json || fail "nested --uncertainty varies what was set"
rm -rf out.dir
nested 1 "pwc_ways: 16 ways" --depth 0 --uncertainty --set pwc_entries=8 --console none --out out.dir

# Under the model core each plausible value of a parameter of its time is a variant, if it was not set.
nested 0 "level 0 came up" --depth 0 --model core --uncertainty --set memory_ns=80 --console none --out out.dir \
    --max-insns 1M
[ "$(grep -c '"option": "l3_cycles"' out.dir/stats.json)" -eq 2 ] || fail "nested --uncertainty: no variants"
! grep -q '"option": "memory_ns"' out.dir/stats.json || fail "nested --uncertainty varies what was set"
[ -s out.dir/nested-uncertainty.csv ] || fail "nested --uncertainty: no nested-uncertainty.csv"
rm -rf out.dir
nested 1 "clocks of a variant's threads" --depth 0 --model core --uncertainty --threads 2 --console none --out out.dir
nested 0 "level 0 came up" --depth 0 --model core --what-if memory_ns=70,110 --console none --out out.dir --max-insns 1M
grep -q '^variant.memory_ns=110.cycles ' out.dir/stats.txt || fail "nested --what-if: no variant"
rm -rf out.dir

# A guest may print what it likes: levels that are not there, numbers out of range, lines without end.
tower 0 "level 0 came up and powered off" 0 "${zero}p9sim: level 7 up\np9sim: level 99999999999 up\np9sim: level -1 up\n
p9sim: level 0 starts level 9 with 1 MiB\np9sim: level 0 saw level 1 end (status 0)\nnestbench: level=9 measure=x ops=1 ticks=1\n
nestbench: level=0 measure=y ops=1 ticks=1 footprint_kib=-5 huge_kib=x\np9sim: level 0 starts level 1 with 1 MiB in pages of \033[2J\n
nestbench: level=0 measure=A;B ops=1 ticks=1\nnestbench: level=0 measure=x ops=99999999999999999999999 ticks=-5\n
nestbench: level=0 measure=$(printf %0300d 0) ops=1 ticks=1\nnestbench: level=0 measure=x skipped=\"\033[2J<b>\"\n" "${off[@]}"

# ---- a tower that was saved goes on ----
firmware "$zero${one}${up}nestbench: level=0 measure=x skipped=\"no A\"\\nnestbench: level=1 measure=x skipped=\"no A\"\\nnestbench: \
level=0 measure=y skipped=\"no B\"\\nnestbench: level=1 measure=y skipped=\"no C\"\\n$saw (status 0)\\n" "${off[@]}" >images/skiboot.lid
nested 0 "all levels came up" --depth 1 --console none --out out.dir --max-insns 1M
grep '^not at' out.dir/nested.txt >told
printf 'not at L0, L1: x (no A)\nnot at L0: y (no B)\nnot at L1: y (no C)\n' | cmp -s - told || fail "nested: $(cat told)"
rm -rf out.dir told
firmware "$zero${one}nestbench: level=0 measure=pipe skipped=\"no\"\n" "${spin[@]}" >images/skiboot.lid
nested 4 "while level 1 comes up" --depth 1 --console none --out straight --max-insns 400K --checkpoint ck@100K
rm -r images
nested 4 "while level 1 comes up" --depth 1 --console none --out again --max-insns 400K --restore ck
for f in nested.txt nested.csv nested.json report.html; do
    cmp -s straight/$f again/$f || fail "nested --restore: $f is another one"
done
refuse 1 "the tower that was saved has a depth of 1" nested --depth 2 --restore ck
refuse 1 "a tower that is restored has its own" nested --depth 1 --workload pipe --restore ck
refuse 1 "--backing: a tower that is restored has its own" nested --depth 1 --backing base --restore ck
refuse 2 "goes with --depth" nested --embedded --restore ck
expect 4 "" run --restore ck --quiet --console none --max-insns 110K --checkpoint plain@101K
refuse 1 "it has no tower" nested --depth 1 --restore plain

[ "$failed" -eq 0 ] || { echo "$failed failed"; exit 1; }
