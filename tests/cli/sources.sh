#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Where results come from: every one says what made it, equal files give equal bytes whatever they are called and wherever
# the results go, and config.txt repeats its run or says in one line which file is another one now.
#   sources.sh PATH/TO/p9sim
. "$(dirname "$0")/lib.sh"

# print "ok\n", exit 0
word 48000009 6f6b0a00 7c8802a6 38600000 38a00003 000eaeb0 3860001f 38800000 000eaeb0 48000000 >hello.bin
# firmware: from 0x10 on, print "ok\n", exit 0
word 00000000 00000000 00000000 00000000 48000009 6f6b0a00 7c8802a6 38600000 38a00003 000eaeb0 3860001f 38800000 \
    000eaeb0 48000000 >ok.lid
# read a character (callthru 60), exit with status character - 'A'
word 3860003c 000eaeb0 3883ffbf 3860001f 000eaeb0 48000000 >read.bin
# 50 times: count to 1000 and store the number; then exit 0
word 39000000 3ce00010 38c00000 38c60001 7d283214 f9270000 38e71008 2c0603e8 4082ffec 39080001 2c080032 4082ffd8 \
    3860001f 38800000 000eaeb0 48000000 >work.bin
some_kernel >kernel.elf
printf 'an archive' >first.cpio
printf 'another archive' >second.cpio

# same DIR DIR: every byte but the member host of stats.json
same() {
    local dir file
    for file in "$1"/*; do
        file=${file##*/}
        if [ "$file" = stats.json ]; then
            for dir; do sed '/"host": {/,/}/d' "$dir/stats.json" >"$dir.rest"; done
            cmp "$1.rest" "$2.rest" >out 2>err || fail "$1 and $2 differ in stats.json beyond host"
        else
            cmp "$1/$file" "$2/$file" >out 2>err || fail "$1 and $2 differ in $file"
        fi
    done
    [ -s "$1/stats.json" ] && [ -s "$2/report.html" ] || fail "$1 or $2 has no results"
}
has() { grep -qF -- "$2" "$1" || { : >out && cp "$1" err && fail "$1 does not say: $2"; }; }
has_not() { ! grep -qF -- "$2" "$1" || { : >out && : >err && fail "$1 says: $2"; }; }
sha() { sha256sum "$1" | cut -d' ' -f1; }

# ---- equal files under other names, in other folders, by another command line, into another directory ----
mkdir -p one "two too/deep"
for file in ok.lid kernel.elf first.cpio second.cpio; do
    cp "$file" "one/$file"
    cp "$file" "two too/deep/a-$file"
done
printf 'typed' >typed
expect 0 "" run --bios one/ok.lid --kernel one/kernel.elf --initrd one/first.cpio,one/second.cpio --input typed --mem 1G \
    --expect "o=mark:seen <b>" --append 'words "quoted" # and more' --quiet --console none --out one.d
cp typed elsewhere
(
    cd "two too" || exit 1
    expect 0 "" run --quiet "--append=words \"quoted\" # and more" --expect "o=mark:seen <b>" --console file:console \
        --out "../two.d" --mem=1048576K --input ../elsewhere --initrd deep/a-first.cpio,deep/a-second.cpio \
        --kernel deep/a-kernel.elf --bios deep/a-ok.lid --progress --checkpoint ../ck@1
    exit "$failed"
) || failed=$((failed + 1))
same one.d two.d
for file in config.txt stats.json stats.txt report.html; do
    has one.d/$file "$(sha ok.lid)"
    has one.d/$file "$(sha second.cpio)"
    has one.d/$file "$(sha typed)"
    has one.d/$file "$(stat -c %s kernel.elf)"
    has one.d/$file "commit"
    [ $file = stats.json ] || has_not one.d/$file one/
done
has one.d/config.txt 'option.append = "words \"quoted\" # and more"'
has one.d/config.txt 'option.expect = "o=mark:seen <b>"'
has one.d/stats.json '"made_by": {'
has one.d/stats.json "\"paths\": [\"$work/one/ok.lid\""
has one.d/stats.json '"out": "one.d"'
grep -qE '"date": "20[0-9]{2}-[01][0-9]-[0-3][0-9]T' one.d/stats.json || fail "stats.json has no date"
has one.d/report.html "What made these results"
for file in config.txt stats.txt report.html; do has_not one.d/$file "$work"; done
expect 0 "p9sim 0" --version
grep -qE '^p9sim [0-9.]+ \((commit [0-9a-f]{12}(-dirty)?|unknown commit)\)$' out || fail "--version does not say the commit"

# ---- config.txt repeats its run ----
expect 0 "" run --config one.d/config.txt --quiet --console none --out again.d
same one.d again.d
expect 0 "" run --config "two.d/config.txt" --quiet --console none --out again.d
same one.d again.d
(cd "two too" && expect 0 "" run --config ../one.d/config.txt --quiet --console none --out ../again.d; exit "$failed") ||
    failed=$((failed + 1))
same one.d again.d
expect 0 "" run --config one.d/config.txt --append other --quiet --console none --out again.d # and is overridden
has again.d/config.txt 'option.append = "other"'
has again.d/config.txt "$(sha kernel.elf)"
expect 0 "" run --config one.d/config.txt --initrd first.cpio --quiet --console none --out again.d
[ "$(grep -c '^image.initrd' again.d/config.txt)" -eq 1 ] || fail "--initrd beside --config is not alone"
expect 0 "= 1G" config --config one.d/config.txt # of other subcommands: the options of the machine
[ ! -s err ] || fail "p9sim config --config says something"
expect 0 "is of \`p9sim run\`; of it only the options of the machine are taken" bare hello.bin --config one.d/config.txt

# A run from the images directory finds its files there when they have moved with it.
mkdir images && cp ok.lid images/skiboot.lid && cp kernel.elf images/vmlinux && cp first.cpio images/initrd.img
expect 0 "" run --quiet --console none --mem 1G --out usual.d
mv images moved
refuse 1 "is neither where it was nor in the images directory; name it with --bios" run --config usual.d/config.txt --out again.d
P9SIM_IMAGES=moved expect 0 "" run --config usual.d/config.txt --quiet --console none --out again.d
same usual.d again.d
mv moved images
rm usual.d/stats.json # without it files are looked for in the images directory alone
expect 0 "" run --config usual.d/config.txt --quiet --console none --out again.d

# ---- files that have changed ----
printf 'a changed one' >one/second.cpio
refuse 1 "one/second.cpio is another file now (SHA-256 $(sha one/second.cpio | cut -c1-12)" run --config one.d/config.txt --out again.d
expect 0 "" run --config one.d/config.txt --accept-changed --quiet --console none --out again.d
has again.d/config.txt "$(sha one/second.cpio)"
expect 0 "" run --config one.d/config.txt --initrd "two too/deep/a-first.cpio,two too/deep/a-second.cpio" --quiet --console none --out again.d
same one.d again.d
rm -r one/ok.lid images
refuse 1 "--bios: the file of 56 bytes with SHA-256 $(sha ok.lid | cut -c1-12)" run --config one.d/config.txt --initrd first.cpio \
    --accept-changed --out again.d

# ---- bare programs, and what they are told ----
expect 3 "" bare read.bin --input typed --quiet --out bare.d --le --max-insns 1M
expect 3 "" bare --config bare.d/config.txt --quiet --out again.d
same bare.d again.d
has bare.d/config.txt "image.program = 24 bytes, sha256 $(sha read.bin)"
has bare.d/config.txt 'option.le = ""'
refuse 1 "--le and --be exclude each other" bare hello.bin --config bare.d/config.txt --be --quiet --out again.d
expect 0 "" bare work.bin --model core@100K --what-if tlb_entries=64,128 --expect 'never=stop' --quiet --out core.d
has core.d/config.txt 'option.model = "core@100K"'
has core.d/config.txt 'option.what-if = "tlb_entries=64,128"'
expect 0 "" bare --config core.d/config.txt --quiet --out again.d
same core.d again.d
expect 0 "" bare --config core.d/config.txt --model mmu --quiet --out again.d
has_not again.d/config.txt "option.model"

# ---- nested ----
expect 0 "" nested --embedded --quiet --out embedded.d
has embedded.d/config.txt 'option.embedded = ""'
has embedded.d/config.txt 'run.subcommand = nested'
has_not embedded.d/config.txt 'image.'
expect 0 "" nested --config embedded.d/config.txt --quiet --out again.d
same embedded.d again.d

# ---- restored machines: as if nothing had happened, or with what was changed ----
expect 0 "" bare work.bin --quiet --out straight.d --checkpoint ck.a@100K
rm -rf again.d
expect 0 "" run --restore ck.a --quiet --out again.d
same straight.d again.d
has again.d/stats.json '"restored": "ck.a"'
expect 0 "" bare --config again.d/config.txt --quiet --out once.d # so it can be repeated from the beginning
same straight.d once.d
expect 0 "" run --restore ck.a --set walk_read_cycles=40 --quiet --out other.d
has other.d/config.txt "image.restore = $(stat -c %s ck.a) bytes, sha256 $(sha ck.a)"
has other.d/config.txt "#   image.program = $(stat -c %s work.bin) bytes"
has other.d/stats.json '"checkpoint_of": {"subcommand": "bare"'
expect 0 "" run --config other.d/config.txt --quiet --out again.d
same other.d again.d
mv ck.a ck.moved
refuse 1 "--restore: the file of" run --config other.d/config.txt --quiet --out again.d
expect 0 "" run --config other.d/config.txt --restore ck.moved --quiet --out again.d
same other.d again.d
expect 0 "" run --restore ck.moved --set walk_read_cycles=40 --quiet --out other.d --checkpoint ck.b@120K
rm -rf again.d
expect 0 "" run --restore ck.b --quiet --out again.d # what is saved then remembers all of it
same other.d again.d

# What begins anew at the restore makes another run, though it was said before as well.
expect 0 "" bare work.bin --quiet --expect never=stop --out straight.d --checkpoint ck.c@100K
rm -rf again.d
expect 0 "" run --restore ck.c --quiet --out again.d
same straight.d again.d
expect 0 "" run --restore ck.c --expect never=stop --quiet --out again.d
has again.d/config.txt "image.restore = "
expect 0 "" run --restore ck.c --what-if tlb_entries=64 --quiet --out again.d
has again.d/config.txt "image.restore = "
has again.d/config.txt 'option.what-if = "tlb_entries=64"'

# ---- files that are no config.txt of ours, or not quite ----
bad() { # LINE PHRASE
    printf 'run.subcommand = run\n%s\n' "$1" >bad.conf
    refuse 1 "$2" run --config bad.conf --out again.d
}
bad 'image.kernel = vmlinux' 'bad.conf:2: "vmlinux" does not say which file; write NUMBER bytes, sha256 DIGITS'
bad 'image.kernel = 5 bytes, sha256 beef' 'does not say which file'
bad "image.frobs = 5 bytes, sha256 $(sha ok.lid)" 'p9sim run reads no file for "frobs"'
bad "image.console = 5 bytes, sha256 $(sha ok.lid)" 'p9sim run reads no file for "console"'
bad 'option.append = unquoted' 'is not a text between quotation marks'
bad 'option.append = "not closed' 'is not a text between quotation marks'
bad 'option.append = "a" b' 'is not a text between quotation marks'
bad 'option.append = "\q"' 'is not a text between quotation marks'
bad 'option.frobs = "1"' 'bad.conf: p9sim run has no option --frobs'
bad 'option.out = "k"' 'bad.conf: p9sim run has no option --out'
bad 'option.append' 'has no "="'
bad 'run.frobs = 1' 'there is no line "run.frobs"'
bad "option.append = \"$(printf %20000s)\"" 'this line is too long'

[ $failed -eq 0 ] && echo "every result says what made it"
exit $((failed > 0))
