#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh P9SIM FILE.S: assembles a bare-metal test and runs it; the test ends the run with status 0, or with the number
# of the expectation that did not hold (128 + vector / 256: an interrupt that nobody expected).
#
# The same binary then runs on the powernv9 board of QEMU, as a second opinion on what the header of the test derives:
# P9SIM_QEMU_SYSTEM names the program (QEMU 10 is preferred), else the installed qemu-system-ppc64 is taken; without
# one, that half is said to be skipped.  There the test starts at 0x10 and writes its status to the console (bare.inc).
#
# Lines of the head that are meant for this script ("# rows:" is for tools/dev/isa-doc):
#   # machine: OPTIONS      handed to p9sim bare
#   # qemu: no - REASON     QEMU is not asked
#   # qemu: 10 - REASON     an older QEMU is not asked
# Exit 77 (skipped) without an assembler for POWER.
set -euo pipefail
p9sim=$1 file=$2
tool=powerpc64le-linux-gnu
command -v $tool-as >/dev/null || { echo "no $tool-as: install binutils-powerpc64le-linux-gnu"; exit 77; }
work=$(mktemp -d)
qemu_pid=
finish()
{
    [ -z "$qemu_pid" ] || kill -9 "$qemu_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
read -ra options <<<"$(sed -n 's/^# machine: //p' "$file")"
$tool-as -mbig -a64 -I "$(dirname "$file")" -o "$work/test.o" "$file"
$tool-ld -EB -m elf64ppc -Ttext 0 -e 0x80000 --no-warn-rwx-segments -o "$work/test.elf" "$work/test.o" 2>/dev/null ||
    $tool-ld -EB -m elf64ppc -Ttext 0 -e 0x80000 -o "$work/test.elf" "$work/test.o"
$tool-objcopy -O binary -j .text "$work/test.elf" "$work/test.bin"
status=0
for model in none mmu; do
    timeout 60 "$p9sim" bare "$work/test.bin" --load 0 --entry 0x80000 --be --mem 16M --max-insns 2000000 --model $model \
        ${options[@]+"${options[@]}"} --dump-regs >"$work/out" 2>&1 </dev/null || status=$?
    [ $status -eq 0 ] && grep -q 'powered off' "$work/out" && continue
    echo "$file: model $model: exit status $status"
    cat "$work/out"
    exit 1
done

reason=$(sed -n 's/^# qemu: no - //p' "$file")
qemu=${P9SIM_QEMU_SYSTEM:-$(command -v qemu-system-ppc64 || true)}
[ -z "$reason" ] || { echo "QEMU not asked: $reason"; exit 0; }
[ -n "$qemu" ] || { echo "QEMU not asked: no qemu-system-ppc64"; exit 0; }
version=$("$qemu" --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
least=$(sed -n 's/^# qemu: \([0-9]*\) - .*/\1/p' "$file")
[ "${version:-0}" -ge "${least:-0}" ] || { echo "QEMU not asked: it is version $version, not $least"; exit 0; }
mkfifo "$work/console"
"$qemu" -M powernv9 -m 1G -bios "$work/test.bin" -display none -monitor none -serial stdio -accel tcg,thread=single \
    >"$work/console" 2>"$work/complaints" </dev/null &
qemu_pid=$!
disown
read -r -t 20 answer <"$work/console" || { echo "$file: QEMU gives no answer"; cat "$work/complaints"; exit 1; }
[ "${answer%$'\r'}" = 00 ] || { echo "$file: QEMU ends with status 0x$answer"; exit 1; }
