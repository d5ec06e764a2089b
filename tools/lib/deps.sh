# SPDX-License-Identifier: Apache-2.0
#
# Every Debian package that this repository asks of its host, in one place, and the function that installs those that
# are missing: through apt, as root or with sudo, saying so. A set is what one script needs; sets may overlap.

deps_build=(gcc libc6-dev cmake ninja-build pkg-config libelf-dev zlib1g-dev liblzma-dev libzstd-dev libdeflate-dev
    nettle-dev libfdt-dev check)
deps_test=(patch llvm binutils-powerpc64le-linux-gnu gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross qemu-user python3)
deps_package=(dpkg-dev lintian mandoc zsh fish)
deps_lint=(clang-format clang-tidy)
deps_images=(ca-certificates binutils squashfs-tools xz-utils gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross)
deps_fresh=(debootstrap git)

# deps_missing PACKAGE...: those that dpkg does not know as installed.
deps_missing() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

# deps_install PACKAGE...: returns at once when nothing is missing; otherwise says what it installs and does it.
deps_install() {
    local missing as_root=()
    mapfile -t missing < <(deps_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "this needs a Debian system; please install: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "please install as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing with apt${as_root[*]:+ through sudo}: ${missing[*]}"
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3)
    if ! silently "$cache/apt-install.log" "${as_root[@]}" install -y --no-install-recommends "${missing[@]}"; then
        say "the host's package lists may be old: refreshing them"
        retry 3 silently "$cache/apt-update.log" "${as_root[@]}" update || say "apt-get update failed; trying all the same"
        quietly "$cache/apt-install.log" "${as_root[@]}" install -y --no-install-recommends "${missing[@]}" ||
            die "apt-get could not install: ${missing[*]} (see $cache/apt-install.log)"
    fi
}
