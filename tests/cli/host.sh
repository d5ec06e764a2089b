#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The host around a run: full disks, closed descriptors, pipes without a partner, an output directory that was used
# before.  Whatever is lost is said in one line and costs exit status 1; nothing hangs; nothing of others is touched.
#   host.sh PATH/TO/p9sim

set -u
. "$(dirname "$0")/lib.sh"

# print "ok\n": bl over the text; mflr r4; li r3,0; li r5,3; callthru; then exit 0
word 48000009 6f6b0a00 7c8802a6 38600000 38a00003 000eaeb0 3860001f 38800000 000eaeb0 48000000 >hello.bin
word 48000000 >loop.bin
# print the first 64 KiB of main storage 16 times, then exit 0
word 38c00010 7cc903a6 38600000 38800000 3ca00001 000eaeb0 4200fff0 3860001f 38800000 000eaeb0 48000000 >shout.bin
printf 'ok\n' >ok

# ended STATUS PHRASE LINES WHAT: of a command that wrote to out and err and ended with $got
ended() {
    [ "$got" -eq "$1" ] || { fail "$4: exit status $got, not $1"; return; }
    [ -z "$2" ] || grep -qF -- "$2" out err || fail "$4: does not say \"$2\""
    [ "$(wc -l <err)" -eq "$3" ] || fail "$4: $(wc -l <err) lines on stderr, not $3"
}
simulate() { timeout 60 "$p9sim" "$@"; }

# ---- what cannot be written ----
(ulimit -f 600; simulate bare shout.bin --quiet --console none --out large) >out 2>err
got=$?
ended 1 "large/console.log: cannot be written (File too large)" 1 "a console.log beyond the file size limit"
[ -s large/stats.json ] || fail "a console.log beyond the file size limit: the other results are missing"
(ulimit -f 16; simulate bare hello.bin --quiet --out large) >out 2>err
got=$?
ended 1 "cannot be written: File too large" 1 "a report beyond the file size limit"
[ -z "$(find large -name '.*.*')" ] || fail "a report that could not be written left a part of itself"
(ulimit -f 600; simulate bare shout.bin --quiet --console file:large.txt) >out 2>err
got=$?
ended 1 "large.txt: cannot be written (File too large)" 1 "a --console file: beyond the file size limit"
if [ -e /dev/full ]; then
    refuse 1 "/dev/full: cannot be written (No space left on device)" bare hello.bin --quiet --console file:/dev/full
    printf 'firmware' >fw && simulate bare hello.bin --quiet --out report >/dev/null
    for args in --version help "help run" "bare --help" config "config --explain" "config --events" "dis 7c642a14" \
        "dis --file words" "report report" "bare hello.bin --quiet --console none --dump-regs" \
        "walk --ea 0 --ram hello.bin@0 --msr 0x9000000000000000" "bare hello.bin --quiet"; do
        echo 7c642a14 >words
        # shellcheck disable=SC2086
        simulate $args >/dev/full 2>err
        got=$?
        : >out
        ended 1 "standard output: cannot be written" 1 "p9sim $args >/dev/full"
    done
fi

# ---- descriptors that are closed ----
closed() { # STATUS LINES WHAT: console.log has what the guest printed, and nothing else
    ended "$1" "" "$2" "$3"
    cmp -s ok closed/console.log || fail "$3: something else is in console.log"
    rm -rf closed
}
simulate bare hello.bin --out closed 2>err >&-
got=$? && : >out && cp err said
closed 1 2 ">&-"
grep -qF "standard output: cannot be written (Bad file descriptor)" said || fail ">&-: the loss is not said"
simulate bare hello.bin --out closed --console none 2>err >&-
got=$? && closed 0 1 ">&- and nothing to print"
simulate bare hello.bin --out closed >out 2>&-
got=$? && : >err && closed 0 0 "2>&-"
simulate bare hello.bin --out closed >out 2>err <&-
got=$? && closed 0 1 "<&-"
simulate bare hello.bin --out closed --console none <&- >&- 2>&-
got=$? && closed 0 1 "all three closed"
simulate config 2>err >&-
got=$? && ended 1 "standard output: cannot be written" 1 "config >&-"
simulate dis --file - >out 2>err <&-
got=$? && ended 1 "cannot be read" 1 "dis --file - <&-"

# ---- pipes ----
mkfifo pipe && mkdir piped && mkfifo piped/stats.txt
refuse 1 "pipe: nobody writes into this pipe" bare hello.bin --quiet --config pipe
refuse 1 "pipe: nobody writes into this pipe" dis --file pipe
refuse 1 "nobody writes into this pipe" report piped
refuse 1 "pipe: nobody reads from this pipe" bare hello.bin --quiet --console file:pipe
refuse 1 "not a plain file" bare hello.bin --quiet --symbols pipe
refuse 1 "pipe: nobody writes into this pipe" bare hello.bin --quiet --input pipe
refuse 1 "not a plain file" walk --ea 0 --ram pipe@0
refuse 1 "is a directory" bare hello.bin --quiet --config piped
mkdir images && cp hello.bin images/skiboot.lid
some_kernel >images/vmlinux
printf 'an initramfs' >images/initrd.img
refuse 1 "pipe: nobody reads from this pipe" run --quiet --console none --max-insns 1 --out d --dump-dtb pipe
for option in --bios --kernel --initrd --dtb; do
    refuse 1 "not a plain file" run --quiet --console none --max-insns 1 --out d "$option" pipe
done

# What has a partner works: <(command) and >(command), /dev/stdin, a partner who comes late, one who is slow.
expect 0 "= 64M" config --config <(echo mem = 64M)
expect 0 "= 64M" config --config <(sleep 3; echo mem = 64M)
expect 0 "" config --config <(:)
(sleep 1; echo mem = 32M >pipe) &
expect 0 "= 32M" config --config pipe
wait
echo mem = 16M | simulate config --config /dev/stdin >out 2>err
got=$?
ended 0 "= 16M" 0 "--config /dev/stdin"
expect 0 "add     r3,r4,r5" dis --file <(echo 7c642a14)
echo 7c642a14 | simulate dis --file - >out 2>err
got=$?
ended 0 "add     r3,r4,r5" 0 "dis --file -"
(sleep 1; cat pipe >piped/got) &
expect 0 "" bare hello.bin --console file:pipe
wait
cmp -s ok piped/got || fail "--console file:PIPE: the reader got something else"
expect 0 ok bare hello.bin --console file:/dev/stdout
expect 0 "" bare hello.bin --console file:/dev/null
expect 0 "" run --quiet --console none --out d --dump-dtb >(cat >dtb)
expect 0 "" run --quiet --console none --out d --dump-dtb plain.dtb
cmp -s dtb plain.dtb || fail "--dump-dtb: a pipe got something else than a file"
expect 0 "" run --quiet --console none --out d --dump-dtb off.dtb --set count_cache=off
cmp -s off.dtb plain.dtb && fail "count_cache=off: the device tree does not say so"

# ---- an output directory that was used before ----
mkdir used && echo precious >precious && cp precious kept
for name in nested.txt nested.csv nested.json embedded.txt embedded.csv embedded-uncertainty.txt stats.json report.html \
    .stats.json.4711 .nested.csv.1 .embedded-uncertainty.json.22; do
    echo stale >"used/$name"
done
ln -s ../precious used/console.log && ln -s ../precious used/stats.txt && ln -s ../precious .link
ln -s ../precious used/.config.txt.9
for name in notes.txt stats.json.bak .stats.json.old .stats.json. .stats.json.12x .unknown.1 mystats.txt; do
    echo mine >"used/$name"
done
refuse 1 "No such file" bare hello.bin --out used --console none --input missing
grep -q stale used/nested.txt || fail "a run that could not begin removed the results of an earlier one"
expect 0 ok bare hello.bin --out used
cmp -s ok used/console.log && [ ! -L used/console.log ] && [ ! -L used/stats.txt ] ||
    fail "--out: a symbolic link was followed"
cmp -s precious kept || fail "--out: a file outside was written"
grep -rl stale used && fail "--out: results of an earlier run are left"
[ "$(find used -type f -o -type l | wc -l)" -eq 13 ] || fail "--out: not six results and seven files of others"
grep -L mine used/*notes* used/*.bak used/.stats.json.old used/mystats.txt | grep . && fail "--out: a file of others changed"
mkdir -p way/stats.txt
refuse 1 "way/stats.txt: is in the way" bare hello.bin --out way --quiet --console none
ln -s used linked
expect 0 ok bare hello.bin --out linked

# ---- two runs, one directory ----
"$p9sim" bare loop.bin --out busy --quiet --console none &
first=$!
for ((k = 0; k < 500; k++)); do [ -e busy/console.log ] && break; sleep 0.02; done
refuse 1 "another p9sim writes its results there" bare hello.bin --out busy --quiet --console none
kill "$first" && wait "$first"
got=$?
[ "$got" -eq 143 ] || fail "a run that was ended by SIGTERM: exit status $got, not 143"
[ -s busy/stats.json ] || fail "a run that was ended by SIGTERM: no results"
"$p9sim" bare loop.bin --out busy --quiet --console none &
first=$!
for ((k = 0; k < 500; k++)); do grep -qs . busy/stats.json || break; sleep 0.02; done
kill -9 "$first" && wait "$first" 2>/dev/null
expect 0 ok bare hello.bin --out busy

[ $failed -eq 0 ] && echo "nothing hangs, nothing is lost in silence"
exit $((failed != 0))
