#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# p9sim trace diff and --check-against: two traces of a program, of all formats; a bit that was changed in a file; files
# that end early; a run held against its trace; a log of QEMU; and what is refused.
#   trace_diff.sh PATH/TO/p9sim

set -u
. "$(dirname "$0")/lib.sh"

# li r4,5; mtctr r4; 8: addi r3,r3,1; std r3,0x100(0); bdnz 8; then ends by callthru with status 0
word 38800005 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >loop
# the same, but r3 grows by 3, or is stored at 0x110, or the loop is left one round earlier
word 38800005 7c8903a6 38630003 f8600100 4200fff8 3860001f 38800000 000eaeb0 >by_3
word 38800005 7c8903a6 38630001 f8600110 4200fff8 3860001f 38800000 000eaeb0 >at_110
word 38800004 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >round_less

for program in loop by_3 at_110 round_less; do
    expect 0 "" bare "$program" --trace "$program.state" --quiet
    expect 0 "" bare "$program" --trace "$program.values,format=state,values" --quiet
    expect 0 "" bare "$program" --trace "$program.q,format=qtrace" --quiet
done

# said PHRASE: the report of the last call has it
said() { grep -qF -- "$1" out || fail "the report does not say \"$1\""; }

# ---- equal ones, whatever their formats ----
for one in state values q; do
    for other in state values q; do expect 0 "the same: 2" trace diff "loop.$one" "loop.$other"; done
done
gunzip -c loop.state >plain
expect 0 "the same: 20 instructions" trace diff plain loop.state

# ---- where they part ----
expect 5 "differs at instruction 2 of A, 2 of B" trace diff loop.state by_3.state
said "word: A 38630001, B 38630003"
expect 5 "r3 behind it: A 1, B 3" trace diff loop.values by_3.values
expect 5 "differs at instruction 3 of A, 3 of B" trace diff loop.state at_110.q
said "its access: effective address: A 100, B 110"
said "B: at_110.q"
expect 5 "differs at instruction 3 of A" trace diff loop.q at_110.q
expect 5 "differs at instruction 0 of A" trace diff loop.state round_less.state
expect 5 "r4 behind it: A 5, B 4" trace diff loop.values round_less.values
expect 5 "" trace diff loop.state at_110.state --context 2
[ "$(sed '/^A:/,$d' out | grep -c '^ ')" -eq 2 ] || fail "--context 2 does not show two instructions before the place"
expect 5 "" trace diff loop.state at_110.state --context 0
[ "$(sed '/^A:/,$d' out | grep -c '^ ')" -eq 0 ] || fail "--context 0 shows instructions before the place"

# A bit that was changed in the file itself, in each of the last bytes of its records, which what was counted follows (a
# part, number 1, whose first piece has 32768 bytes): a difference, or a file that cannot be read.
gunzip -c loop.values >plain
end=$(LC_ALL=C grep -obUaP '\xcd\x01\x00\x80\x80\x02' plain | head -n 1 | cut -d : -f 1)
found=0
for at in $(seq $((end - 31)) $((end - 2))); do
    byte=$(od -An -tu1 -j "$at" -N 1 plain)
    cp plain changed
    printf "\\x$(printf %02x $((byte ^ 2)))" | dd of=changed bs=1 seek="$at" conv=notrunc status=none
    "$p9sim" trace diff loop.values changed >out 2>err
    case $? in
    5) found=$((found + 1)) ;;
    1) [ "$(wc -l <err)" -eq 1 ] || fail "byte $at changed: not one line on stderr" ;;
    0) ;; # a bit that has no meaning
    *) fail "byte $at changed: exit status $?" ;;
    esac
done
[ "$found" -ge 10 ] || fail "of 30 changed bytes only $found made a difference"

# ---- of several threads, one alone ----
expect 0 "" bare loop --threads 2 --trace two.state --quiet
expect 0 "" bare loop --threads 2 --trace two.q,format=qtrace --quiet
expect 0 "the same" trace diff two.state two.state
expect 0 "the same" trace diff two.state two.q.0
expect 0 "the same" trace diff two.state two.q.1 --thread 1
expect 0 "the same" trace diff two.state two.state --thread 1

# ---- files that end early ----
gunzip -c loop.state | head -c 90 >cut
expect 1 "is cut off" trace diff loop.state cut
[ "$(wc -l <err)" -eq 1 ] || fail "a file that was cut off: $(wc -l <err) lines on stderr"
said "the same as far as they could be read"
expect 1 "is cut off" trace diff cut loop.state
expect 0 "" bare loop --trace short.state --trace-until 5 --quiet
expect 5 "B ends here, A goes on" trace diff loop.state short.state
said "the same so far: 5 instructions"
expect 5 "A ends here, B goes on" trace diff short.state loop.state

# ---- a run and a trace ----
expect 0 "20 instructions as in loop.state" bare loop --check-against loop.state
expect 0 "instructions as in loop.values" bare loop --check-against loop.values
expect 0 "instructions as in loop.q" bare loop --check-against loop.q
expect 0 "5 instructions as in short.state" bare loop --check-against short.state
expect 5 "parted from by_3.state behind 2 instructions of it" bare loop --check-against by_3.state --out parted
said "word: A 38630001, B 38630003"
grep -q '"exit_status": 5' parted/stats.json || fail "the results do not have the exit status"
expect 0 "" bare loop --trace late.state --trace-from 7 --quiet
expect 0 "13 instructions as in late.state" bare loop --check-against late.state --check-from 7
expect 5 "differs" bare loop --check-against late.state --check-from 8
expect 4 "6 instructions as in loop.state, which goes on" bare loop --check-against loop.state --max-insns 6
expect 0 "" bare loop --out with --check-against loop.state --quiet
expect 0 "" bare loop --out without --quiet
cmp -s with/stats.txt without/stats.txt || fail "a check changes what is counted"
expect 0 "as in two.state" bare loop --threads 2 --check-against two.state

# ---- a log of QEMU ----
qemu() { local a; for a; do printf 'Trace 0: 0x7f0000000100 [0000000000000000/%016x/fc000006/ff000201] \n' "$a"; done; }
head=(0 4) turn=(8 12 16) tail=(20 24 28)
qemu "${head[@]}" "${turn[@]}" "${turn[@]}" "${turn[@]}" "${turn[@]}" "${turn[@]}" "${tail[@]}" >qemu.log
expect 0 "the same: 20 instructions" trace diff loop.state --qemu qemu.log
expect 0 "the same: 20 instructions" trace diff loop.q --qemu qemu.log
gzip -c qemu.log >qemu.log.gz
expect 0 "the same: 20 instructions" trace diff loop.state --qemu qemu.log.gz
{ qemu "${head[@]}" 8; echo "Stopped execution of TB chain before 0x7f0 [8]"; echo "noise"; sed 1,2d qemu.log; } >stopped.log
expect 0 "the same: 20 instructions" trace diff loop.state --qemu stopped.log
sed 's/.*\/\(0[0-9a-f]*\)\/fc.*/NIP \1   LR 0 CTR 0 XER 0 CPU#0/' qemu.log >cpu.log
expect 0 "the same: 20 instructions" trace diff loop.state --qemu cpu.log
qemu "${head[@]}" "${turn[@]}" 0x500 0x504 "${turn[@]}" "${turn[@]}" "${turn[@]}" "${turn[@]}" "${tail[@]}" >detour.log
expect 5 "differs at instruction 5 of A, line 6 of B" trace diff loop.state --qemu detour.log
said "address: A 8, B 500"
expect 0 "the same: 20 instructions, but for 1 detours of 0 instructions in A and 2 in B" \
    trace diff loop.state --qemu detour.log --resync 10
expect 5 "differs at instruction 5 of A" trace diff loop.state --qemu detour.log --resync 1
refuse 1 "no line of it says an address" trace diff loop.state --qemu loop
refuse 1 "no/such" trace diff loop.state --qemu no/such

# ---- what is refused ----
refuse 2 "an argument is missing" trace diff
refuse 2 "name two traces, or one and --qemu LOG" trace diff loop.state
refuse 2 "--resync for --qemu" trace diff loop.state loop.q --resync 5
refuse 1 "no/such" trace diff loop.state no/such
refuse 1 "there is nothing called \"idel\" (did you mean idle?)" trace diff loop.state loop.q --ignore dma,idel
refuse 1 "--context" trace diff loop.state loop.q --context 1000000
refuse 1 "--thread" trace diff loop.state loop.q --thread x
refuse 1 "--check-from says when" bare loop --check-from 5
refuse 1 "reads a trace or writes one" bare loop --check-against loop.state --trace new.state
refuse 1 "no/such" bare loop --check-against no/such
refuse 1 "is of one hardware thread, this machine has 2" bare loop --threads 2 --check-against loop.q
refuse 1 "the moment at which it was to begin never came" bare loop --check-against loop.state --check-from 1000000 --quiet
expect 1 "is cut off" bare loop --check-against cut --quiet

exit "$failed"
