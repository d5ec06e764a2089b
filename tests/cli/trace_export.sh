#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# p9sim trace export: what each kind says of a program whose instructions are known, that the model of the core places a
# trace as it placed the run, and what is refused.
#   trace_export.sh PATH/TO/p9sim

set -u
. "$(dirname "$0")/lib.sh"

# li r4,5; mtctr r4; 8: addi r3,r3,1; std r3,0x100(0); bdnz 8; then ends by callthru with status 0
word 38800005 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >loop

expect 0 "" bare loop --trace t.gz
expect 0 "" bare loop --trace q.gz,format=qtrace

# says FILE LINE...: the file has exactly these lines.
says() {
    local file=$1
    shift
    printf '%s\n' "$@" | cmp -s - "$file" || fail "$file is not: $*"
}

# ---- basic-block vectors: 5 instructions up to the first bdnz, 4 times 3, 3 at the end ----
expect 0 "" trace export t.gz --as bbv
grep '^T' out >vectors
says vectors "T:1:5 :2:12 :3:3"
grep -q '^# block 2: 0x0000000000000008, level 0, LPID 0, PID 0' out || fail "block 2 is not named"
expect 0 "" trace export t.gz --as bbv --interval 7 --out bb
grep '^T' bb >vectors
says vectors "T:1:5 :2:2" "T:2:7" "T:2:3 :3:3"
expect 0 "" trace export t.gz --as bbv --from 5 --count 4
grep '^T' out >vectors
says vectors "T:1:4"
expect 0 "" trace export q.gz --as bbv --interval 7
grep '^T' out >vectors
says vectors "T:1:5 :2:2" "T:2:7" "T:2:3 :3:3"

# ---- accesses: one line of code, five stores ----
expect 0 "" trace export t.gz --as accesses --count 20
grep -v ' [Ww] ' out >seen
says seen "0 0 F 0 0 128 0 0 0" "3 0 S 100 100 8 0 0 0" "6 0 S 100 100 8 0 0 0" "9 0 S 100 100 8 0 0 0" \
    "12 0 S 100 100 8 0 0 0" "15 0 S 100 100 8 0 0 0"
lines=$(wc -l <out)
expect 0 "" trace export t.gz --as accesses-binary --count 20 --out binary
[ "$(stat -c %s binary)" -eq $((16 + 40 * lines)) ] || fail "binary: $(stat -c %s binary) bytes for $lines accesses"
[ "$(head -c 8 binary)" = p9access ] || fail "binary: does not begin with its name"
[ "$(od -An -tx1 -j $((16 + 40)) -N 32 binary | tr -d ' \n')" = \
    0300000000000000000100000000000000010000000000005308000000000000 ] || fail "binary: not the first store"
expect 0 "" trace export t.gz --as din --count 20
says out "2 0" "1 100" "1 100" "1 100" "1 100" "1 100"

# ---- folded ----
expect 0 "" trace export t.gz --as folded
says out "level 0;LPID 0;hypervisor;page 0x0 20"
expect 0 "" trace export t.gz --as folded-walks
[ ! -s out ] || fail "there are walks where nothing is translated"

# ---- through the model of the core: what a run made, a trace makes ----
expect 0 "" bare loop --model core --trace core.gz --konata live.konata@0,1000000 --folded live.folded
expect 0 "" trace export core.gz --as konata --out traced.konata
cmp -s live.konata traced.konata || fail "a trace goes through the pipeline otherwise than the run did"
expect 0 "" trace export core.gz --as folded --model core
cmp -s live.folded out || fail "a trace's cycles are folded otherwise than the run's"
expect 0 "" trace export core.gz --as konata --from 3 --count 2
[ "$(grep -c '^I' out)" -eq 2 ] || fail "two instructions of the pipeline: not two"
expect 0 "" trace export core.gz --as konata --set memory_ns=300
cmp -s live.konata out && fail "another latency is the same pipeline"
expect 0 "names no registers" trace export q.gz --as konata

# ---- a host with guests: what is exported is what the run counts ----
expect 4 "" nested --embedded --quiet --model core --trace n.gz --folded n.folded --out n --max-insns 200k
expect 0 "" trace export n.gz --as accesses
for pair in L:loads S:stores W:walk_reads w:walk_reads_pwc; do
    seen=$(awk -v kind="${pair%:*}" '$3 == kind' out | wc -l)
    grep -q "^${pair#*:}  *$seen #" n/stats.txt || fail "$seen accesses ${pair%:*} are not ${pair#*:} of the statistics"
done
# by_owner FILE: sums of folded stacks without their last frame, which is a symbol's in the run.
by_owner() { awk '{ n = $NF; sub(/;[^;]*$/, ""); sum[$0] += n } END { for (k in sum) print k, sum[k] }' "$1" | sort; }
expect 0 "" trace export n.gz --as folded --model core
by_owner n.folded >owners
by_owner out | cmp -s - owners || fail "cycles of a trace by level, partition and state are not those of the run"
expect 0 "" trace export n.gz --as folded-walks --model core
by_owner n.folded.walks >owners
[ -s owners ] || fail "no walk is exposed"
by_owner out | cmp -s - owners || fail "walks of a trace by level, partition and state are not those of the run"
expect 0 "" trace export n.gz --as bbv --interval 5000
[ "$(grep '^T' out | sed 's/T:[0-9]*:/ /; s/ :[0-9]*:/ /g' | awk '{ s = 0; for (k = 1; k <= NF; k++) s += $k; print s }' |
    head -n -1 | sort -u)" = 5000 ] || fail "an interval does not sum to its instructions"

# ---- where it goes ----
expect 0 "" trace export t.gz --as accesses --out packed.gz
expect 0 "" trace export t.gz --as accesses
gunzip -c packed.gz | cmp -s - out || fail "what is packed is not what is written"

# ---- what is refused ----
left() { [ -e "$1" ] && fail "$1 was left behind"; }
refuse 1 "--as xml: say bbv" trace export t.gz --as xml
refuse 1 "--as : say bbv" trace export t.gz
refuse 1 "at least one instruction" trace export t.gz --as bbv --interval 0
refuse 1 "is no number of instructions" trace export t.gz --as bbv --interval many
refuse 1 "is no number of instructions" trace export t.gz --as bbv --from -1
refuse 1 "no/such/file: No such" trace export t.gz --as bbv --out no/such/file
refuse 1 "/dev/full: cannot be written" trace export t.gz --as bbv --out /dev/full
refuse 1 "no/such" trace export no/such --as bbv --out never
left never
head -c 60 t.gz >cut.gz
refuse 1 "is cut off" trace export cut.gz --as bbv --out never
left never
[ -z "$(ls never* 2>/dev/null)" ] || fail "something was left behind"
expect 0 "" bare loop --threads 2 --trace two.gz
refuse 1 "the trace has a thread 1" trace export two.gz --as konata --out never
expect 0 "" trace export two.gz --as konata --threads 2
"$p9sim" trace export t.gz --as bbv >/dev/full 2>err </dev/null && fail "a full disk is taken for success"
[ "$(wc -l <err)" -eq 1 ] || fail "a full disk: $(wc -l <err) lines"

exit "$failed"
