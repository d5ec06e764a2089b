#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# guest_header.sh P9SIM: include/p9guest.h compiled without any library, for either byte order, and run bare as an
# application, a hypervisor and an ultravisor; in C++ it compiles too.  In a program of Linux: boot test
# exec_guest_header.  Exit 77 (skipped) without the cross compiler.
set -euo pipefail
p9sim=$(realpath "$1")
include=$(cd "$(dirname "$0")/../../include" && pwd)
cc=powerpc64le-linux-gnu-gcc
command -v $cc >/dev/null || { echo "no $cc: install gcc-powerpc64le-linux-gnu"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "guest header: $*"
    cat said
    exit 1
}

cat >start.S <<'END'
        .abiversion 2
        .globl _start
_start: bcl 20, 31, 1f
1:      mflr 12
        addis 2, 12, .TOC.-1b@ha
        addi 2, 2, .TOC.-1b@l
        lis 1, 0x0100
        bl guest
        nop
        b .
END
cat >guest.c <<'END'
#include "p9guest.h"

void guest(void);
void guest(void)
{
    static const char name[] = "first", text[] = "hello\n";
    unsigned long before = p9_time();
    int wrong = 0;

    p9_region_begin(5); /* it is forgotten by the reset */
    p9_reset();
    wrong |= p9_region_name(5, name, sizeof name - 1) != 0;
    p9_region_end(5);
    p9_region_begin(5);
    for (volatile int k = 0; k < 1000; k++) { }
    p9_region_end(5);
    wrong |= (p9_write(text, sizeof text - 1) != sizeof text - 1) << 1;
    wrong |= (p9_read() != -1) << 2;
    wrong |= (p9_checkpoint() != -1) << 3;
    wrong |= (p9_call(5000, 0, 0, 0) != -1) << 4;
    wrong |= (p9_time() <= before) << 5;
    p9_dump();
    p9_exit(wrong ? wrong : STATUS);
}
END
cp guest.c guest.cc
if command -v powerpc64le-linux-gnu-g++ >/dev/null; then
    powerpc64le-linux-gnu-g++ -std=c++17 -Wall -Wextra -Werror -DSTATUS=0 -I"$include" -O2 -c guest.cc 2>said ||
        fail "is no C++"
fi
for standard in c99 gnu11; do
    $cc -std=$standard -pedantic -Wall -Wextra -Wconversion -Werror -DSTATUS=0 -I"$include" -O2 -c guest.c 2>said ||
        fail "is no $standard"
done
for order in little big; do
    $cc -m$order -mabi=elfv2 -ffreestanding -fno-stack-protector -fno-pie -no-pie -mcpu=power8 -mno-vsx -mno-altivec \
        -msoft-float -O2 -nostdlib -static -Wl,-Ttext,0x100000,--build-id=none -DSTATUS=0 -I"$include" \
        -o guest start.S guest.c >said 2>&1 || fail "is not built, $order-endian"
    for state in user hypervisor ultravisor; do
        status=0
        "$p9sim" bare guest --mem 32M --max-insns 1000000 --state $state --out out >said 2>&1 </dev/null || status=$?
        [ $status -eq 0 ] || fail "$order-endian, $state: exit status $status"
        grep -qx hello said || fail "$order-endian, $state: no text"
        grep -q '^p9sim: completed  *[0-9]' said || fail "$order-endian, $state: no counters"
        grep -q '"name": "first"' out/stats.json || fail "$order-endian, $state: no region"
        count=$(awk '$1 == "region.first.completed" { print $2 }' out/stats.txt)
        { [ "$count" -ge 4000 ] && [ "$count" -le 12000 ]; } || fail "$order-endian, $state: $count instructions"
    done
done
$cc -mabi=elfv2 -ffreestanding -fno-stack-protector -fno-pie -no-pie -mcpu=power8 -mno-vsx -mno-altivec -msoft-float -O2 \
    -nostdlib -static -Wl,-Ttext,0x100000,--build-id=none -DSTATUS=9 -I"$include" -o guest start.S guest.c
status=0
"$p9sim" bare guest --mem 32M --max-insns 1000000 >said 2>&1 </dev/null || status=$?
{ [ $status -eq 3 ] && grep -q 'ended with status 9' said; } || fail "exit status $status for a program that says 9"
echo "guest header: passed"
