#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The command line: bad input is one clear line and the right exit status, never a crash; good input does what it says.
#   cli.sh PATH/TO/p9sim
# Programs are made with printf, so no cross compiler is needed.

set -u
. "$(dirname "$0")/lib.sh"

# exit with the status in r4: li r3,31; li r4,N; callthru; b .
word 3860001f 38800000 000eaeb0 48000000 >exit0.bin
word 3860001f 38800007 000eaeb0 48000000 >exit7.bin
word 48000000 >loop.bin
# print "ok\n": bl over the text; mflr r4; li r3,0; li r5,3; callthru; then exit 0
word 48000009 6f6b0a00 7c8802a6 38600000 38a00003 000eaeb0 3860001f 38800000 000eaeb0 48000000 >hello.bin

word 48000009 6f6b0a00 7c8802a6 38600000 38a00003 000eaeb0 48000000 >hello-loop.bin

# elf DATA MACHINE TYPE FILE: an ELF64 with the program in FILE as its only segment at 0x1000
elf() {
    local size
    size=$(stat -c %s "$4")
    printf '\x7fELF\x02\x02\x01\0\0\0\0\0\0\0\0\0'
    printf "\\x00\\x0$3\\x$(printf %02x $(($2 >> 8)))\\x$(printf %02x $(($2 & 255)))"
    word 00000001 00000000 00001000 00000000 00000040 00000000 00000000 00000000 00400038 00010040 00000000
    word 00000001 00000005 00000000 00000078 00000000 00001000 00000000 00001000
    word 00000000 "$(printf %08x "$size")" 00000000 "$(printf %08x "$1")" 00000000 00001000
    cat "$4"
}
elf 64 21 2 hello.bin >hello.elf
elf 64 62 2 hello.bin >x86.elf
elf 64 21 1 hello.bin >object.elf
elf 1 21 2 hello.bin >small.elf

# ---- what works ----
expect 0 "usage: p9sim" help
expect 0 "usage: p9sim run" help run
expect 0 "usage: p9sim bare" bare --help
expect 0 "p9sim 0." --version
expect 0 "tlb_entries" config
expect 0 "CONFIRMED" config --explain
expect 0 "PM_TLB_MISS" config --events
expect 0 "add     r3,r4,r5" dis 7c642a14
expect 0 "0x1010" dis --pc 0x1000 48000010
expect 0 ".long" dis 00000000
expect 0 ok bare hello.bin
expect 0 ok bare hello.elf
expect 0 ok bare hello.bin --load 64K --entry 0x10000
expect 0 ok bare -- hello.bin
expect 0 "r3    " bare exit0.bin --dump-regs
expect 3 "status 7" bare exit7.bin
word 3c608000 78630fc6 e8830000 48000000 >nowhere.bin # loads from where nothing is; its machine check has no handler
expect 3 "the vectors hold no code" bare nowhere.bin
expect 3 "checkstop big-endian" bare nowhere.bin # the registers
expect 4 "limit" bare loop.bin --max-insns 10000
expect 4 "limit" bare loop.bin --max-seconds 0.001
word 39290001 39290001 39290001 39290001 4bfffff0 >straight.bin
for n in 1000 1001 1002 1003 1004; do # also in the middle of a straight run
    expect 4 "limit" bare straight.bin --max-insns $n --out straight
    grep -q "\"completed\": $n," straight/stats.json || fail "not $n instructions"
    grep -q '"failed": \[\]' straight/stats.json || fail "counters contradict each other after $n instructions"
done
# Sampled: 100 windows stand for all instructions, and config.txt makes the same run again.
expect 4 "limit" bare straight.bin --model core --sample 10000,1000,1000 --max-insns 1M --out sampled
grep -q "^sampling.windows  *100 #" sampled/stats.txt || fail "not 100 windows in 100 periods"
grep -q "^sampling.instructions  *1000000 #" sampled/stats.txt || fail "windows do not stand for all instructions"
expect 4 "limit" bare straight.bin --config sampled/config.txt --out again
cmp -s sampled/stats.txt again/stats.txt || fail "config.txt does not repeat a sampled run"
expect 4 "limit" bare straight.bin --model core --sample 1M --max-insns 1000 --out short
grep -q "^sampling.windows  *0 #" short/stats.txt || fail "a run without a window does not say so"
expect 0 "expected text" bare hello-loop.bin --expect "ok=stop" --max-insns 100M
expect 0 "page" walk --ea 0x1000 --at 100 hello.elf --access fetch
# read a character (callthru 60), exit with status character - 'A'
word 3860003c 000eaeb0 3883ffbf 3860001f 000eaeb0 48000000 >read.bin
printf D >typed
expect 3 "status 3" bare read.bin --input typed
gzip -k hello.elf && expect 0 ok bare hello.elf.gz

# ---- firmware of one's own: flat, entered at 0x10 by every thread; it needs no images, no kernel, no ramdisk ----
at_10="00000000 00000000 00000000 00000000" lpc_io="3ce00006 60e70300 78e707c6 64e7d001" exit0="3860001f 38800000 000eaeb0"
word $at_10 $exit0 48000000 >off.bin
expect 0 "powered off" run --bios off.bin --console none
expect 0 "powered off" run --bios off.bin --console none --kernel hello.elf
expect 0 "powered off" run --bios off.bin --console none --initrd typed
expect 0 "named beside it, or without" run --help
# It polls LSR for data, interrupts off, and never touches MCR; what comes it sends back, and ends behind a line feed:
# 1: lbzcix r10,r7,r8; andi. r11,r10,1; beq 1b; lbzcix r10,r7,r9; stbcix r10,r7,r9; cmpwi r10,10; bne 1b
word $at_10 $lpc_io 390003fd 392003f8 7d4746aa 714b0001 4182fff8 7d474eaa 7d474faa 2c0a000a 4082ffe8 $exit0 >echo.bin
printf 'typed text\n' >line
expect 0 "powered off" run --bios echo.bin --input line --max-insns 10M
[ "$(cat out)" = "typed text" ] || fail "what was typed does not come back"
# The same, but once something has come it dawdles (bdnz .), resets the FIFO and ends with 1 if it is not empty then.
word $at_10 $lpc_io 390003fd 392003f8 39400001 396003fa 7d475faa 7d4746aa 714a0001 4182fff8 3d800004 7d8903a6 42000000 \
    39400007 7d475faa 7d4746aa 71440001 40820024 7d4746aa 714a0001 4182fff8 7d474eaa 7d474faa 2c0a000a 4082ffe8 \
    38800000 3860001f 000eaeb0 >fifo.bin
expect 0 "powered off" run --bios fifo.bin --input line --max-insns 10M
[ "$(cat out)" = "typed text" ] || fail "a reset of the FIFO loses what was typed"
# It prints something and stops for good; that somebody has typed does not keep the run going.
word $at_10 $lpc_io 392003f8 39400078 7d474faa 3c600010 7c77d3a6 38600000 7c7e4ba6 4c0002e4 48000000 >stops.bin
expect 3 "nothing is left that could wake one" run --bios stops.bin --input line
# PSI notifies its own end of interrupt (XSCOM 5012916: ESB pages; 5012917: port; 6c080: the OCC raises its source).
word $at_10 3ce00006 60e703fc 78e707c6 3d002809 610848b0 3d200006 61290302 792907c6 6529031c 61290001 7d2747ea \
    3d002809 610848b8 3d200006 61290302 792907c6 6529031c 61291401 7d2747ea \
    3d000036 61080400 3d208000 61290000 792907c6 65290000 61290000 7d2747ea $exit0 >psi.bin
expect 0 "powered off" run --bios psi.bin --console none
[ "$(grep -c 'devices access each other without end' err)" -eq 1 ] || fail "a chain of devices is not told once"
rm -r p9out

# ---- results ----
expect 0 "results in deep/er" bare hello.bin --out deep/er --expect "o=mark:seen <b>"
for file in console.log config.txt stats.txt stats.json timeline.json report.html; do
    [ -s "deep/er/$file" ] || fail "no $file in the output directory"
done
expect 0 "No access of this run missed the TLB: there was no walk, and translation cost nothing." report deep/er
expect 0 "cycles per instruction: Cycles of TLB look-ups" report deep/er
expect 0 "the whole report: deep/er/report.html" report deep/er
refuse 1 "give the --out directory" report nowhere
refuse 1 "give the --out directory" report
mkdir foreign && printf 'ELF\0\033[2J\n' >foreign/stats.txt
refuse 1 "was not written by p9sim" report foreign
: >foreign/stats.txt
refuse 1 "was not written by p9sim" report foreign
printf '# p9sim \033[2J\n' >foreign/stats.txt
expect 0 "p9sim ?[2J" report foreign
refuse 2 "" report deep/er foreign
expect 0 ok bare hello.bin --config deep/er/config.txt --out again
cmp -s deep/er/config.txt again/config.txt || fail "config.txt fed back gives another config.txt"
expect 0 ok bare hello.bin --out twice --expect "o=mark:seen <b>"
for file in console.log config.txt stats.txt timeline.json report.html; do
    cmp -s "deep/er/$file" "twice/$file" || fail "$file differs between two equal runs"
done
if command -v python3 >/dev/null; then
    python3 - deep/er <<'PY' >out 2>err || fail "the JSON files are not what they should be"
import json, sys
stats = json.load(open(sys.argv[1] + "/stats.json"))
json.load(open(sys.argv[1] + "/timeline.json"))
for key in "schema version host config total accounts walks exits regions invariants".split():
    assert key in stats, key
assert stats["schema"] == 1 and stats["invariants"]["checked"] > 10 and stats["invariants"]["failed"] == []
assert stats["config"]["tlb_entries"]["value"] == 1024 and stats["config"]["tlb_entries"]["source"] == "CONFIRMED"
assert stats["total"]["completed"]["event"] == "PM_INST_CMPL"
assert stats["accounts"][0]["state"] == "hypervisor" and stats["accounts"][0]["parent"] is None
PY
fi

# ---- the environment, and what overrides it ----
echo "mem = 128M # enough" >good.conf
MEM_SIZE=256M expect 0 "= 256M" config
MEM_SIZE=256M expect 0 "= 128M" config --config good.conf
MEM_SIZE=256M expect 0 "= 64M" config --mem 64M --config good.conf
CPUS=3 THREADS=2 expect 0 "= 3 " config
MEM_SIZE=lots refuse 1 "MEM_SIZE" config

# ---- usage ----
refuse 2 "which subcommand" 
refuse 2 "no subcommand" frobnicate
refuse 2 "no subcommand" help frobnicate
refuse 2 "no option" run --frobnicate
refuse 2 "no option" bare -x hello.bin
refuse 2 "value is missing" bare hello.bin --mem
refuse 2 "takes no value" bare hello.bin --quiet=yes
refuse 2 "argument is missing" bare
refuse 2 "too many" bare hello.bin hello.bin
refuse 2 "give words" dis
refuse 2 "give --depth N" nested
refuse 1 "model none" nested --embedded --model none
refuse 2 "or --embedded" nested --uncertainty
expect 1 "pwc_ways=16 does not go with the options given" nested --embedded --uncertainty --set pwc_entries=8 --out unsure
refuse 1 "no option of the translation model" bare hello.bin --what-if cores=2
refuse 1 "behind the ERATs" bare hello.bin --what-if derat_entries=8
refuse 1 "write NAME=VALUE" bare hello.bin --what-if tlb_entries
refuse 1 "out of range" bare hello.bin --what-if tlb_entries=1024,0

# ---- options ----
refuse 1 "out of range" bare hello.bin --cores 99
refuse 1 "--mem" bare hello.bin --mem 1Q
refuse 1 "1, 2 or 4" bare hello.bin --threads 3
refuse 1 "no option" bare hello.bin --set frobs=1
refuse 1 "did you mean tlb_entries" bare hello.bin --set tlb_entrie=1
refuse 1 "has no \"=\"" bare hello.bin --set mem
refuse 1 "l2_bytes: 393216 bytes" bare hello.bin --set l2_bytes=384K
refuse 1 "memory_ns: 12 cycles" bare hello.bin --set memory_ns=5
refuse 1 "only the model core is sampled" bare hello.bin --sample 1M
refuse 1 "--sample: sample_period: 1000000000001 is out of range" bare hello.bin --model core --sample 1000000000001
refuse 1 "--sample: sample_window: 0 is out of range" bare hello.bin --model core --sample 10000,0
refuse 1 "write PERIOD[,WINDOW[,WARMUP]]" bare hello.bin --model core --sample 10000,100,200,300
refuse 1 "--sample" bare hello.bin --model core --sample 10000,
refuse 1 "--sample" bare hello.bin --model core --sample often
refuse 1 "4999 instructions do not hold a warm-up of 4000 and a window of 1000" bare hello.bin --model core --sample 4999
refuse 1 "--state" bare hello.bin --state emperor
refuse 1 "exclude" bare hello.bin --le --be
refuse 1 "--entry" bare hello.bin --entry nowhere
refuse 1 "multiple of 4" bare hello.bin --entry 0x1001
refuse 1 "--console" bare hello.bin --console serial
refuse 1 "--expect" bare hello.bin --expect nonsense
refuse 1 "No such file" bare hello.bin --input missing
refuse 1 "No such file" bare hello.bin --config missing
printf 'mem = 128M\nbogus\n' >bad.conf
refuse 1 "bad.conf:2" bare hello.bin --config bad.conf
refuse 1 "text file" bare hello.bin --config exit0.bin
refuse 1 "hexadecimal" dis xyz
printf '7c642a14\nnot a word\n' >bad.words
refuse 1 "bad.words:2" dis --file bad.words
refuse 1 "--ea is missing" walk hello.bin --at 1
refuse 1 "--at is missing" walk hello.bin --ea 0
refuse 1 "assume-leaf" walk hello.bin --ea 0 --at 1 --assume-leaf 3K
refuse 1 "FILE@ADDR" walk --ea 0 --ram hello.bin
refuse 1 "--lpid" walk --ea 0 --ram hello.bin@0 --lpid 5000
refuse 1 "does not fit" walk --ea 0 --ram hello.bin@1T
expect 0 "HDAR     0x0000000012345000" walk --ea 0x12345000 --ram hello.bin@0 --lpcr 0x500000 --ptcr 0x10000 --lpid 3
grep -q '\[storage\]$' out || fail "walk --ram: a partition-table entry that leads nowhere was not read from storage"
grep -q 'which --ram does not know' out || fail "walk --ram: does not say that it knows no instruction"
expect 0 "HSRR0    0x0000000012345000" walk --ea 0x12345000 --ram hello.bin@0 --access fetch --lpcr 0x500000 \
    --ptcr 0x10000 --lpid 3
expect 0 "real 0x1000 " walk --ea 0x1000 --ram hello.bin@0 --msr 0x9000000000000000
! grep -q walk out || fail "walk --ram: hypervisor real mode has no walk"

# ---- files ----
: >empty
mkfifo pipe
refuse 1 "No such file" bare missing
refuse 1 "is empty" bare empty
refuse 1 "directory" bare .
refuse 1 "not a plain file" bare pipe
refuse 1 "is for x86-64; p9sim runs POWER" bare x86.elf
refuse 1 "has no symbol table" bare hello.elf --symbols hello.elf
refuse 1 "is no ELF file" bare hello.elf --symbols hello.bin
refuse 1 "is for x86-64; p9sim runs POWER" bare hello.elf --symbols x86.elf
refuse 1 "nowhere.elf" bare hello.elf --symbols nowhere.elf
refuse 1 "--symbols" bare hello.elf --symbols hello.elf@somewhere
refuse 1 "write FILE or FILE@OFFSET" bare hello.elf --symbols @4
refuse 1 "object file" bare object.elf
refuse 1 "larger in the file" bare small.elf
refuse 1 "knows its addresses" bare hello.elf --load 0x1000
elf 0x40000000 21 2 hello.bin >large.elf
refuse 1 "do not fit" bare large.elf --mem 64M
refuse 1 "fit into" bare hello.bin --mem 64K --load 64K
for size in 5 17 40 63 64 100 119 121 140; do
    head -c $size hello.elf >cut.elf
    refuse 1 "cut.elf" bare cut.elf
done
head -c 60 hello.elf.gz >cut.gz
refuse 1 "cut short" bare cut.gz
{ head -c 30 hello.elf.gz; printf 'garbagegarbage'; tail -c +45 hello.elf.gz; } >damaged.gz
refuse 1 "gzip data" bare damaged.gz
refuse 1 "tools/images" run
mkdir images
printf 'firmware' >images/skiboot.lid
cp hello.elf images/vmlinux
refuse 1 "initrd.img" run
printf 'archive' >images/initrd.img
expect 0 "powered off" run --bios off.bin --console none # the directory is there: firmware that is named takes nothing of it
refuse 1 "memory" run --kernel hello.elf --mem 64M --out k --console none
refuse 1 "is for x86-64" run --bios off.bin --kernel x86.elf --out k
refuse 1 "guest-disk.img" nested --bios off.bin --depth 1 --out k
refuse 1 "is for x86-64" run --kernel x86.elf --out k
refuse 1 "not an ELF file" run --kernel hello.bin --out k
refuse 1 "is an ELF file" run --bios hello.elf --out k
refuse 1 "No such file" run --initrd images/initrd.img,missing --out k
refuse 1 "file name is missing" run --initrd images/initrd.img, --out k
refuse 1 "memory" run --mem 64M --out k --console none

# ---- the output directory ----
: >plain
refuse 1 "is a file" bare hello.bin --out plain --console none
refuse 1 "plain/sub" bare hello.bin --out plain/sub --console none
refuse 1 "--out" bare hello.bin --out "" --console none
refuse 1 "/proc" bare hello.bin --out /proc/p9sim --console none
if [ "$(id -u)" -ne 0 ]; then
    mkdir locked && chmod a-w locked
    refuse 1 "Permission denied" bare hello.bin --out locked/out --console none
fi
if [ -e /dev/full ]; then
    expect 1 "cannot be written" bare hello.bin --console file:/dev/full
fi

[ $failed -eq 0 ] && echo "every command did what it should"
exit $((failed != 0))
