# SPDX-License-Identifier: Apache-2.0
#
# The example of docs/EMBEDDING.md as it stands there, for the tests of what was installed. Sourced.

# example SOURCES: embed.c, what the page types (typed) and what it shows (wanted), into this folder.
example() {
    local page=$1/docs/EMBEDDING.md
    awk '/^```c embed.c$/ { on = 1; next } /^```/ { on = 0 } on' "$page" >embed.c
    awk '/^```console$/ { on = 1; next } /^```/ { on = 0 } on' "$page" >session
    sed -n 's/^[$>] //p' session >typed
    grep -v '^[$>] ' session >wanted
    [ -s embed.c ] && [ -s typed ] && [ -s wanted ] || fail "docs/EMBEDDING.md has no example"
}

# try_example [OPTION of pkg-config]: it compiles and runs, and says what the page shows. Its last command fails.
try_example() {
    rm -f embed
    sed "s/pkg-config/pkg-config ${1:-}/" typed >now
    bash now >said 2>&1 || true
    cmp -s wanted said || fail "docs/EMBEDDING.md says otherwise: $(diff wanted said)"
}
