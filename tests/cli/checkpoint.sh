#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checkpoints: a run that is saved and restored writes the same results as one that is neither, and whatever is wrong
# with a file is one line.
#   checkpoint.sh PATH/TO/p9sim
. "$(dirname "$0")/lib.sh"

# 50 times: count to 1000 and store the number into another page each time; then print "ok\n" and exit
word 39000000 3ce00010 38c00000 38c60001 7d283214 f9270000 38e71008 2c0603e8 4082ffec 39080001 2c080032 4082ffd8 \
    48000009 6f6b0a00 7c8802a6 38600000 38a00003 000eaeb0 3860001f 38800000 000eaeb0 48000000 >work.bin
# print "ok\n", save (4101), print it again, exit with r3 of the call as status
word 48000009 6f6b0a00 7c8802a6 38600000 38a00003 000eaeb0 38601005 000eaeb0 7c671b78 \
    38600000 38a00003 000eaeb0 38870000 3860001f 000eaeb0 48000000 >save.bin

# same DIR DIR: all results but what the host is told of in stats.json
same() {
    local dir
    for dir; do sed -i '/"host": {/,/}/d' "$dir/stats.json" || fail "$dir/stats.json is not there"; done
    diff -r "$1" "$2" >out 2>err || fail "$1 and $2 differ"
}

# ---- what is restored goes on as if nothing had happened ----
for options in "--model mmu" "--model none" "--model mmu --set erat_replacement=random --set tlb_entries=16" \
    "--model mmu --set quantum_cycles=100 --set code_pages=128 --set host_contexts=1" "--cores 2 --threads 2 --mem 16M" \
    "--model core" "--model core --set walk_twin=on --set l3_replacement=random" "--model core@150K" \
    "--model core@220K --set warm=on" "--model core@pc=0xc#20000" "--model core@insn-in=0:180K" "--model core --cores 2 --threads 2 --mem 16M" \
    "--model core --set quantum_cycles=100 --set code_pages=128 --set l1_replacement=plru"; do
    expect 0 ok bare work.bin $options --quiet --out straight
    rm -rf saved ck.*
    expect 0 ok bare work.bin $options --quiet --out saved --checkpoint ck.0@0 --checkpoint ck.1@1000 \
        --checkpoint ck.2@200K --checkpoint=ck.3@250000
    same straight saved
    for n in 0 1 2 3; do
        rm -rf restored
        expect 0 ok run --restore ck.$n --quiet --out restored
        same straight restored
    done
    [[ $options == *core@* ]] || continue
    rm -rf restored # what is waited for, in so many words, has come as far as it had
    expect 0 ok run --restore ck.1 $options --quiet --out restored
    same straight restored
done

# ---- regions that are timed: r2 = 1, 2 ..., begin region r2 (4096), three turns, end it (4097), three turns; 40 times ----
word 38400000 38420001 7c441378 38601000 000eaeb0 39200003 7d2903a6 39080001 4200fffc \
    7c441378 38601001 000eaeb0 39200003 7d2903a6 39080001 4200fffc 2c020028 4082ffc0 \
    3860001f 38800000 000eaeb0 48000000 >regions.bin
for options in "--model core@regions" "--model core@regions --set warm=on --set walk_twin=on"; do
    expect 0 "" bare regions.bin $options --quiet --out straight
    rm -rf saved ck.*
    save=()
    for n in {200..220}; do save+=(--checkpoint "ck.$n@$n"); done # at every place of the loop
    expect 0 "" bare regions.bin $options --quiet --out saved "${save[@]}"
    same straight saved
    for n in {200..220}; do
        rm -rf restored
        expect 0 "" run --restore ck.$n --quiet --out restored
        same straight restored
    done
done
rm -rf restored
expect 0 "" run --restore ck.210 --model core@regions --quiet --out restored # the same in so many words
sed -i '/"host": {/,/}/d' restored/stats.json
diff -r straight restored >/dev/null || fail "--model core@regions again is another run"
expect 0 "" run --restore ck.210 --model core --quiet --out restored # from now on always
diff -r straight restored >/dev/null && fail "--model core does not time what is outside of regions"

# ---- what an instruction costs is for the run that goes on to say; before, there was one window of 20000 cycles ----
cycles() { sed -n 's/^cycles *\([0-9]*\) .*/\1/p' "$1/stats.txt"; }
rm -f ck.*
expect 0 ok bare work.bin --quiet --checkpoint ck.0@0
for options in "--model core" "--model mmu --set base_cpi=3"; do
    expect 0 ok bare work.bin $options --quiet --out straight
    rm -rf restored
    expect 0 ok run --restore ck.0 $options --quiet --out restored
    more=$(($(cycles straight) - $(cycles restored)))
    [ "${more#-}" -le 40000 ] || fail "$options: restored at the beginning it takes $more cycles less than straight"
done

# The same machine is the same file, and one that is restored is saved as the same one.
rm -f ck.*
expect 0 ok bare work.bin --quiet --checkpoint ck.a@100K
expect 0 ok bare work.bin --quiet --checkpoint ck.b@100K --checkpoint ck.c@150K
cmp -s ck.a ck.b || fail "two runs make two files"
expect 0 ok run --restore ck.a --quiet --out out.d --checkpoint ck.d@150K
cmp -s ck.c ck.d || fail "a restored machine is saved as another one"

# ---- a base holds what has not changed ----
expect 0 ok bare work.bin --quiet --out straight
expect 0 ok run --restore ck.a --quiet --out out.e --checkpoint ck.e@150K --checkpoint-base ck.a
[ "$(stat -c %s ck.e)" -lt "$(stat -c %s ck.c)" ] || fail "with a base a checkpoint is not smaller"
rm -rf restored
expect 0 ok run --restore ck.e --quiet --out restored
same straight restored
mv ck.a moved
refuse 1 "ck.a: No such file" run --restore ck.e --quiet --out restored
refuse 1 "is not the base of ck.e" run --restore ck.e --checkpoint-base ck.c --quiet --out restored
rm -rf restored
expect 0 ok run --restore ck.e --checkpoint-base moved --quiet --out restored
same straight restored
refuse 1 "has a base itself" bare work.bin --quiet --checkpoint ck.f@1 --checkpoint-base ck.e
refuse 1 "has no base" run --restore ck.c --checkpoint-base moved --out restored
mv moved ck.a

# ---- the guest asks ----
expect 0 "ok" bare save.bin --quiet --checkpoint ck.call@call
[ "$(cat out)" = $'ok\nok' ] || fail "the program does not print twice"
expect 0 ok run --restore ck.call --quiet --out restored
[ "$(cat out)" = ok ] || fail "what was printed before is printed again, or what comes after is not"
expect 3 "status 255" bare save.bin # nobody has said where to

# ---- a moment is named by the kernel's symbols, which are in the file ----
word 00000000 00000000 00000000 00000000 39290001 4bfffffc >spin.bin # from 0x10 on: count for ever
{
    printf '\x7fELF\x02\x02\x01\0\0\0\0\0\0\0\0\0\0\x02\0\x15'
    word 00000001 00000000 00000010 00000000 00000040 00000000 000000c0 00000000 00400038 00010040 00040000
    word 00000001 00000005 00000000 00000078 00000000 00000010 00000000 00000010
    word 00000000 00000008 00000000 00000008 00000000 00001000 39290001 4bfffffc
    word 00000000 00000000 00000000 00000000 00000000 00000000                   # symbols: none, and
    word 00000001 12000001 00000000 00000014 00000000 00000004                   # a function of 4 bytes at 0x14
    printf '\0again\0\0\0\0\0\0\0\0\0\0'
    for _ in {1..16}; do word 00000000; done                                      # sections: none, text, symbols, names
    word 00000000 00000001 00000000 00000006 00000000 00000010 00000000 00000078
    word 00000000 00000008 00000000 00000000 00000000 00000004 00000000 00000000
    word 00000000 00000002 00000000 00000000 00000000 00000000 00000000 00000080
    word 00000000 00000030 00000003 00000001 00000000 00000008 00000000 00000018
    word 00000000 00000003 00000000 00000000 00000000 00000000 00000000 000000b0
    word 00000000 00000010 00000000 00000000 00000000 00000001 00000000 00000000
} >again.elf
expect 4 "" run --bios spin.bin --kernel again.elf --console none --quiet --max-insns 100 --out out.s \
    --checkpoint ck.s@10 --checkpoint ck.t@pc=again#3
expect 4 "" run --restore ck.s --console none --quiet --max-insns 100 --out out.s --checkpoint ck.u@pc=again
expect 4 limit run --restore ck.u --console none --max-insns 1 --out out.s
grep -q "and 11 instructions" err || fail "a restored machine finds another place by its symbol"
refuse 1 "neither an address nor a symbol" run --restore ck.a --quiet --checkpoint ck.x@pc=again

# ---- options: what is built in stays, the rest is this run's ----
refuse 1 "--mem: a restored machine has its own" run --restore ck.a --mem 2G
refuse 1 "--cores: a restored machine has its own" run --restore ck.a --cores=1
refuse 1 "--threads: a restored machine has its own" run --threads 1 --restore ck.a
refuse 1 "--kernel: a restored machine has its own" run --restore ck.a --kernel work.bin
refuse 1 "core_mhz: a restored machine has its own (2400)" run --restore ck.a --set core_mhz=2500
MEM_SIZE=4G expect 0 ok run --restore ck.a --out restored # of the environment, and for machines that are made
expect 0 "start empty: TLB (radix), TLB (hash)" run --restore ck.a --set tlb_entries=64 --out restored
grep -q '"empty": "TLB (radix), TLB (hash)"' restored/stats.json || fail "stats.json does not say what started empty"
expect 0 "start empty: D-ERAT" run --restore ck.a --set derat_entries=16 --out restored
expect 0 ok run --restore ck.a --model none --out restored
expect 0 ok run --restore ck.a --set walk_read_cycles=99 --out restored
grep -q 'start empty' err && fail "a latency makes nothing start empty"
expect 4 "limit" run --restore ck.a --max-insns 150K --out restored
expect 0 ok bare work.bin --model core --quiet --checkpoint ck.core@100K
expect 0 "start empty: L1 caches, L2, L3, branch predictors, pipeline" run --restore ck.a --model core --out restored
expect 0 "start empty: L3, pipeline" run --restore ck.core --set l3_bytes=5M --set l3_ways=10 --out restored
expect 0 "start empty: branch predictors, pipeline" run --restore ck.core --set bht_entries=64 --out restored
expect 0 "start empty: pipeline" run --restore ck.core --set l2_cycles=20 --out restored
expect 0 "start empty: model without walks" run --restore ck.core --set walk_twin=on --out restored
expect 0 ok run --restore ck.core --model mmu --quiet --out restored
expect 0 ok run --restore ck.core --model none --quiet --out restored
expect 0 ok run --restore ck.core --set code_pages=128 --quiet --out restored

# ---- bad input ----
refuse 1 "nothere: No such file" run --restore nothere
refuse 1 "is no plain file" run --restore .
refuse 1 "is no checkpoint" run --restore work.bin
: >empty
refuse 1 "is no checkpoint" run --restore empty
for bytes in 1 11 12 31 40 1000 10000 $(($(stat -c %s ck.a) - 1)); do
    head -c "$bytes" ck.a >cut
    refuse 1 "no" run --restore cut
done
(cat ck.a; printf x) >longer
refuse 1 "something lies behind its end" run --restore longer
for at in 13 25 40 300 5000; do
    cp ck.a hit
    printf '\xa5' | dd of=hit bs=1 seek="$at" conv=notrunc 2>/dev/null
    refuse 1 "is no whole checkpoint" run --restore hit
done
(head -c 8 ck.a; printf '\x63'; tail -c +10 ck.a) >later
refuse 1 "format 99; this program reads format 1" run --restore later
refuse 1 "write FILE@WHEN" bare work.bin --checkpoint ck.x
refuse 1 "write FILE@WHEN" bare work.bin --checkpoint @5
refuse 1 "is no moment" bare work.bin --checkpoint ck.x@soon
refuse 1 "--checkpoint-base: is for" bare work.bin --checkpoint-base ck.a
refuse 2 "there is no option" walk --restore ck.a --ea 0 work.bin

# ---- output that is lost: what was there before stays ----
expect 1 "cannot be written: No such file" bare work.bin --quiet --checkpoint nowhere/ck@1000
[ -e /dev/full ] && expect 1 "is no plain file" bare work.bin --quiet --checkpoint /dev/full@1000
cp ck.a kept
(trap '' XFSZ; ulimit -f 8; exec "$p9sim" bare work.bin --quiet --checkpoint kept@1000) >out 2>err </dev/null
[ $? -eq 1 ] || fail "a file that cannot be written whole does not make the status 1"
grep -q "kept: cannot be written" err || fail "a file that cannot be written whole is not said"
cmp -s ck.a kept || fail "the previous file is gone"
[ -z "$(find . -name 'kept.*')" ] || fail "half of a file is left behind"
expect 1 "ended before" bare work.bin --quiet --checkpoint ck.never@900M
[ -e ck.never ] && fail "a checkpoint of a moment that never came"

[ $failed -eq 0 ] && echo "checkpoint.sh: all well"
exit $((failed > 0))
