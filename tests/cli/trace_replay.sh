#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# p9sim trace replay: what the models make of a trace that nobody executes again.
#   trace_replay.sh PATH/TO/p9sim

set -u
golden=$(cd "$(dirname "$0")/../trace/quick" && pwd)
. "$(dirname "$0")/lib.sh"

equal="every counter of every level is what the run has counted"

# li r4,5; mtctr r4; 8: addi r3,r3,1; std r3,0x100(0); bdnz 8; then ends by callthru with status 0
word 38800005 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >loop

# With the run's own options: programs with tables, guests, invalidations, interrupts; what they were recorded for is in
# their directories.
for trace in "$golden"/*/expected/trace.gz; do
    expect 0 "$equal" trace replay "$trace"
    expect 0 " 0 translations were served otherwise" trace replay "$trace"
done
for model in mmu core; do
    expect 0 "" bare loop --model $model --trace $model.st
    expect 0 "$equal" trace replay $model.st
    expect 0 "" bare loop --model $model --trace $model.st --trace-from 7 --trace-until 13
    expect 0 "$equal" trace replay $model.st
done
expect 0 "" bare loop --threads 2 --trace two.st
expect 0 "$equal" trace replay two.st

# With others: beside each other, and nothing is compared with the run.
some=$golden/radix_4k/expected/trace.gz
many=$golden/../../../docs/examples/suite/pages/expected/trace.gz # 192 pages, twice
expect 0 "tlb_entries=8,tlb_ways=4" trace replay "$many" --variant tlb_entries=8,tlb_ways=4 --variant pwc_entries=0
misses=$(sed -n 's/^0  tlb_miss  *[0-9]* *\([0-9]*\) *\([0-9]*\) *\([0-9]*\)$/\1 \2 \3/p' out)
read -r same few none <<<"$misses"
[ "$few" -gt "$same" ] && [ "$none" -eq "$same" ] || fail "misses with 8 entries, and without a walk cache: $misses"
reads=$(sed -n 's/^0  walk_reads  *[0-9]* *\([0-9]*\) *\([0-9]*\) *\([0-9]*\)$/\1 \3/p' out)
read -r with without <<<"$reads"
[ "$without" -gt "$with" ] || fail "table reads with a walk cache and without: $reads"
expect 0 "as set" trace replay "$some" --set tlb_entries=64
grep -q "$equal" out && fail "a replay with other options is compared with the run"
expect 0 "begin empty: TLB" trace replay "$some" --set tlb_entries=64
expect 0 "as set" trace replay "$some" --cold
expect 0 "cpi_completed" trace replay "$some" --model core
cp out once
expect 0 "" trace replay "$some" --model core
cmp -s out once || fail "two replays of a trace are not the same"

# Models of the core beside each other count what each counts alone.
core=core.st
cycles() { sed -n "s/^0  cycles  *[0-9]* *\([0-9]*\) *\([0-9]*\) *\([0-9]*\)\$/\\$1/p" out; }
expect 0 "" trace replay "$core" --variant memory_ns=200 --variant l2_cycles=20
beside=$(cycles 2)
expect 0 "" trace replay "$core" --set memory_ns=200 --variant l2_cycles=20 --variant l2_cycles=21
[ -n "$beside" ] && [ "$(cycles 1)" = "$beside" ] || fail "memory_ns=200: $beside cycles beside another, $(cycles 1) alone"

# What a trace does not say, the replay does.
expect 0 "" bare loop --trace loop.q,format=qtrace
expect 0 "of a nested walk it has 24 entries of 30" trace replay loop.q
expect 0 "0  completed                                20" trace replay loop.q
expect 0 "" bare loop --trace part.st --trace-sample 4,2
expect 0 "does not have all instructions" trace replay part.st
expect 0 "" bare loop --trace whole.st
gunzip -c whole.st | head -c -70000 >cut.st
expect 1 "is cut off" trace replay cut.st

# Nothing of the file is believed.
refuse 1 "no/such" trace replay no/such
refuse 1 "cores is what the run had" trace replay whole.st --set cores=2
refuse 1 "the model none has nothing" trace replay whole.st --model none
refuse 1 "tlb_entriez" trace replay whole.st --variant tlb_entriez=5
gunzip -c whole.st >plain
cp plain old
printf '\x01' | dd of=old bs=1 seek=8 conv=notrunc status=none
refuse 1 "of version 1, and this p9sim reads version 2 alone" trace replay old
for at in $(seq 40 397 24000); do
    cp plain changed
    printf '\xff' | dd of=changed bs=1 seek="$at" conv=notrunc status=none
    "$p9sim" trace replay changed >out 2>err
    case $? in
    0 | 5) ;; # the byte has no meaning, or another one
    1) [ "$(wc -l <err)" -eq 1 ] || fail "byte $at changed: not one line on stderr" ;;
    *) fail "byte $at changed: exit status $?" ;;
    esac
done

exit "$failed"
