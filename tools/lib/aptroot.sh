# SPDX-License-Identifier: Apache-2.0
#
# A private apt root: packages of another architecture or another suite, fetched and unpacked as an ordinary user and
# without a change to the host's package system. It has its own lists, cache and (empty) status file under
# $cache/apt/NAME. Which mirrors it asks is read out of the host's own apt sources, so that a machine with a local
# mirror or a proxy keeps using it; only the suite names are ours. apt itself verifies signatures and hashes.
#
# Used as: aptroot_open NAME ARCH SUITE...; aptroot_update, or aptroot_refresh, which does it once; aptroot_fetch
# PACKAGE...; aptroot_debs PACKAGE...; aptroot_fetch_one PACKAGE...; aptroot_kernels FLAVOUR; aptroot apt-get|apt-cache
# ARGS...; with ARCH "source" it is a root of source packages.
#
# A mirror that is being synchronised, or that lags, can list a package that it does not have (404). Such a package is
# asked for again, with fresh lists; if it is still not there its next version is taken, and one line says so.

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
    aptroot_dir=$cache/apt/$name aptroot_suite=$1 aptroot_fresh=no
    mkdir -p "$aptroot_dir"/{lists,archives}/partial "$aptroot_dir/empty" || die "cannot write to $aptroot_dir"
    : >"$aptroot_dir/status"
    : >"$aptroot_dir/preferences"
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
        echo "Dir::Etc::preferencesparts \"$aptroot_dir/empty\"; Dir::Etc::preferences \"$aptroot_dir/preferences\";"
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
    aptroot_fresh=yes
}

aptroot_refresh() { [ "$aptroot_fresh" = yes ] || aptroot_update; }

# aptroot_fetch PACKAGE...: download them with everything they depend on into the root's archives.
# A 404 means that our lists are older than the mirror: refresh them once and ask again. After that it means that the
# mirror is older than its lists. Every round then refuses the versions that were missing, and apt finds the next ones.
aptroot_fetch() {
    local round lacking
    aptroot_has_lists || aptroot_update
    aptroot_install "$@" && return 0
    aptroot_refresh
    retry 3 aptroot_install "$@" && return 0
    : >"$aptroot_dir/lacking"
    for ((round = 1; round <= 6; round++)); do
        aptroot_refuse_lacking || break
        if aptroot_install "$@"; then
            lacking=$(aptroot_next_versions)
            say "not at the mirror, so the next version is taken: $lacking"
            return 0
        fi
    done
    tail -n 8 "$aptroot_dir/fetch.log" | sed 's/^/    /' >&2
    return 1
}

aptroot_install() { silently "$aptroot_dir/fetch.log" aptroot apt-get -q install --download-only "$@"; }

# The release after a release is where the next version of a package is when the release itself has only one.
aptroot_release_after() {
    case $1 in
    bookworm) echo trixie ;;
    trixie) echo forky ;;
    *) echo sid ;;
    esac
}

# Takes the versions that the last download missed ("PACKAGE VERSION" a line) out of apt's choice; the first time the
# next release joins, for these alone. False: nothing was missing, something else went wrong.
aptroot_refuse_lacking() {
    local package version next sources
    awk '$1 ~ /^Err:/ { package = $5; version = $7 } /^  404 / { print package, version }' "$aptroot_dir/fetch.log" |
        sort -u >"$aptroot_dir/lacking.new"
    [ -s "$aptroot_dir/lacking.new" ] || return 1
    next=$(aptroot_release_after "$aptroot_suite")
    if [ ! -s "$aptroot_dir/preferences" ]; then
        sources=$(sed "p; s/ $aptroot_suite main\$/ $next main/" "$aptroot_dir/sources.list" | sort -u)
        echo "$sources" >"$aptroot_dir/sources.list"
        printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n\n' "$next" >"$aptroot_dir/preferences"
        aptroot_update
    fi
    while read -r package version; do
        printf 'Package: %s\nPin: version %s\nPin-Priority: -1\n\n' "$package" "$version"
    done <"$aptroot_dir/lacking.new" >>"$aptroot_dir/preferences"
    cat "$aptroot_dir/lacking.new" >>"$aptroot_dir/lacking"
}

# "PACKAGE VERSION for VERSION, ..." of what was missing.
aptroot_next_versions() {
    local package version
    sort -u "$aptroot_dir/lacking" | while read -r package version; do
        echo "$package $(aptroot apt-cache policy "$package" | awk '$1 == "Candidate:" { print $2 }') for $version"
    done | paste -s -d , | sed 's/,/, /g'
}

# aptroot_fetch_one PACKAGE...: download, without its dependencies, the first of these that the mirror has; prints which.
aptroot_fetch_one() {
    local package
    for package; do
        if retry 3 aptroot_download "$package"; then
            [ "$package" = "$1" ] || say "not at the mirror, so the next version is taken: $package for $1"
            echo "$package"
            return 0
        fi
        grep -q '^  404 ' "$aptroot_dir/fetch.log" || break
    done
    tail -n 8 "$aptroot_dir/fetch.log" | sed 's/^/    /' >&2
    return 1
}

aptroot_download() { (cd "$aptroot_dir/archives" && silently "$aptroot_dir/fetch.log" aptroot apt-get -q download "$1"); }

# aptroot_kernels FLAVOUR: the kernel that linux-image-FLAVOUR means, and after it those that are older, newest first.
aptroot_kernels() {
    local wanted
    wanted=$(aptroot apt-cache depends "linux-image-$1" 2>/dev/null | awk '$1 == "Depends:" { print $2; exit }')
    [ -n "$wanted" ] || return 0
    { echo "$wanted"; aptroot apt-cache pkgnames linux-image- | grep -xE "linux-image-[0-9].*-$1" || true; } |
        sort -Vru | awk -v wanted="$wanted" '$0 == wanted { on = 1 } on'
}

# aptroot_debs PACKAGE...: the paths of the debs that an install of these would use, one a line, sorted.
aptroot_debs() {
    local file
    aptroot apt-get -q install --print-uris --reinstall "$@" -o Dir::Cache::archives="$aptroot_dir/empty-archives" \
        2>/dev/null | awk -v quote="'" 'substr($0, 1, 1) == quote { print $2 }' | sort | while read -r file; do
        echo "$aptroot_dir/archives/$file"
    done
}
