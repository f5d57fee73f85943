#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How much memory the guard may take of a machine, at its ceilings: as many rules as a list may have,
# in nearly as many bytes, over 3,000 packages. Time depends on who else is there and is printed by
# guard.sh; memory does not. What is compared is the verdict too: the heaviest list still says what
# is true.
. "$VDI_TEST_SOURCE/tests/compat/guard/throwaway.sh"

needs_root "the weight of the guard"

CHECK_MIB=24 REFRESH_MIB=48

# weighs CASE AT-MOST-MIB STATUS COMMAND…: the peak of that process, as its parent is told.
weighs()
{
    case=$1 most=$2 answer=$3
    shift 3
    "$build/tests/bench/interleave" 1 "$case" "$@" <"$lab/stream" >"$lab/weighed"
    peak=$(sed -n 's/.*peak *\([0-9]*\)[.].*/\1/p' "$lab/weighed")
    check "$case: $peak MiB" 0 '' test "${peak:-99999}" -lt "$most"
    check "$case: it says what is true" "$answer" '' sh -c '"$@" <"$0" >/dev/null 2>&1' "$lab/stream" "$@"
}

umask 022
mkdir -p "$root/etc/vdi/orgs/corp" "$root/var/lib/dpkg"
printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
echo '{"format": 1, "installed": [], "offered": []}' >"$lab/system.json"
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "Package: package-with-a-name-%d\nStatus: install ok " \
    "installed\nArchitecture: amd64\nVersion: 1.%d-1\nDescription: so many\n\n", i, i }' >"$root/var/lib/dpkg/status"
printf 'VERSION 3\nA=b\n\npackage-with-a-name-7 1.7-1 amd64 none < 2 amd64 none /a.deb\n' >"$lab/stream"
manifest init "$lab/corp" --id corp
# The last of them is true.
awk -v end="$(date -u -d '+60 days' +%Y-%m-%dT00:00:00Z)" -v now="$(date -u +%Y-%m-%dT%H:%M:%SZ)" 'BEGIN {
    while (length(words) < 120) words = words "word "
    printf "{\"schema\":\"https://vigie.example/manifest/1\",\"id\":\"corp\",\"issued\":\"%s\",\"rules\":[", now
    n = 16384
    for (i = 0; i < n; i++) printf "%s{\"id\":\"R%d\",\"effect\":\"block\",\"title\":{\"en\":\"It breaks\"}," \
        "\"message\":{\"en\":\"%d %s\"},\"expires\":\"%s\",\"when\":{\"package\":{\"purl\":" \
        "\"pkg:deb/debian/package-with-a-name-%d\",\"version\":\"vers:deb/>=%d:0.%d|<99:1\"}}}", \
        i ? "," : "", i, i, words, end, i % 3000, i + 1 < n, i
    print "]}" }' >"$lab/corp/compat.json"
manifest sign "$lab/corp"
manifest publish "$lab/corp" --to "$lab/web"
cp "$lab/corp/metadata/1.root.json" "$root/etc/vdi/orgs/corp/root.json"
printf '[organisation]\nurl = %s\n' "$lab/web" >"$root/etc/vdi/orgs/corp/org.conf"

weighs "refresh, 16,384 rules" $REFRESH_MIB 0 \
    "$build/compat/vdi-guard" refresh --root "$root" --simulation "$lab/system.json"
weighs "check, 16,384 rules, 3,000 packages" $CHECK_MIB 80 "$build/compat/vdi-guard" check --root "$root"
weighs "explain, which makes every rule" $CHECK_MIB 80 "$build/compat/vdi-guard" explain R16383 --root "$root"
APT_HOOK_INFO_FD=0
export APT_HOOK_INFO_FD
weighs "vdi-hook, 16,384 rules, 3,000 packages" $CHECK_MIB 0 "$build/compat/vdi-hook" --root "$root"

finish
