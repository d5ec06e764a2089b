#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Options that help: names that are nearly right, QEMU's spellings, names of the environment, packed images, and what is
# said of a run that lacks something or was ended by a limit.
#   options.sh PATH/TO/p9sim
. "$(dirname "$0")/lib.sh"

# print "ok\n", exit 0; the same as firmware, which begins at 0x10
ok="48000009 6f6b0a00 7c8802a6 38600000 38a00003 000eaeb0 3860001f 38800000 000eaeb0 48000000"
word $ok >hello.bin
word 00000000 00000000 00000000 00000000 $ok >ok.lid
word 48000000 >loop.bin
some_kernel >kernel.elf
printf 'an archive' >first.cpio
has() { grep -qF -- "$2" "$1" || { : >out && cp "$1" err && fail "$1 does not say: $2"; }; }

# ---- names that are nearly right ----
refuse 2 "there is no option --kernal=x (did you mean --kernel?); see \`p9sim help run\`" run --kernal=x
refuse 2 "--max-insn (did you mean --max-insns?)" bare hello.bin --max-insn 5
refuse 2 "--folde (did you mean --folded?)" bare hello.bin --folde x
refuse 2 "there is no option --xyzzy; see" run --xyzzy
refuse 2 "there is no option -x; see" bare -x hello.bin
refuse 2 "there is no subcommand nestd (did you mean nested?)" nestd
refuse 2 "help: there is no subcommand confg (did you mean config?)" help confg
refuse 2 "there is no subcommand xyzzy; see" xyzzy
refuse 1 'there is no option "tlb_entires" (did you mean tlb_entries?)' bare hello.bin --set tlb_entires=1
refuse 1 'there is no option "xyzzy"; `p9sim config` lists them' bare hello.bin --set xyzzy=1
refuse 1 "--workload chase-16: nestbench has no such measure (did you mean chase-16m?)" nested --depth 1 --workload chase-16
refuse 1 "--workload memori: nestbench has no such measure (did you mean memory?)" nested --depth 0 --workload memori
refuse 1 "no such measure; \`p9sim help workload\` lists them" nested --depth 1 --workload xyzzy
expect 0 "chase-128m-thp-cold" help workload
expect 0 "p9sim help workload" nested --help

# ---- QEMU's spellings ----
value() { # NAME VALUE ARGS...: the option's value in force
    expect 0 "" config "${@:3}"
    grep -qE "^$1 += $2 " out || fail "p9sim config ${*:3}: $1 is not $2"
}
value mem 512M -m 512
value mem 3G -m 3G
value mem 4G -m size=4G
value cores 4 -smp 4
value cores 2 -smp 8,threads=4
value threads 4 -smp 8,cores=2
value cores 3 -smp cores=3,threads=2,sockets=1
value threads 2 -smp 6,cores=3,threads=2
value threads 4 -smp cpus=4,threads=4,maxcpus=4
refuse 2 "-smp 5,threads=2: 5 processors are not 2 cores of 2 threads" config -smp 5,threads=2
refuse 2 "there is one chip" config -smp 4,sockets=2
refuse 2 'is no number of processors' config -smp four
refuse 2 'is no number of processors' config -smp 4,dies=2
refuse 2 'is no number of processors' config -smp 0
refuse 2 "there is no memory to plug in" config -m 2G,slots=2,maxmem=4G
refuse 2 "a value is missing behind -m" config -m
refuse 1 "--mem" config -m lots
expect 0 ok run -M powernv9 -nographic -nodefaults -m 1G -smp 2 -bios ok.lid -kernel kernel.elf -initrd first.cpio \
    -append "one -m two" --out qemu.d
has qemu.d/config.txt 'option.append = "one -m two"'
has qemu.d/config.txt "image.initrd = 10 bytes"
expect 0 ok run --append -m -bios ok.lid --out qemu.d # -m is what --append is given
has qemu.d/config.txt 'option.append = "-m"'
expect 0 "" run -machine type=powernv9 -bios ok.lid -serial file:serial --out qemu.d
has serial ok
expect 0 "" run -machine powernv -bios ok.lid -serial none --quiet --out qemu.d
refuse 2 "-machine pseries: p9sim is a powernv9" run -machine pseries -bios ok.lid
refuse 2 "-machine powernv9,accel=tcg: p9sim is a powernv9, whose properties are options" run -M powernv9,accel=tcg
refuse 2 "-serial tcp::1: the console is stdio, file:PATH or none" run -serial tcp::1
while read -r option value phrase; do
    [ "$value" != - ] || value=
    refuse 2 "run: -$option: $phrase" run "-$option" $value --bios ok.lid
done <<'ROWS'
drive file=disk there are no disks; files come as ramdisks (--initrd A,B
netdev user there is no network
device virtio-net the board's devices are all that there are
s - there is no gdb server
S - there is no gdb server
gdb tcp::1234 there is no gdb server
cpu power10 the processor is a POWER9 DD2.3
accel kvm every instruction is simulated
d in_asm what happened is in --out
ROWS
refuse 2 "there is no option -m" dis -m 5
expect 0 ok bare -- hello.bin
printf -- '' >-m && cp hello.bin ./-s
expect 0 ok bare -- -s # behind -- nothing is an option

# ---- the environment ----
says() { # WORDS... -- ARGS...: exactly this on stderr
    local words=$1
    shift
    expect 0 "" "$@"
    [ "$(cat err)" = "$words" ] || fail "p9sim $*: does not say (only) \"$words\""
}
MEM_SIZE=3G says "p9sim: MEM_SIZE=3G from the environment: --mem 3G" config
CPUS=2 THREADS=4 says $'p9sim: CPUS=2 from the environment: --cores 2\np9sim: THREADS=4 from the environment: --threads 4' config
MEM_SIZE=2G says "" config                # it is that anyway
MEM_SIZE=3G says "" config --mem 4G       # something else is in force
echo "mem = 4G" >mem.conf
MEM_SIZE=3G says "" config --config mem.conf
MEM_SIZE='' says "" config
SKIBOOT=ok.lid SKIBOOT_INITRD=first.cpio LINUX_CMDLINE=x expect 0 ok run --out env.d
for line in "SKIBOOT=ok.lid from the environment: --bios ok.lid" "LINUX_CMDLINE=x from the environment: --append x" \
    "SKIBOOT_INITRD=first.cpio from the environment: --initrd first.cpio"; do
    has err "p9sim: $line"
done
SKIBOOT=ok.lid MEM_SIZE=3G says "" run --quiet --out env.d
SKIBOOT=nowhere says "p9sim: the guest powered off after 0.000008 s of guest time and 8 instructions; results in env.d" \
    run --bios ok.lid --out env.d

# ---- packed images ----
head -c 80000000 /dev/zero >zeros
awk 'BEGIN { srand(1); for (k = 0; k < 8000; k++) printf "%c", 33 + int(rand() * 90) }' >text # hardly to be packed
for packer in "gzip -9" "xz -9" "xz --check=crc32" "xz --check=crc64" "xz --check=sha256" "xz --check=none" "zstd -q -19"; do
    name=${packer%% *}
    suffix=${name/gzip/gz} && suffix=${suffix/zstd/zst}
    for file in hello.bin ok.lid kernel.elf; do $packer -c <$file >$file.$suffix; done
    expect 0 ok bare hello.bin.$suffix
    expect 0 ok run --bios ok.lid.$suffix --kernel kernel.elf.$suffix --initrd first.cpio --out packed.d
    has packed.d/config.txt "image.bios = $(stat -c %s ok.lid.$suffix) bytes, sha256 $(sha256sum <ok.lid.$suffix | cut -d' ' -f1)"
    cat hello.bin.$suffix hello.bin.$suffix >twice # pieces follow each other
    expect 0 ok bare twice
    (cat hello.bin.$suffix; printf 'what follows') >behind # as gzip does: what follows is left alone
    expect 0 ok bare behind
    size=$(stat -c %s ok.lid.$suffix)
    for bytes in 8 $((size / 2)) $((size - 1)); do
        head -c "$bytes" ok.lid.$suffix >cut
        refuse 1 "cut: the ${name} data is cut short; fetch or make it again" run --bios cut --out packed.d
        refuse 1 "cut: the ${name} data is cut short" run --bios ok.lid --initrd cut --out packed.d
    done
    $packer -c <text >noise
    (head -c 1500 noise; printf 'no such bytes here'; tail -c +1519 noise) >damaged
    case $packer in *none) ;; *) refuse 1 "damaged: the ${name} data is damaged" bare damaged ;; esac
    [ "$name" = gzip ] || $packer -c <zeros >bomb
    [ "$name" = gzip ] || refuse 1 "bomb: more than 64 MiB; is it the right file?" bare bomb --mem 64M
done
# A disk for guests that is packed is one all the same: the ramdisk is as large as with the plain one.
printf 'hsqs and a file system, and a file system, and a file system' >disk
for packer in xz zstd; do $packer -q -c <disk >disk.$packer; done
for disk in disk disk.xz disk.zstd first.cpio; do
    expect 0 ok run --bios ok.lid --initrd first.cpio,$disk --out packed.d --quiet --dump-dtb tree.$disk
done
cmp -s tree.disk tree.disk.xz && cmp -s tree.disk tree.disk.zstd || fail "a packed disk is not unpacked"
! cmp -s tree.disk tree.first.cpio || fail "the tree does not tell how large the ramdisk is"

# ---- what a run lacks, and what ended it ----
expect 0 "no ramdisk (--initrd): the kernel must find its root elsewhere, or it panics" run --bios ok.lid --kernel kernel.elf --out r.d
[ "$(wc -l <err)" -eq 2 ] || fail "a kernel without a ramdisk: not one line and the closing one"
says "" run --bios ok.lid --kernel kernel.elf --quiet --out r.d
expect 0 ok run --bios ok.lid --kernel kernel.elf --initrd first.cpio --out r.d
! grep -q "no ramdisk" err || fail "a ramdisk is not seen"
expect 4 "a limit was reached (max_insns = 10000) after" bare loop.bin --max-insns 10000 --max-seconds 1
expect 4 "a limit was reached (max_seconds = 0.001 s) after" bare loop.bin --max-seconds 0.001 --max-insns 1000M
grep -q "0.001000 s of guest time" err || fail "the limit that is named is not the one that ended the run"

[ $failed -eq 0 ] && echo "options help"
exit $((failed > 0))
