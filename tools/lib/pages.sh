#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The manual pages and shell completions of a p9sim that was built, as an installation has them; run by the build.
#   pages.sh PATH/TO/p9sim FOLDER     into FOLDER/man1 and FOLDER/{bash,zsh,fish}, instead of what is there

set -euo pipefail
p9sim=$1 to=$2
rm -rf "$to"
mkdir -p "$to"/{man1,bash,zsh,fish}
"$p9sim" help --man >"$to/man1/p9sim.1"
names=$("$p9sim" help | sed -n 's/^  \([a-z]*\) .*/\1/p')
[ -n "$names" ]
for name in $names; do "$p9sim" help --man "$name" >"$to/man1/p9sim-$name.1"; done
"$p9sim" help --bash >"$to/bash/p9sim"
"$p9sim" help --zsh >"$to/zsh/_p9sim"
"$p9sim" help --fish >"$to/fish/p9sim.fish"
