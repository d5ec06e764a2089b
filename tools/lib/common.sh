# SPDX-License-Identifier: Apache-2.0
#
# What every script of tools/ shares: how it talks, where its downloads lie, and how it repeats what a network
# hiccup broke. Sourced, never run; the sourcing script has set `set -euo pipefail` and the variable `me`.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/p9sim

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { printf '%s: %s\n' "$me" "$*" >&2; exit 1; }

# retry TIMES COMMAND...: the exit status is that of the last try; waits 1, 2, 3 ... seconds in between.
retry() {
    local times=$1 try
    shift
    for ((try = 1; ; try++)); do
        "$@" && return 0
        ((try < times)) || return 1
        say "did not work, trying again ($try of $((times - 1)))"
        sleep "$try"
    done
}

# silently LOGFILE COMMAND...: the output goes to the log and nowhere else.
silently() {
    local log=$1
    shift
    make_folder "$(dirname "$log")"
    rm -f "$log" 2>/dev/null || true # what an earlier run left is not what is shown if this one fails
    : 2>/dev/null >"$log" || cannot_write "$log"
    "$@" >"$log" 2>&1
}

# quietly LOGFILE COMMAND...: the output goes to the log; on failure its last lines are shown.
quietly() {
    silently "$@" && return 0
    tail -n 8 "$1" | sed 's/^/    /' >&2
    return 1
}

# build_preset PRESET [TARGET...]: configure and build in build/PRESET; what the compiler says is shown only if it fails.
build_preset() {
    local preset=$1
    shift
    quietly "$top/build/$preset-configure.log" cmake -S "$top" --preset "$preset" ||
        die "cmake could not configure the preset $preset (see build/$preset-configure.log)"
    silently "$top/build/$preset-build.log" cmake --build "$top/build/$preset" ${1:+--target "$@"} && return 0
    grep -E -A 6 'error|FAILED' "$top/build/$preset-build.log" | head -n 40 >&2 || true
    die "the preset $preset does not build (see build/$preset-build.log)"
}

# make_folder DIR [HINT]: it is there and can be written to, or the script ends with one line that says why not.
make_folder() {
    local why
    why=$(mkdir -p "$1" 2>&1) || die "cannot make the folder $1 (${why##*: })${2:+; $2}"
    [ -w "$1" ] && [ -x "$1" ] || cannot_write "$1" "${2:-}"
}

# make_cache: that of the downloads and logs.
make_cache() { make_folder "$cache" "\$XDG_CACHE_HOME says where else"; }

cannot_write() { # WHAT [HINT]
    local owner
    owner=$(stat -c %U "$1" 2>/dev/null) || owner=
    die "cannot write to $1${owner:+ (as $(id -un), it belongs to $owner)}${2:+; $2}"
}
