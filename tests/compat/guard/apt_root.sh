# SPDX-License-Identifier: Apache-2.0
#
# A throw-away apt system for shell tests: sourced, never run. Real apt and dpkg work in
# $lab/root with a repository in $lab/repo; this machine's packages are not touched.
#
#   make_root               the folders and $lab/apt.conf
#   make_package NAME VERSION [DEPENDS]     into the repository
#   index_repository
#   use_hook                packaging/apt/50vigie, with the programs of $build
#   guard …, run_apt …      vdi-guard and apt-get upon that system
#   version_of NAME         what is installed there; empty when it is not
#
# Wants: lab, build, source.

missing_tool()
{
    for tool in apt-get apt-config dpkg dpkg-deb dpkg-scanpackages; do
        command -v "$tool" >/dev/null 2>&1 || { echo "$tool"; return 0; }
    done
    [ "$(id -u)" -eq 0 ] || { echo "root (what is trusted must be root's)"; return 0; }
    return 1
}

make_root()
{
    umask 022
    root=$lab/root
    mkdir -p "$lab/repo" "$lab/parts" "$root/etc/apt/preferences.d" "$root/etc/apt/apt.conf.d" \
        "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial" \
        "$root/var/log/apt" "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" \
        "$root/var/lib/dpkg/triggers" "$root/tmp" "$root/etc/vdi/orgs"
    : >"$root/var/lib/dpkg/status"
    : >"$root/var/lib/dpkg/available"
    printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
    echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
    echo "deb [trusted=yes] file:$lab/repo ./" >"$root/etc/apt/sources.list"
    cat >"$lab/apt.conf" <<END
Dir "$root/";
Dir::State::status "$root/var/lib/dpkg/status";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "$root/etc/apt/apt.conf.d";
Dir::Log "$root/var/log/apt";
DPkg::Options { "--root=$root"; "--force-not-root"; "--force-script-chrootless"; };
DPkg::Path "/usr/sbin:/usr/bin:/sbin:/bin";
APT::Sandbox::User "root";
Acquire::Languages "none";
END
}

make_package()
{
    rm -rf "$lab/parts/$1"
    mkdir -p "$lab/parts/$1/DEBIAN" "$lab/parts/$1/usr/share/$1"
    echo "$2" >"$lab/parts/$1/usr/share/$1/version"
    {
        printf 'Package: %s\nVersion: %s\nArchitecture: all\n' "$1" "$2"
        printf 'Maintainer: Nobody <nobody@example.com>\nDescription: for a test\n'
        [ -z "${3-}" ] || printf 'Depends: %s\n' "$3"
    } >"$lab/parts/$1/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$lab/parts/$1" "$lab/repo/${1}_${2}_all.deb" >/dev/null
}

index_repository()
{
    (cd "$lab/repo" && dpkg-scanpackages -m . >Packages 2>/dev/null)
}

use_hook()
{
    sed -e "s#/usr/libexec/vdi/vdi-hook ||#$build/compat/vdi-hook --root $root ||#" \
        -e "s#/usr/libexec/vdi/vdi-hook#$build/compat/vdi-hook#" \
        -e "s#/usr/bin/vdi-guard apply#$build/compat/vdi-guard apply --root $root --apt-config $lab/apt.conf#" \
        -e "s#/usr/bin/vdi-guard#$build/compat/vdi-guard#" \
        "$source/packaging/apt/50vigie" >"$root/etc/apt/apt.conf.d/50vigie"
}

guard()
{
    verb=$1
    shift
    "$build/compat/vdi-guard" "$verb" --root "$root" --apt-config "$lab/apt.conf" "$@"
}

run_apt()
{
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        HOME=/nonexistent APT_CONFIG="$lab/apt.conf" apt-get -q "$@"
}

version_of()
{
    dpkg-query --root="$root" -W -f '${Version}' "$1" 2>/dev/null || true
}
