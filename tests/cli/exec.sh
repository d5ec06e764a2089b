#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What p9sim exec says of programs and options that it does not take, before anything boots.
. "$(dirname "$0")/lib.sh" "$1"
cc=powerpc64le-linux-gnu-gcc

printf '#!/bin/sh\nexit 0\n' >script
printf 'no program\n' >text
printf '#!/usr/bin/python3\n' >python
: >empty
some_kernel >big
head -c 40 "$p9sim" >short

refuse 2 "an argument is missing" exec
refuse 2 "there is no option --levle" exec --levle 1 script
refuse 2 "a value is missing behind --level" exec --level
refuse 1 "levels can be 0 (the host) to 8" exec --level 9 script
refuse 1 "is not a number" exec --level one script
refuse 1 "--mem 1024M carries no level 8, which wants" exec --level 8 --mem 1G script
refuse 1 "missing: No such file" exec missing
refuse 1 "empty: is empty" exec empty
refuse 1 ".: is a directory" exec .
refuse 1 "text: is neither a program for ppc64le (an ELF file) nor a script" exec text
refuse 1 "python: wants /usr/bin/python3, which the guest has not" exec python
refuse 1 "p9sim: is for" exec "$p9sim"
refuse 1 "big: is big-endian (ppc64); give a program for ppc64le" exec big
refuse 1 "short: damaged or cut-short ELF file" exec short
refuse 1 "nowhere: No such file" exec --file nowhere script
refuse 1 "there are two files /tmp/script" exec --file text:script script
refuse 1 'is no name for it in the guest' exec --file text:/etc/ script
refuse 1 "write HOST or HOST:GUEST" exec --file :name script
refuse 1 "lost: No such file" exec --input lost script
refuse 1 "callthru=off leaves no way to mark the program" exec --set callthru=off script
refuse 1 "images/skiboot.lid: there is no such file" exec script
refuse 1 "initrd.img: there is no such file" exec --bios text --kernel big --level 1 script
refuse 1 "with --kernel the images' ramdisk is to be named too" exec --bios text --kernel big script

# Behind the program everything is the program's.
refuse 1 "images/skiboot.lid: there is no such file" exec script --help --level 9 -x
refuse 1 "images/skiboot.lid: there is no such file" exec -- script --help
expect 0 "usage: p9sim exec [options] PROGRAM" exec --help
expect 0 "usage: p9sim exec [options] PROGRAM" help exec
expect 0 "exec     Run a Linux program" help

if command -v $cc >/dev/null && [ -e /usr/powerpc64le-linux-gnu/lib/libc.a ]; then
    mkdir libs
    echo 'int nobody_has_this(void) { return 0; }' >lib.c
    echo 'int nobody_has_this(void); int main(void) { return nobody_has_this(); }' >main.c
    $cc -shared -fPIC -Wl,-soname,libnobody.so.1 -o libs/libnobody.so.1 lib.c
    $cc -o needs main.c libs/libnobody.so.1
    $cc -c -o object.o main.c
    refuse 1 "needs: needs libnobody.so.1 for ppc64le, which is not here; fetch it with tools/images --library libnobody.so.1" \
        exec needs
    refuse 1 "images/skiboot.lid: there is no such file" exec --sysroot libs needs
    refuse 1 "object.o: is an object file, not an executable; link it first" exec object.o
    cp "$p9sim" libs/libnobody.so.1
    refuse 1 "needs libnobody.so.1 for ppc64le" exec --sysroot libs needs
    for size in 64 200 300 900 4000; do
        head -c $size needs >cut
        refuse 1 "cut: " exec cut
    done
fi
[ "$failed" -eq 0 ] && echo "exec: passed"
exit "$failed"
