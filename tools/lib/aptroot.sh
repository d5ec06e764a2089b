# SPDX-License-Identifier: Apache-2.0
#
# A private apt root: packages of another architecture or another suite, fetched and unpacked as an ordinary user and
# without a change to the host's package system. It has its own lists, cache and (empty) status file under
# $cache/apt/NAME. Which mirrors it asks is read out of the host's own apt sources, so that a machine with a local
# mirror or a proxy keeps using it; only the suite names are ours. apt itself verifies signatures and hashes.
#
# Used as: aptroot_open NAME ARCH SUITE...; aptroot_update; aptroot apt-get|apt-cache ARGS...;
# aptroot_fetch PACKAGE...; aptroot_debs PACKAGE...; with ARCH "source" it is a root of source packages.

# The host's binary sources of the Debian archive as lines "uri<TAB>suite<TAB>components<TAB>signed-by", whatever their
# form: one-line files (sources.list, *.list) and stanzas (*.sources). Disabled stanzas and unknown options are dropped.
aptroot_host_sources() {
    local main parts stanza_file
    eval "$(apt-config shell main Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
    { cat "$main" "$parts"/*.list 2>/dev/null || true; } | awk -v OFS='\t' '
        $1 != "deb" { next }
        { key = "-"; at = 2
          if ($2 ~ /^\[/) {
              while ($at !~ /\]$/ && at < NF) { if ($at ~ /signed-by=/) key = $at; at++ }
              if ($at ~ /signed-by=/) key = $at
              at++; sub(/.*signed-by=/, "", key); sub(/\]$/, "", key)
          }
          comps = ""; for (i = at + 2; i <= NF; i++) comps = comps (i > at + 2 ? " " : "") $i
          print $at, $(at + 1), comps, key }'
    for stanza_file in "$parts"/*.sources; do
        [ -f "$stanza_file" ] || continue
        sed -e '/^#/d' -e 's/[ \t]*$//' "$stanza_file" | awk -v RS= -v FS='\n' -v OFS='\t' '
            { split("", f); name = ""; f["signed-by"] = "-"
              for (i = 1; i <= NF; i++) {
                  if ($i ~ /^[ \t]/) { f[name] = f[name] " " $i; continue }
                  name = tolower(substr($i, 1, index($i, ":") - 1))
                  f[name] = substr($i, index($i, ":") + 1); sub(/^ +/, "", f[name])
              }
              if ((" " f["types"] " ") !~ / deb / || tolower(f["enabled"]) == "no") next
              if (f["signed-by"] !~ /^\//) f["signed-by"] = "-"
              n = split(f["uris"], uri, /[ \t]+/); m = split(f["suites"], suite, /[ \t]+/)
              for (i = 1; i <= n; i++) for (j = 1; j <= m; j++)
                  if (uri[i] != "" && suite[j] != "") print uri[i], suite[j], f["components"], f["signed-by"] }'
    done
    return 0
}

# aptroot_open NAME ARCH SUITE...: make (or reuse) the root. A suite that the host does not list itself, such as
# bookworm-backports, is asked from the mirror that carries the host's release.
aptroot_open() {
    local name=$1 arch=$2 type=deb uri suite comps key wanted release code option
    shift 2
    [ "$arch" != source ] || { type=deb-src arch=ppc64el; }
    aptroot_dir=$cache/apt/$name
    mkdir -p "$aptroot_dir"/{lists,archives}/partial "$aptroot_dir/empty" || die "cannot write to $aptroot_dir"
    : >"$aptroot_dir/status"
    code=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
    release="($code|bookworm|stable|oldstable)"
    while IFS=$'\t' read -r uri suite comps key; do
        [[ " $comps " == *" main "* && $suite =~ ^$release(-updates|-security)?$ ]] || continue
        option="arch=$arch"
        [ "$key" = - ] || option+=" signed-by=$key"
        for wanted in "$@"; do
            case $wanted in
            *-security) [[ $suite == *-security ]] || continue ;;
            *) [[ $suite =~ ^$release$ ]] || continue ;;
            esac
            echo "$type [$option] $uri $wanted main"
        done
    done < <(aptroot_host_sources) | sort -u >"$aptroot_dir/sources.list"
    [ -s "$aptroot_dir/sources.list" ] ||
        die "no Debian mirror in this machine's apt sources (looked for $code or bookworm, component main)"
    {   # The host's proxies, time-outs and trust settings, then our own places.
        apt-config dump | grep -E '^Acquire::' | grep -v -E '^Acquire::(IndexTargets|GzipIndexes|Languages)' || true
        echo "Acquire::Retries \"3\"; Acquire::Languages \"none\"; APT::Sandbox::User \"root\";"
        echo "APT::Architecture \"$arch\"; APT::Architectures { \"$arch\"; };"
        echo "APT::Install-Recommends \"false\"; APT::Get::Assume-Yes \"true\"; Debug::NoLocking \"true\";"
        echo "Dir::Etc::main \"/dev/null\"; Dir::Etc::parts \"$aptroot_dir/empty\";"
        echo "Dir::Etc::sourcelist \"$aptroot_dir/sources.list\"; Dir::Etc::sourceparts \"$aptroot_dir/empty\";"
        echo "Dir::Etc::preferencesparts \"$aptroot_dir/empty\"; Dir::Etc::preferences \"/dev/null\";"
        echo "Dir::State::status \"$aptroot_dir/status\"; Dir::State::lists \"$aptroot_dir/lists\";"
        echo "Dir::State::extended_states \"$aptroot_dir/extended\"; Dir::Cache \"$aptroot_dir\";"
        echo "Dir::Cache::archives \"$aptroot_dir/archives\"; Dir::Log \"$aptroot_dir\";"
    } >"$aptroot_dir/apt.conf"
}

aptroot() { APT_CONFIG=$aptroot_dir/apt.conf "$@"; }

aptroot_has_lists() { compgen -G "$aptroot_dir/lists/*_Packages*" || compgen -G "$aptroot_dir/lists/*_Sources*"; } >/dev/null

# Refresh the lists. A mirror that is just being synchronised refuses now and then: three tries, and after that the
# lists of an earlier day serve as well. Only with no lists at all is there nothing to work with.
aptroot_update() {
    say "asking the mirrors for their package lists ($(basename "$aptroot_dir"))"
    if ! retry 3 silently "$aptroot_dir/update.log" aptroot apt-get -q update -o APT::Update::Error-Mode=any; then
        aptroot_has_lists || die "no network: cannot reach the Debian mirrors of this machine's apt sources"
        say "the package lists did not refresh; working with those at hand (see $aptroot_dir/update.log)"
    fi
}

# aptroot_fetch PACKAGE...: download them with everything they depend on into the root's archives.
# A 404 means that our lists are older than the mirror: refresh them once and ask again.
aptroot_fetch() {
    aptroot_has_lists || aptroot_update
    silently "$aptroot_dir/fetch.log" aptroot apt-get -q install --download-only "$@" && return 0
    aptroot_update
    retry 3 quietly "$aptroot_dir/fetch.log" aptroot apt-get -q install --download-only "$@"
}

# aptroot_debs PACKAGE...: the paths of the debs that an install of these would use, one a line, sorted.
aptroot_debs() {
    local file
    aptroot apt-get -q install --print-uris --reinstall "$@" -o Dir::Cache::archives="$aptroot_dir/empty-archives" \
        2>/dev/null | awk -v quote="'" 'substr($0, 1, 1) == quote { print $2 }' | sort | while read -r file; do
        echo "$aptroot_dir/archives/$file"
    done
}
