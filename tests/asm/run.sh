#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh P9SIM FILE.S: assembles a bare-metal test and runs it; the test ends the run with status 0, or with the number
# of the expectation that did not hold (128 + vector / 256: an interrupt that nobody expected).
# A line "# machine: OPTIONS" in the file is handed to p9sim bare. Exit 77 (skipped) without an assembler for POWER.
set -euo pipefail
p9sim=$1 file=$2
tool=powerpc64le-linux-gnu
command -v $tool-as >/dev/null || { echo "no $tool-as: install binutils-powerpc64le-linux-gnu"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
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
