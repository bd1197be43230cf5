# shellcheck shell=bash
# What the scripts of hack/ and .ci/ share. Source it; it changes to the repository's root and sets ROOT.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1

# One build serves tests, quickstart and CI: the flags must be the same everywhere or SwiftPM builds twice.
# Without the import check an undeclared import of a sibling target compiles.
# shellcheck disable=SC2034
BUILD_FLAGS=(--explicit-target-dependency-import-check error)

# Debian's packages, by purpose. zlib and the like come with them.
BUILD_PACKAGES=(libcurl4-openssl-dev libssl-dev pkg-config git ca-certificates)
# shellcheck disable=SC2034
TEST_PACKAGES=("${BUILD_PACKAGES[@]}" python3 openssl nginx shellcheck)
# shellcheck disable=SC2034
LINT_PACKAGES=(python3 python3-yaml shellcheck)
# For auditctl. Where there is no init system, as in a container, auditd itself is not started by this.
# shellcheck disable=SC2034
KERNEL_PACKAGES=(auditd)
# shellcheck disable=SC2034
QUICKSTART_PACKAGES=("${BUILD_PACKAGES[@]}" curl jq)

say() { printf '%s\n' "$*"; }
note() { printf '==> %s\n' "$*" >&2; }

# Ends with what is wrong and what to do.
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Runs a command as root: directly, or through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Prints the packages of the arguments that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || printf '%s\n' "$package"
    done
}

# Installs those of the packages that are missing and says so; silent when there is nothing to do.
install_packages() {
    if ! command -v dpkg-query >/dev/null; then
        note "not a Debian system: make sure that the equivalents of these are installed: $*"
        return 0
    fi
    local missing attempt
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        die "missing packages, and neither root nor sudo to install them; run as root: apt-get install ${missing[*]}"
    fi
    note "installing: ${missing[*]}"
    for attempt in 1 2 3; do
        if as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends install "${missing[@]}" </dev/null >&2; then
            return 0
        fi
        [ "$attempt" -eq 3 ] || { note "apt-get failed; trying again" && sleep $((attempt * 5)); }
    done
    die "could not install ${missing[*]}; see apt-get's messages above"
}

# Puts a Swift toolchain of 6.3 or newer into PATH.
find_swift() {
    local directory version
    if ! command -v swift >/dev/null; then
        for directory in /opt/swift/usr/bin /usr/local/swift/usr/bin "$HOME/.local/share/swiftly/bin" "$HOME/.swiftly/bin"; do
            if [ -x "$directory/swift" ]; then
                PATH=$directory:$PATH
                break
            fi
        done
    fi
    command -v swift >/dev/null || die "no swift in PATH; install Swift 6.3: https://www.swift.org/install/linux/"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    if ! printf '6.3\n%s\n' "$version" | sort -C -V; then
        die "swift in PATH is ${version:-of an unknown version}; Swift 6.3 or newer is needed: https://www.swift.org/install/linux/"
    fi
}

# Prints a python3 that can read YAML: the first in PATH, or Debian's own.
find_python() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import sys, yaml; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
            printf '%s\n' "$python"
            return 0
        fi
    done
    die "no python3 with yaml; install python3 and python3-yaml"
}

# Prints the project's files, one a line: under version control, or new and not ignored; where git cannot say, all.
project_files() {
    local found=(find . -type f -not -path './.git/*' -not -path './.build*/*' -printf '%P\n')
    { git -c safe.directory="$ROOT" ls-files --cached --others --exclude-standard 2>/dev/null || "${found[@]}"; } |
        while IFS= read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done
}
