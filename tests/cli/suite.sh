#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# p9sim suite: tests that pass, that fail and say why, what is accepted, and what is refused.
#   suite.sh PATH/TO/p9sim

set -u
. "$(dirname "$0")/lib.sh"
examples=$(cd "$OLDPWD" && cd "$(dirname "$0")" && cd ../../docs/examples && pwd)

# li r4,N; mtctr r4; 8: addi r3,r3,1; std r3,0x100(0); bdnz 8; then ends by callthru with status S
loop() { word 3880000$1 7c8903a6 38630001 f8600100 4200fff8 3860001f 3880000${2:-0} 000eaeb0; }
# a test NAME: its lines from standard input
test_of() { mkdir -p "$1" && cat >"$1/test"; }
has() { grep -qE -- "$1" out || fail "suite: does not say $1"; }

mkdir -p s/one s/sub/two tmp
export TMPDIR=$work/tmp
loop 5 >s/one/loop.bin
loop 6 3 >s/sub/two/loop.bin
test_of s/one <<'EOF'
# five times
description = five stores
run = bare loop.bin
run = --mem 16M
compare = statistics, trace
only = all.stores, all.loads
EOF
test_of s/sub/two <<'EOF'
description = it ends with 3
run = bare 'loop.bin' "--mem" 16M
status = 3
threshold = stores=1
EOF

# Nothing is expected yet; then what came out is; then it is the same.
expect 5 "nothing is expected yet" suite s
[ ! -e s/one/expected ] || fail "a run without --accept leaves something"
expect 0 "of 2 what came out is expected from now on" suite s --accept
has 'accepted: statistics \(2 figures, new\); trace \(new\)'
[ "$(ls s/one/expected)" = $'stats.txt\ntrace.gz' ] || fail "what is expected is not figures and a trace"
expect 0 "2 tests: 2 passed, 0 failed" suite s
has '^ok     s/one: five stores$'
expect 0 "there was nothing to accept" suite s --accept
expect 0 "1 test: 1 passed" suite s --filter "ends with"
expect 0 "1 test: 1 passed" suite s --filter sub/
expect 0 "2 tests: 2 passed" suite s s/one --jobs 1
[ -z "$(ls tmp)" ] || fail "a folder is left behind"

# Another program: what moved, beyond what may.
cp s/one/loop.bin five
loop 6 >s/one/loop.bin
expect 5 "2 tests: 1 passed, 1 failed" suite s --junit r.xml
has '^FAILED s/one: five stores$'
has 'statistics: 1 of 2 figures moved; trace: it differs'
has '^        all +stores +5 +6 +\+1 '
grep -q 'loads' out && fail "what did not move is told"
python3 - <<'EOF' || fail "--junit: not what JUnit has"
import xml.etree.ElementTree as e
r = e.parse("r.xml").getroot()
cases = {c.get("classname") + "/" + c.get("name"): c.find("failure") for c in r.iter("testcase")}
assert r.get("tests") == "2" and r.get("failures") == "1", "counts"
assert cases["s/sub/two"] is None and "figures moved" in cases["s/one"].get("message"), "messages"
EOF
cp five s/one/loop.bin
loop 7 3 >s/sub/two/loop.bin # one store more: as much as its threshold allows, but not one branch
expect 5 "s/sub/two" suite s
has '^        all +branches +6 +7 '
grep -qE '^ +all +stores ' out && fail "the threshold of stores is not looked at"

# --accept shows what it takes, and takes nothing of a run that did not end as it should.
expect 0 "accepted: statistics" suite s --accept
has '^        all +branches +6 +7 '
expect 0 "" suite s
loop 7 >s/sub/two/loop.bin
cp s/sub/two/expected/stats.txt before
expect 5 "exit status 0, not 3" suite s --accept
cmp -s before s/sub/two/expected/stats.txt || fail "a run that failed is expected now"

# One that never ends, one that is not there, what it prints, a variable, an unreadable expectation.
word 48000000 >forever
test_of t/forever <<EOF
description = it never ends
run = bare $work/forever
seconds = 1
EOF
test_of t/print <<'EOF'
description = what a word means
run = dis $WORD
EOF
test_of t/missing <<'EOF'
description = its program is missing
run = bare nothing.bin
EOF
export WORD=60000000
expect 5 "3 tests: 1 passed, 2 failed" suite t --accept --keep kept
has 'not over after 1 seconds'
has 'nothing.bin: No such file'
[ -s kept/1/stdout ] || [ -e kept/1/out ] || fail "--keep keeps nothing"
WORD=7c640176 expect 5 "output: it differs" suite t --filter means
has 'line 1 expected: .*nop'
has 'line 1 now: '
unset WORD
expect 5 'WORD is not set' suite t/print
echo "stores many" >s/one/expected/stats.txt
expect 5 "what is expected cannot be read" suite s/one
printf 'x' >s/one/expected/trace.gz
expect 5 "trace: it differs" suite s/one --filter five

# Interrupted: the run is ended too, and nothing is left.
sed -i 's/^seconds.*/seconds = 50/' t/forever/test
"$p9sim" suite t/forever >out 2>err </dev/null &
suite=$!
for _ in $(seq 500); do [ -e tmp/p9sim-suite.*/1/stderr ] && break; sleep 0.02; done
kill -TERM $suite
wait $suite
got=$?
[ "$got" -eq 143 ] || fail "interrupted: exit status $got, not 143"
has '1 not run'
[ -z "$(ls tmp)" ] || fail "a folder is left behind by one that was interrupted"

# A run that is ended from outside, as by a crash, is a test that failed.
"$p9sim" suite t/forever >out 2>err </dev/null &
suite=$!
for _ in $(seq 500); do child=$(pgrep -P $suite) && [ -e tmp/p9sim-suite.*/1/stderr ] && break; sleep 0.02; done
kill -KILL "$child"
wait $suite
[ $? -eq 5 ] || fail "a run that crashed is no failed test"
has 'p9sim was ended by signal 9'

# The template: copied, it passes; after a change it fails, and says where.
cp -r "$examples/suite" mine
expect 0 "1 test: 1 passed" suite mine
gunzip -c mine/pages/expected/trace.gz | gzip -1 -n >other.gz
cmp -s other.gz mine/pages/expected/trace.gz && fail "gzip packs as p9sim does, so nothing is tested"
cp other.gz mine/pages/expected/trace.gz
if "$p9sim" help trace diff >/dev/null 2>&1; then expect 0 "1 test: 1 passed" suite mine; fi
sed -i 's/^run = bare .*/& --set tlb_entries=128/' mine/pages/test
expect 5 "1 failed" suite mine
has 'region.rounds +tlb_hit +192 +0 +-192 +-100.00%'
if "$p9sim" help trace diff >/dev/null 2>&1; then has 'differs at instruction 591'; fi

# ---- what is refused ----
refuse 1 "no/such" suite no/such
refuse 2 "an argument is missing" suite
mkdir empty
refuse 1 "there is no test" suite empty
refuse 1 "no test has this" suite s --filter nothing-like-it
refuse 1 "--jobs" suite s --jobs 1000
bad() { # bad PHRASE LINE...: a file that says this is refused with one line
    local phrase=$1
    shift
    printf '%s\n' "$@" | test_of bad
    refuse 1 "$phrase" suite bad
}
bad "description = is missing" 'run = bare x'
bad "run = is missing" 'description = x'
bad "line 1: write KEY = VALUE" 'words'
bad "did you mean description?" 'descripton = x'
bad "line 2: a quote is open" 'description = x' "run = bare 'x"
bad "leave out --out" 'description = x' 'run = bare x --out y'
bad "statistics, trace, output" 'description = x' 'compare = all'
bad "state or state,values" 'description = x' 'trace = qtrace'
bad "0 to 255" 'description = x' 'status = 300'
bad "NAME=AMOUNT" 'description = x' 'threshold = x'
bad "of others compare the output" 'description = x' 'run = dis 1' 'compare = trace'
bad "has no value" 'description ='

exit "$failed"
