#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs what Vigie is built, shown and tested with, from the distribution's own archive.
# Debian 12 has no FreeRDP 3: there, and only there, the backports suite is added, at the address
# that this machine already uses for its distribution.
#
#   packaging/deps.sh            everything (build, lab, tests)
#   packaging/deps.sh --build    what the programs are built with
#   packaging/deps.sh --full     everything, and what the full tier of the tests compares with
#   packaging/deps.sh --list     print the package names and stop
set -eu

BUILD="gcc meson ninja-build pkg-config gettext libc6-dev
    libglib2.0-dev libcurl4-openssl-dev libxml2-dev libjson-c-dev libssl-dev
    libgtk-3-dev libsecret-1-dev libxcb-shm0-dev libx11-xcb-dev libwayland-dev
    libseccomp-dev libpng-dev freerdp3-dev libwinpr3-dev"
LAB="libmicrohttpd-dev libcunit1-dev libxcb-xtest0-dev libxcb-keysyms1-dev libxkbcommon-dev libcairo2-dev
    xvfb xauth curl freerdp3-shadow-x11 freerdp3-x11 winpr3-utils
    openssl locales faketime strace apt-utils dpkg-dev python3-jsonschema
    adwaita-icon-theme fonts-dejavu-core librsvg2-common dbus"
# Another implementation of The Update Framework (where a release has none, its test says so), what
# reads the counters of coverage, and what the bench sets the guard beside.
FULL="gcovr golang-go golang-github-theupdateframework-go-tuf-dev
    openscap-scanner ruby ruby-debian ruby-gettext ruby-soap4r ruby-unicode ruby-xmlparser"
# Set beside the guard too, but installed it would hook into apt: fetched, for the bench to unpack.
APART=apt-listbugs
debs=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vigie-bench
# Package managers of other distributions, for throw-away systems; where a release has not all of
# them, the tests that want one say so.
MANAGERS="createrepo-c dnf libarchive-tools libsolv-tools pacman-package-manager zypper"
CHECK="clang clang-format rpm makepkg node-semver"

say()
{
    printf 'deps: %s\n' "$*" >&2
}

die()
{
    say "$*"
    exit 69
}

as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@"
    else
        die "packages are missing and installing them needs root: run this as root, or install sudo"
    fi
}

# True when every named package is installed.
installed()
{
    missing=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
        awk '$2 == "installed" {print $1}' | sort -u >"$scratch/have"
        printf '%s\n' "$@" | sort -u | comm -23 - "$scratch/have")
    [ -z "$missing" ]
}

candidate()
{
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -v '^(none)$'
}

# The release's own archive, as the machine's sources name it: "URI SUITE".
archive()
{
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME) $(ORIGIN) $(LABEL) $(COMPONENT)' \
        'Created-By: Packages' | awk '$4 == "Debian" && $5 == "Debian" && $6 == "main" && $2 == $3 {
            print $1, $3; exit }'
}

refresh_lists()
{
    say "refreshing the package lists"
    as_root apt-get -q update >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; return 1; }
}

install_missing()
{
    # Recommended packages and a kept cache of .deb files would only cost time and room.
    as_root apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 \
        -o APT::Keep-Downloaded-Packages=false -o DPkg::Lock::Timeout=300 install $missing \
        >"$scratch/log" 2>&1
}

add_backports()
{
    set -- $(archive)
    [ $# -eq 2 ] || die "no Debian archive among this machine's sources: cannot tell where backports are"
    say "adding $2-backports, for FreeRDP 3 (this release has none)"
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    {
        printf 'Types: deb\nURIs: %s\nSuites: %s-backports\nComponents: main\n' "$1" "$2"
        [ ! -e "$keyring" ] || printf 'Signed-By: %s\n' "$keyring"
    } >"$scratch/backports.sources"
    as_root install -m 0644 "$scratch/backports.sources" /etc/apt/sources.list.d/vigie-backports.sources
    refresh_lists || die "apt-get update failed with backports added"
}

# What must be here; when the lists are too old for it, they are fetched again.
install_needed()
{
    say "installing $(printf '%s\n' $missing | wc -l) packages and what they need; this takes a few minutes"
    fresh=
    if [ -z "$(candidate libgtk-3-dev)" ]; then
        refresh_lists || die "apt-get update failed"
        fresh=yes
    fi
    if [ -z "$(candidate freerdp3-dev)" ]; then
        add_backports
        fresh=yes
    fi
    # Lists that were fetched long ago name packages that the archive has replaced since.
    install_missing || { [ -z "$fresh" ] && refresh_lists && install_missing; } ||
        { tail -n 40 "$scratch/log" >&2; die "apt-get could not install: $(echo $missing)"; }
}

fetch_apart()
{
    for package in $APART; do
        set -- "$debs/${package}_"*.deb
        [ ! -e "$1" ] || continue
        say "fetching $package, which is not installed"
        mkdir -p "$debs" && (cd "$debs" && apt-get -q download "$package") >"$scratch/log" 2>&1 ||
            say "not to be had here: $package; the bench will say so"
    done
}

want="$BUILD $LAB $CHECK"
peers=$MANAGERS
case "${1-}" in
'') ;;
--build) want=$BUILD peers= ;;
--full) peers="$MANAGERS $FULL" ;;
--list) printf '%s\n' $want; exit 0 ;;
*) say "unknown option $1 (known: --build, --full, --list)"; exit 64 ;;
esac

command -v apt-get >/dev/null 2>&1 || die "this needs Debian 12 or 13 (no apt-get here)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ "${1-}" != --full ] || fetch_apart
if installed $want $peers; then
    say "everything is here already"
    exit 0
fi
installed $want || install_needed
if ! installed $peers && ! install_missing; then
    for missing in $missing; do
        install_missing || say "not to be had here: $missing; the tests that need it will say so"
    done
fi
say "done"
