#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# timeline.json, by the rules of its format: timeline.sh PATH/TO/p9sim. A clock that divides no power of ten makes every
# time a rounded one.

here=$(realpath "$(dirname "$0")")
. "$here/lib.sh"

for mhz in 2400 2333; do
    expect 0 "powered off" nested --embedded --console none --out "$mhz" --set core_mhz=$mhz
    python3 "$here/../support/timeline.py" $mhz/timeline.json --arrows >out 2>err || fail "the timeline at $mhz MHz"
done
[ "$failed" -eq 0 ]
