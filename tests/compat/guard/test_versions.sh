#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vdi-guard version and purl: what they print and how they end, command by command, as
# tests/golden/vdi-guard-versions.txt has it; then in French.
set -u

guard=$VDI_TEST_BUILD/compat/vdi-guard

# say WORD…: the command, what it says, its exit status.
say()
{
    printf '$ vdi-guard'
    printf " '%s'" "$@"
    echo
    "$guard" "$@" 2>&1
    printf 'exit status %d\n\n' $?
}

transcript()
{
    say version compare deb 1.0~rc1 1.0
    say version compare rpm 1.0 1.00
    say version compare alpm 1.0 1.0rc1
    say version compare semver 1.0.0-alpha.beta 1.0.0-alpha.1
    say version compare generic 26100.7627 26100.7623
    say version compare openssl 1.1.1w 3.0.0-beta1
    say version compare datetime 2024-01-01T00:00:00Z 2024-01-01T01:00:00+01:00
    say version compare roman I II
    say version compare deb 1.0 '1 0'
    say version compare deb 1.0
    say version contains 'vers:deb/>=3.0.14|<3.0.17' 3.0.16-1~deb12u1
    say version contains 'vers:deb/>=3.0.14|<3.0.17' 3.0.17-1
    say version contains 'vers:deb/*' 0
    say version contains 'vers:generic/<1.2' 1.2b
    say version contains 'vers:deb/<3.0.17|>=3.0.14' 3.0.16
    say version contains 'vers:deb/<3%2E0.17' 3.0.16
    say version contains 'vers:calver/<2027' 2026
    say version contains 'vers:deb/<1'
    say version sort 1 2
    say version
    say purl 'pkg:deb/Debian/libstdc++6@12.2.0-14?distro=debian-12&Arch=amd64#/usr/./lib'
    say purl pkg:generic/openssl
    say purl pkg:deb/curl
    say purl 'pkg:deb/debian/a%1Bb'
    say purl
}

if [ "${1-}" = transcript ]; then
    transcript
    exit
fi
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
. "$VDI_TEST_SOURCE/tests/support/check.sh"

holds "the transcript" sh "$VDI_TEST_SOURCE/tests/same.sh" \
    "$VDI_TEST_SOURCE/tests/golden/vdi-guard-versions.txt" sh "$0" transcript
if [ -d "${LOCPATH-}/fr_FR.UTF-8" ]; then
    export LC_ALL=fr_FR.UTF-8
    check "inside, in French" 0 '^0 est dans' "$guard" version contains 'vers:deb/<1' 0
    check "outside, in French" 1 "^1 n'est pas dans" "$guard" version contains 'vers:deb/<1' 1
else
    echo "SKIP: the person's language: the locale fr_FR.UTF-8"
    skipped=1
fi
finish
