#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What `cmake --install` puts under a prefix: a program, pages and completions that say what it does, and a library with
# nothing in it but the functions of the header, against which the example of docs/EMBEDDING.md is compiled and run.
#   install.sh SOURCES BUILD

set -euo pipefail
sources=$1 build=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
    echo "FAILED: $*"
    exit 1
}

. "$sources/tests/cli/embedding.sh"

cmake --install "$build" --prefix "$scratch/first" >log || fail "cmake --install: $(tail -n 3 log)"
mv first p # nothing may know where it was installed
p=$scratch/p
export PATH=$p/bin:$PATH PKG_CONFIG_PATH=$(dirname "$(find "$p" -name p9sim.pc)")
[ "$(command -v p9sim)" = "$p/bin/p9sim" ] || fail "p9sim is not in bin/"
[[ "$(p9sim --version)" == "p9sim $(pkg-config --modversion p9sim) ("* ]] || fail "p9sim --version"

# ---- the library ----
declared=$(sed 's,/\*.*\*/,,; /^ \*/d; /^typedef/d' "$p"/include/p9sim.h | grep -oE 'p9_[a-z0-9_]+\(' | tr -d '(' | sort -u)
visible=$(nm -g --defined-only "$(find "$p" -name libp9sim.a)" | awk 'NF == 3 { print $3 }' | sort -u)
[ "$(wc -l <<<"$visible")" -gt 20 ] || fail "the library has no functions"
[ "$visible" = "$declared" ] || fail "the library's names: $(diff <(echo "$declared") <(echo "$visible"))"
example "$sources"
try_example
try_example --static
printf '#include <p9sim.h>\nbool p9_error(const char *, ...);\nint main(void) { return p9_error("%%s", p9_version()); }\n' >inside.c
! cc inside.c $(pkg-config --cflags --libs p9sim) -o inside 2>said || fail "the inside of the library can be called"
grep -q p9_error said || fail "inside.c does not compile for another reason: $(cat said)"

# ---- pages ----
for name in $(p9sim help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    page=$p/share/man/man1/p9sim-$name.1
    [ -s "$page" ] || fail "there is no page of p9sim $name"
    for option in $(p9sim help "$name" | sed -n 's/^  --\([a-z-]*\) .*/\1/p'); do
        grep -qF "\-\-${option//-/\\-}" "$page" || fail "p9sim-$name.1 does not have --$option"
    done
done
if command -v mandoc >/dev/null; then
    mandoc -Tlint -Wwarning "$p"/share/man/man1/*.1 >said || fail "mandoc: $(head -n 5 said)"
fi

# ---- completions ----
completed() { # WORDS...: what bash makes of the last one
    COMP_WORDS=(p9sim "$@") COMP_CWORD=$#
    COMPREPLY=()
    _p9sim
    echo "${COMPREPLY[*]}"
}
. "$p/share/bash-completion/completions/p9sim"
touch kernel.elf
for line in "r=run report" "run --mo=--model" "run --model c=core" "bare ker=kernel.elf" "run --kernel ker=kernel.elf" \
    "config --set tlb_e=tlb_entries=" "help wh=when" "report --=--help" "run --mem ker="; do
    words=${line%%=*} wanted=${line#*=}
    # shellcheck disable=SC2086
    [ "$(completed $words)" = "$wanted" ] || fail "completion of \"$words\": $(completed $words)"
done
for shell in zsh/site-functions/_p9sim fish/vendor_completions.d/p9sim.fish; do
    ! command -v "${shell%%/*}" >/dev/null || "${shell%%/*}" -n "$p/share/$shell" || fail "$shell"
    grep -q checkpoint-base "$p/share/$shell" || fail "$shell: does not have --checkpoint-base"
done

# What fish makes of a line, and what zsh hands to its own functions, which say it here.
fished() { fish --no-config -c "source '$p/share/fish/vendor_completions.d/p9sim.fish'; complete -C '$1'" | cut -f 1 | paste -sd " "; }
zshed() {
    # shellcheck disable=SC2016
    zsh -f -c '_arguments() { print -r -- "$words" $CURRENT; print -rl -- "$@" }
        _describe() { print -rl -- $names }
        compadd() { print -r -- "$@" }
        words=("${@:2}") CURRENT=$#words
        load() { . "$1"; }; load "$1"' zsh "$p/share/zsh/site-functions/_p9sim" p9sim "$@"
}
if command -v fish >/dev/null; then
    for line in "run --mo=--model" "run --model c=core" "config --set tlb_e=tlb_entries=" "help wh=when" "report --=--help" \
        "trace sh=show" "trace show --fr=--from" "trace show --from 1 --cou=--count" "trace show ker=kernel.elf" "run show --fr="; do
        [ "$(fished "p9sim ${line%%=*}")" = "${line#*=}" ] || fail "fish: completion of \"${line%%=*}\": $(fished "p9sim ${line%%=*}")"
    done
fi
if command -v zsh >/dev/null; then
    zshed '' | grep -q '^trace:' || fail "zsh: trace is no subcommand"
    zshed run '' | grep -q '^--model.*:(none mmu core)$' || fail "zsh: --model has no words"
    zshed run '' | grep -q '^\*--set.*{compadd .* tlb_entries=' || fail "zsh: --set has no options"
    zshed trace '' | grep -qw show || fail "zsh: trace has no verb"
    [ "$(zshed trace show --fr | head -n 1)" = "show --fr 2" ] || fail "zsh: words behind a verb"
    zshed trace show '' | grep -q '^--from\[' || fail "zsh: trace show has no --from"
fi
echo "install: passed"
