# SPDX-License-Identifier: Apache-2.0
#
# What every script of tools/ shares: how it talks, where its downloads lie, and how it repeats what a network
# hiccup broke. Sourced, never run; the sourcing script has set `set -euo pipefail` and the variable `me`.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/p9sim

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
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1
}

# quietly LOGFILE COMMAND...: the output goes to the log; on failure its last lines are shown.
quietly() {
    silently "$@" && return 0
    tail -n 8 "$1" | sed 's/^/    /' >&2
    return 1
}
