#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# p9sim compare: what moved between two runs, what may move, and what is refused.
#   compare.sh PATH/TO/p9sim

set -u
. "$(dirname "$0")/lib.sh"

# li r4,N; mtctr r4; 8: addi r3,r3,1; std r3,0x100(0); bdnz 8; then ends by callthru with status 0
loop() { word 3880000$1 7c8903a6 38630001 f8600100 4200fff8 3860001f 38800000 000eaeb0 >"loop$1"; }
loop 5
loop 6
for n in 5 6; do expect 0 "" bare "loop$n" --quiet --out "run$n"; done
expect 0 "" bare loop5 --quiet --out again

rows() { grep -vc '^where\|figures moved' out; } # lines of the table

# Equal runs: nothing is said, whenever and wherever they ran.
expect 0 "" compare run5 again
[ ! -s out ] || fail "equal runs have differences"
expect 0 "" compare run5/stats.json again/stats.json

expect 5 "figures moved: A is run5, B is run6" compare run5 run6
grep -qE '^all +stores +5 +6 +\+1 +\+20\.00%$' out || fail "one store more is not told"
grep -qE '^level0\.lpid0\.hypervisor +stores +5 +6 ' out || fail "nor by whom"
[ "$(sed -n 2p out | cut -d' ' -f1)" = all ] || fail "the whole run is not first"

# A stats.json against one, and against a directory.
expect 5 "stores" compare run5/stats.json run6 --only stores
[ "$(rows)" -eq 2 ] || fail "of a stats.json $(rows) figures of stores, not 2"
expect 5 "run6/stats.txt" compare run5 run6/stats.txt --only all.stores

# --only: by the last part everywhere, with a dot by the whole name.
expect 5 "" compare run5 run6 --only branches,stores
[ "$(rows)" -eq 4 ] || fail "--only branches,stores: $(rows) lines, not 4"
expect 5 "" compare run5 run6 --only 'all.*r*es'
[ "$(rows)" -eq 2 ] || fail "--only all.*r*es: $(rows) lines, not 2"
expect 0 "" compare run5 run6 --only loads

# Thresholds: amounts, percents, wildcards, the last that fits.
expect 5 "" compare run5 run6 --only stores --threshold stores=19.9%
expect 0 "" compare run5 run6 --only stores --threshold stores=20%
expect 0 "" compare run5 run6 --only stores --threshold stores=1
expect 5 "" compare run5 run6 --only stores --threshold stores=0.9
expect 5 "level0.lpid0.hypervisor" compare run5 run6 --only stores --threshold all.stores=1
[ "$(rows)" -eq 1 ] || fail "all.stores=1 is not of the whole run alone"
expect 0 "" compare run5 run6 --only stores --threshold default=30%
expect 5 "" compare run5 run6 --only stores --threshold default=30% --threshold 'st*=0'
expect 0 "" compare run5 run6 --only stores --threshold 'st*=0' --threshold stores=1
expect 0 "" compare run5 run6 --threshold default=any

# What only one of them has.
expect 0 "" bare loop5 --quiet --out core --model core
expect 5 "only in B" compare run5 core --only all.cpi_completed
expect 5 "only in A" compare core run5 --only all.cpi_completed
printf 'cycles 1\nregion.a.loads 2\nregion.a.stores 2\n' >one
printf 'cycles 1\n' >two
expect 5 "2 figures" compare one two
printf 'cycles 1\nregion.a.stores 2\n' >two
expect 5 "-100.00%" compare one two

# Counters beyond what a double can tell apart; rates; a name with blanks in it; one that comes twice.
printf 'big 9007199254740993\nrate 0.500000 # a rate (percent)\nmark.my # own.cycle 7 # When (cycles)\nx 1\nx 2\n' >one
printf 'big 9007199254740992\nrate 0.500001 # a rate (percent)\nmark.my # own.cycle 8 # When (cycles)\nx 1\nx 3\n' >two
expect 5 "4 of 5 figures" compare one two
grep -qE '^all +big +9007199254740993 +9007199254740992 +-1 ' out || fail "a step of one in 2^53 is not told"
grep -qE '^mark.my # own +cycle +7 +8 ' out || fail "a name with blanks"
grep -qE '^all +x~2 +2 +3 ' out || fail "the second of a name"

# For programs.
expect 5 '"name": "stores", "figures": 1, "a": 5, "b": 6' compare run5 run6 --only all.stores --json
python3 -c 'import json; json.load(open("out"))' || fail "--json writes no JSON"
expect 5 "" compare run5 run6 --junit r.xml
python3 - <<'EOF' || fail "--junit: not what JUnit has"
import xml.etree.ElementTree as e
r = e.parse("r.xml").getroot()
assert r.get("failures") == "1" and "stores" in r.find(".//failure").text, "failure"
EOF
expect 0 "" compare run5 again --junit r.xml
grep -q 'failures="0"' r.xml || fail "--junit: equal runs are a failure"

# ---- what is refused ----
refuse 1 "no/such" compare run5 no/such
refuse 1 "finished run" compare run5 .
refuse 1 "is no stats.txt" compare run5 loop5
refuse 2 "an argument is missing" compare run5
refuse 1 "NAME=AMOUNT" compare run5 run6 --threshold stores
refuse 1 "NAME=AMOUNT" compare run5 run6 --threshold stores=-1
refuse 1 "NAME=AMOUNT" compare run5 run6 --threshold stores=1e999
refuse 1 "names no figure" compare run5 run6 --only sores
refuse 1 "parted by commas" compare run5 run6 --only ,
: >empty
refuse 1 "is empty" compare run5 empty
echo 'cycles many' >bad
refuse 1 "line 1 is not" compare run5 bad
head -c 1000 run5/stats.json >cut.json
refuse 1 "byte" compare run5 cut.json
printf '{"a": %s' "$(printf '[%.0s' {1..100})" >deep.json
refuse 1 "nested too deep" compare run5 deep.json
printf '{"a": 1} x' >behind.json
refuse 1 "stands behind" compare run5 behind.json

exit "$failed"
