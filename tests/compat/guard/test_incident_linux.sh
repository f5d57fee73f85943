#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Real incidents of Debian and Ubuntu (docs/incidents.md), with their packages' own names and
# versions, through real apt in a root of its own: what breaks alone is pinned and all else goes in;
# what comes with its other half passes; what is repaired installs by itself.
set -u

build=$VDI_TEST_BUILD
source=$VDI_TEST_SOURCE
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
chmod 755 "$lab"
. "$source/tests/support/check.sh"
. "$source/tests/compat/guard/apt_root.sh"
if missing=$(missing_tool); then
    echo "SKIP: incident_linux: needs $missing"
    exit 77
fi

# An organisation for each incident; the rule is the example's, of today.
publish()
{
    "$build/compat/vdi-manifest" init "$lab/$1" --id "of-$1" &&
        sed -e "s/\"id\": \"example-corp\"/\"id\": \"of-$1\"/" \
            -e 's/"expires": "[^"]*"/"expires": "2037-01-01T00:00:00Z"/' \
            "$source/docs/examples/$1.json" >"$lab/$1/compat.json" &&
        "$build/compat/vdi-manifest" sign "$lab/$1" &&
        "$build/compat/vdi-manifest" publish "$lab/$1" --to "$lab/web-$1" &&
        mkdir -p "$root/etc/vdi/orgs/of-$1" &&
        cp "$lab/$1/metadata/1.root.json" "$root/etc/vdi/orgs/of-$1/root.json" &&
        printf '[organisation]\nurl = %s\n' "$lab/web-$1" >"$root/etc/vdi/orgs/of-$1/org.conf"
}

# have WHAT NAME=VERSION…: that is what is installed now
have()
{
    what=$1
    shift
    for each; do
        holds "$what: ${each%%=*}" [ "$(version_of "${each%%=*}")" = "${each#*=}" ]
    done
}

make_root
printf 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="20.04"\n' >"$root/etc/os-release"
make_package xrdp 0.9.12-1.1
make_package xorgxrdp 1:0.2.12-1
make_package openvpn3 13~beta-1+focal
make_package libssl3 1.1.1f-1ubuntu2
make_package libfreerdp2-2 2.2.0+dfsg1-0ubuntu0.20.04.3 'libssl3'
make_package bystander 1.0-1
index_repository
run_apt update >"$lab/out" 2>&1 &&
    run_apt install -y xrdp xorgxrdp openvpn3 libfreerdp2-2 bystander >>"$lab/out" 2>&1 ||
    cat "$lab/out"
use_hook
for each in 2023-09-xrdp 2021-07-openvpn3 2022-openssl3; do
    publish "$each" >"$lab/out" 2>&1 || { cat "$lab/out"; exit 1; }
done

# The day on which each comes alone; OpenSSL comes with an engine that is mended and needs it.
make_package xrdp 0.9.21.1-1~deb11u1
make_package openvpn3 14~beta+focal
make_package libssl3 3.0.2-0ubuntu1
make_package libfreerdp2-2 2.8.1+dfsg1-1 'libssl3 (>= 3.0.2)'
make_package bystander 1.1-1
index_repository
run_apt update >"$lab/out" 2>&1
guard refresh >"$lab/out" 2>&1 || cat "$lab/out"
guard status >"$lab/status" 2>&1
holds "xrdp is held" grep -q 'VDI-2023-001' "$lab/status"
holds "openvpn3 is held" grep -q 'VDI-2021-002' "$lab/status"
holds "two versions are pinned" [ "$(grep -c '^Package:' "$root/etc/apt/preferences.d/vigie.pref")" = 2 ]
run_apt dist-upgrade -y >"$lab/out" 2>&1 || cat "$lab/out"
have "what breaks stays, the rest goes in" xrdp=0.9.12-1.1 openvpn3=13~beta-1+focal \
    libssl3=3.0.2-0ubuntu1 libfreerdp2-2=2.8.1+dfsg1-1 bystander=1.1-1
status=0
guard check >"$lab/out" 2>&1 || status=$?
holds "this computer is not broken" [ "$status" = 0 ]

# Asked for by name: alone it is stopped, with its other half it passes.
make_package xorgxrdp 1:0.2.12-1+deb11u1
index_repository
run_apt update >"$lab/out" 2>&1
status=0
run_apt install -y xrdp=0.9.21.1-1~deb11u1 >"$lab/out" 2>&1 || status=$?
holds "alone it is stopped" [ "$status" = 100 ]
holds "the reason is said" grep -q 'needs a newer xorgxrdp' "$lab/out"
run_apt install -y xrdp=0.9.21.1-1~deb11u1 xorgxrdp=1:0.2.12-1+deb11u1 >"$lab/out" 2>&1 ||
    cat "$lab/out"
have "both halves together" xrdp=0.9.21.1-1~deb11u1 xorgxrdp=1:0.2.12-1+deb11u1

# The repaired version installs by itself, and nothing is pinned any more.
make_package openvpn3 15~beta+focal
index_repository
run_apt update >"$lab/out" 2>&1
run_apt dist-upgrade -y >"$lab/out" 2>&1 || cat "$lab/out"
have "the repair" openvpn3=15~beta+focal
run_apt update >"$lab/out" 2>&1
holds "no pin is left" [ ! -e "$root/etc/apt/preferences.d/vigie.pref" ]

finish
