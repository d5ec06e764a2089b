#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# p9sim trace lint and p9sim trace index: traces of ours hold together, one that was changed does not, and what is refused.
#   trace_lint.sh PATH/TO/p9sim

set -u
. "$(dirname "$0")/lib.sh"

# li r4,5; mtctr r4; 8: addi r3,r3,1; std r3,0x100(0); bdnz 8; then ends by callthru with status 0
word 38800005 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >loop

# ---- lint ----
for format in state state,values qtrace; do
    expect 0 "" bare loop --trace t,format=$format
    expect 0 " 0 violations" trace lint t
done
expect 0 "privilege           skipped" trace lint t
expect 0 "" bare loop --threads 2 --trace two
expect 0 " 0 violations" trace lint two

# The third instruction, an addi of its own page, becomes another branch: its termination code does not fit, and the
# address behind it is not its target.
gunzip -c t >plain
expect 0 " 0 violations" trace lint plain
python3 - <<'PY'
bytes = open("plain", "rb").read()
at = bytes.index(bytes.fromhex("4200fff8"))
open("changed", "wb").write(bytes[:at] + bytes.fromhex("4200fff0") + bytes[at + 4:])
PY
expect 5 "changed: instruction 4 at 0000000000000010: next: 4200fff0 leads to 8" trace lint changed
expect 5 "1 violations" trace lint changed
grep -q "^next .* 1  a direct branch" out || fail "the table does not count the violation"
expect 5 "... and 1 more" trace lint changed --most 0
[ "$(grep -c 'changed: instruction' out)" -eq 0 ] || fail "--most 0 tells findings"

# What is cut off is told, with what was found before.
head -c 150 plain >cut
expect 1 "is cut off" trace lint cut
grep -q "^place " out || fail "a trace that is cut off has no table"
refuse 1 "no/such" trace lint no/such
refuse 1 "most" trace lint plain --most many
expect 0 "order: blocks come in the order" help trace lint

# ---- an index ----
# lis r4,8 instead: half a million times around
word 3c800008 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >long
expect 0 "" bare long --trace q.gz,format=qtrace
expect 0 "places" trace index q.gz
[ -s q.gz.p9idx ] || fail "there is no index"
expect 0 "" bare long --trace s.gz
expect 0 "needs no index" trace index s.gz
[ -e s.gz.p9idx ] && fail "there is an index that nobody needs"
expect 0 "needs no index" trace index plain
refuse 1 "is cut off" trace index cut
[ -e cut.p9idx ] || [ -e cut.p9idx.new ] && fail "a trace that is cut off has an index"
refuse 1 "no/such" trace index no/such

exit "$failed"
