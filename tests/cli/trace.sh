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

# ---- what is refused ----
refuse 1 "there is no such format" bare loop --trace t.gz,format=xml
refuse 1 "--trace-from and --trace-until say when" bare loop --trace-from 5
refuse 1 "no/such/t.gz" bare loop --trace no/such/t.gz
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
