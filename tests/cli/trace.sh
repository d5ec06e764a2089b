#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# p9sim run --trace and p9sim trace: a program's instructions between two moments, and what is refused.
#   trace.sh PATH/TO/p9sim

set -u
. "$(dirname "$0")/lib.sh"

# li r4,5; mtctr r4; 8: addi r3,r3,1; std r3,0x100(0); bdnz 8; then ends by callthru with status 0
word 38800005 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >loop

lines() { grep -vc '^#' out; } # instructions that were shown

# traced ARGS...: runs the program with a trace in t.gz.
traced() {
    rm -f t.gz
    expect 0 "" bare loop --trace t.gz,format=qtrace "$@"
}

traced
gzip -t t.gz || fail "the trace is no gzip file"
expect 0 "" trace show t.gz
[ "$(lines)" -eq 20 ] || fail "the whole program: $(lines) instructions, not 20"
grep -q 'addi    r3,r3,1' out || fail "an instruction is not shown by name"
[ "$(grep -c 'store 100 = 100' out)" -eq 5 ] || fail "five stores are not shown with their address"
[ "$(grep -c -- '-> 8$' out)" -eq 4 ] || fail "four branches are not shown as taken"
gunzip -c t.gz >plain
cp out whole
expect 0 "" trace show plain
cmp -s out whole || fail "the same trace, not packed, is shown otherwise"

traced --trace-from 5 --trace-until 12
expect 0 "" trace show t.gz
[ "$(lines)" -eq 7 ] || fail "from 5 to 12: $(lines) instructions, not 7"
traced --trace-from 'pc=8#3'
expect 0 "" trace show t.gz
[ "$(lines)" -eq 12 ] || fail "from the third time at 8: $(lines) instructions, not 12"
expect 0 "" trace show t.gz --from 2 --count 3
[ "$(lines)" -eq 3 ] || fail "--from 2 --count 3: $(lines) instructions"

# The state trace has what did not complete, too. Nothing is executed behind the end.
expect 0 "" bare loop --trace t.state
expect 0 "" trace show t.state
[ "$(lines)" -eq 20 ] || fail "a state trace: $(lines) instructions, not 20"
grep -v '^#' out | cut -c 1-60 >state.text
grep -v '^#' whole | cut -c 1-60 | cmp -s - state.text || fail "a state trace and a qtrace show other instructions"
expect 0 "" bare loop --trace t.values,format=state,values --threads 2
expect 0 "std     r3,256(0)" trace show t.values

# What is measured is the same with a trace and without.
expect 0 "" bare loop --out with --trace t.gz
expect 0 "" bare loop --out without
cmp -s with/stats.txt without/stats.txt || fail "a trace changes what is counted"

# Two threads: a file for each.
expect 0 "" bare loop --threads 2 --trace two.gz,format=qtrace
expect 0 "" trace show two.gz.1

# ---- the commit log: the same lines from the run and from a trace with values ----
expect 0 "" bare loop --trace t.log,format=commit
[ "$(lines <t.log; grep -vc '^#' t.log)" = "$(lines; echo 20)" ] || fail "a commit log: not 20 instructions"
grep -qx '0 hypervisor 0 0 0 0000000000000010 4200fff8 bdnz    0x8                    | ctr=0000000000000004 nia=0000000000000008' t.log ||
    fail "the commit log does not say what bdnz changed"
[ "$(grep -c 'store mem\[0000000000000100,8\]=000000000000000[1-5]$' t.log)" -eq 5 ] || fail "five stores are not logged with their value"
expect 0 "" bare loop --trace t.values,format=state,values
expect 0 "" trace show t.values --commit
cmp -s out t.log || fail "trace show --commit has other lines than format=commit"
expect 0 "" bare loop --trace t.log.gz,format=commit
gunzip -c t.log.gz | cmp -s - t.log || fail "a commit log that is packed is another one"
# lwz r5,0x20(0); lwbrx r6,0,r7 with r7 = 0; li r4,7; stb r4,0x101(0); ends with status 0
word 80a00020 7cc03c2c 38800007 98800101 3860001f 38800000 000eaeb0 00000000 01020304 >bytes
expect 0 "" bare bytes --trace t.log,format=commit
grep -q 'r5=0000000001020304 load mem\[0000000000000020,4\]=01020304$' t.log || fail "a load does not show what it read"
grep -q 'r6=000000002000a080 load mem\[0000000000000000,4\]=80a00020$' t.log || fail "storage is not shown in the order of the thread"
grep -q 'store mem\[0000000000000101,1\]=07$' t.log || fail "a byte is not shown as one"

# ---- which instructions ----
expect 0 "" bare loop --trace t.all
shown() { # the instructions of a trace without their numbers
    expect 0 "" trace show "$@"
    grep -v '^#' out | cut -c 11-
}
for words in pc=0xc pc=8..0x10 ea=0x104 walks state=hypervisor level=0,pc=8 state=os thread=0,ea=0x100..0x101; do
    shown t.all --only "$words" >wanted
    for format in state qtrace; do
        rm -f t.only
        expect 0 "" bare loop --trace "t.only,format=$format" --trace-only "$words" --out with
        cmp -s with/stats.txt without/stats.txt || fail "--trace-only $words changes what is counted"
        shown t.only | grep -v 'did not complete' | sed 's/  *-> .*//; s/  fetch.*//; s/ *$//' >got
        sed '/did not complete/d; s/  *-> .*//; s/  fetch.*//; s/ *$//' wanted | cmp -s - got || fail "--trace-only $words, $format: other instructions"
    done
done
[ "$(shown t.all --only pc=8..0x10 | wc -l)" -eq 10 ] || fail "--only pc=8..0x10: not ten instructions"
[ "$(shown t.all --only pc=8..0x10,ea=0x100 --count 3 | wc -l)" -eq 3 ] || fail "--count is not of those that are shown"
expect 0 "" bare loop --trace t.only --trace-only pc=8
expect 0 "# filtered: not all instructions are in it" trace show t.only
expect 0 "" bare loop --trace t.only.gz,format=qtrace --trace-only pc=8
gunzip -c t.only.gz | grep -aq 'filtered: --trace-only pc=8' || fail "a filtered qtrace does not say so"
expect 0 "" bare loop --trace t.log,format=commit --trace-only pc=8
head -1 t.log | grep -qx '# p9sim commit log 1: filtered: --trace-only pc=8' || fail "a filtered commit log does not say so"
[ "$(grep -vc '^#' t.log)" -eq 5 ] || fail "a filtered commit log: not five instructions"
expect 0 "" bare loop --trace t.some --trace-sample 4,1
[ "$(shown t.some | grep -vc 'did not complete')" -eq 5 ] || fail "one of four of 20 instructions: not 5"
shown t.all | awk 'NR % 4 == 1 && NR <= 20' >wanted
shown t.some | grep -v 'did not complete' | cmp -s - wanted || fail "a sample has other instructions than every fourth"

# ---- trace show: events, names, places ----
{ word 44000002 && head -c $((0xbfc)) /dev/zero && word 7c0004ac 3860001f 38800000 000eaeb0; } >calls # sc; at 0xc00 sync
expect 0 "" bare calls --trace t.calls --out with
expect 0 "#           interrupt SYSTEM_CALL from 0000000000000004 to 0000000000000c00 msr " trace show t.calls
expect 0 "#           barrier sync" trace show t.calls --only pc=0xc00
grep -q interrupt out && fail "an interrupt of another instruction is shown"
expect 0 "" bare calls --trace t.log,format=commit
grep -q '^# 0 interrupt SYSTEM_CALL from 0000000000000004 to 0000000000000c00 msr ' t.log || fail "a commit log does not tell an interrupt"
expect 0 "# thread 0, hypervisor state, level 0, lpid 0 pid 0" trace show t.all
# the loop again, 524288 times round: more than a member of the file
word 3c800008 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >long
expect 0 "" bare long --trace long.gz
expect 0 "" trace show long.gz --from 1500000 --count 2
shown long.gz --from 1500000 --count 2 >late
[ "$(grep -c '' late)" -eq 2 ] && grep -q '^ *1500000  ' out || fail "--from 1500000: not the instruction of that number"
gunzip -c long.gz >long.plain
expect 0 "" trace show long.plain --from 1500000 --count 2
grep -v '^#' out | cut -c 11- | cmp -s - late || fail "--from of a packed trace and of a plain one show other instructions"

# A function of 8 bytes at 8, `again`, is the first two instructions of the loop.
{
    printf '\x7fELF\x02\x02\x01\0\0\0\0\0\0\0\0\0\0\x02\0\x15'
    word 00000001 00000000 00000010 00000000 00000040 00000000 000000c0 00000000 00400038 00010040 00040000
    word 00000001 00000005 00000000 00000078 00000000 00000010 00000000 00000010
    word 00000000 00000008 00000000 00000008 00000000 00001000 39290001 4bfffffc
    word 00000000 00000000 00000000 00000000 00000000 00000000                   # symbols: none, and
    word 00000001 12000001 00000000 00000008 00000000 00000008                   # the function
    printf '\0again\0\0\0\0\0\0\0\0\0\0'
    for _ in {1..16}; do word 00000000; done                                      # sections: none, text, symbols, names
    word 00000000 00000001 00000000 00000006 00000000 00000008 00000000 00000078
    word 00000000 00000008 00000000 00000000 00000000 00000004 00000000 00000000
    word 00000000 00000002 00000000 00000000 00000000 00000000 00000000 00000080
    word 00000000 00000030 00000003 00000001 00000000 00000008 00000000 00000018
    word 00000000 00000003 00000000 00000000 00000000 00000000 00000000 000000b0
    word 00000000 00000010 00000000 00000000 00000000 00000001 00000000 00000000
} >again.elf
[ "$(shown t.all --symbols again.elf --only pc=again | wc -l)" -eq 10 ] || fail "--only pc=again: not the ten instructions of the function"
expect 0 "-> 8 <again>" trace show t.all --symbols again.elf
grep -q '^ *3  000000000000000c  again+0x4  ' out || fail "an instruction is not shown with its function"
[ "$(shown t.all --symbols again.elf@0x10 --only pc=again | grep -vc 'did not complete')" -eq 2 ] || fail "--symbols FILE@OFFSET does not move the function"
expect 0 "" bare loop --trace t.only --trace-only pc=again --symbols again.elf
[ "$(shown t.only | wc -l)" -eq 10 ] || fail "--trace-only pc=again: not the ten instructions of the function"

# ---- the last instructions of a guest that died ----
expect 0 "" bare loop --log-insns 5
grep -q 'the last instructions' err && fail "--log-insns prints although nobody died"
expect 4 "" bare loop --log-insns 5 --max-insns 3
grep -q 'the last instructions' err && fail "--log-insns prints although the run ended at a limit"
expect 0 "" bare loop --log-insns 5 --out with
cmp -s with/stats.txt without/stats.txt || fail "--log-insns changes what is counted"
# li r3,5; then ends by callthru with status 3
word 38600005 3860001f 38800003 000eaeb0 >fails
expect 3 "the last instructions" bare fails --log-insns 3
[ "$(grep -c '^ *[0-2]  00000000000000' err)" -eq 3 ] || fail "--log-insns 3: not three instructions"
grep -q 'callthru' err || fail "--log-insns does not end with the last instruction"

# ---- what is refused ----
refuse 1 "there is no such format" bare loop --trace t.gz,format=xml
refuse 1 "--trace-from and --trace-until say when" bare loop --trace-from 5
refuse 1 "no/such/t.gz" bare loop --trace no/such/t.gz
refuse 1 "--trace-only and --trace-sample say what" bare loop --trace-only pc=8
refuse 1 "there is no word \"speed=3\"" bare loop --trace t.gz --trace-only speed=3
refuse 1 "neither" bare loop --trace t.gz --trace-from pc=main
refuse 1 "each a number or a symbol" bare loop --trace t.gz --trace-only pc=main
refuse 1 "write N,M" bare loop --trace t.gz --trace-sample 5
refuse 1 "at least 1 and at most N" bare loop --trace t.gz --trace-sample 5,6
refuse 1 "there can be 1 to" bare loop --log-insns 0
refuse 1 "leave one of the two out" bare loop --log-insns 5 --trace t.gz
refuse 1 "has no values" trace show t.state --commit
refuse 1 "does not say what --only level=" trace show plain --only level=0
refuse 1 "no symbol" trace show plain --symbols loop
refuse 1 "never came; it is empty" bare loop --trace t.gz --trace-from 1000000 --quiet
refuse 1 "no/such" trace show no/such
refuse 2 "there is no dance" trace dance t.gz
refuse 1 "does not begin with a header" trace show loop
refuse 1 "--count" trace show plain --count many
head -c 100 plain >cut
expect 1 "is cut off within the record at byte" trace show cut
traced
head -c 60 t.gz >cut.gz
gunzip -c t.state | head -c 60 >cut.state
expect 1 "is cut off within its packed data" trace show cut.gz
refuse 1 "is cut off" trace show cut.state
: >empty
expect 0 "" trace show empty

exit "$failed"
