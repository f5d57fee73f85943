#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How long the guard keeps somebody waiting: vdi-guard check and vdi-hook, whole processes, over a
# copy of this machine's package database. `dpkg-query -W` stands beside them.
#
#   tests/bench/guard.sh BUILD [RUNS]        as root: what is trusted must be root's
set -eu

build=$(cd "$1" && pwd)
runs=${2:-60}
[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
umask 022

# An organisation with N blocking rules, none of them true, each of a package that is installed.
prepare()
{
    root=$lab/root-$1
    mkdir -p "$root/etc/vdi/orgs/bench" "$root/var/lib/dpkg"
    cp /var/lib/dpkg/status "$root/var/lib/dpkg/status"
    cp /etc/os-release "$root/etc/os-release"
    "$build/compat/vdi-manifest" init "$lab/$1" --id bench >/dev/null
    {
        printf '{"schema":"https://vigie.example/manifest/1","id":"bench","issued":"%s","rules":[' \
            "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
        dpkg-query -W -f '${Package}\n' | sort -u | awk -v n="$1" -v end="$(date -u -d '+60 days' +%Y-%m-%d)" '
            { name[NR - 1] = $0 }
            END { for (i = 0; i < n; i++) printf "%s{\"id\":\"R%d\",\"effect\":\"block\"," \
                "\"title\":{\"en\":\"It breaks\"},\"message\":{\"en\":\"Wait for {fixed}.\"}," \
                "\"when\":{\"package\":{\"purl\":\"pkg:deb/debian/%s\",\"version\":\"vers:deb/>=99:1|<99:2\"}}," \
                "\"remedies\":[{\"category\":\"vendor_fix\",\"action\":\"upgrade-package\"," \
                "\"package\":\"pkg:deb/debian/%s\",\"version\":\"99:2\"}],\"expires\":\"%sT00:00:00Z\"}",
                i ? "," : "", i, name[i % NR], name[i % NR], end }'
        printf ']}\n'
    } >"$lab/$1/compat.json"
    "$build/compat/vdi-manifest" sign "$lab/$1" >/dev/null 2>&1
    "$build/compat/vdi-manifest" publish "$lab/$1" --to "$lab/web-$1" >/dev/null
    cp "$lab/$1/metadata/1.root.json" "$root/etc/vdi/orgs/bench/root.json"
    printf '[organisation]\nurl = %s\n' "$lab/web-$1" >"$root/etc/vdi/orgs/bench/org.conf"
    echo '{"format":1,"installed":[],"offered":[]}' >"$lab/system.json"
    "$build/compat/vdi-guard" refresh --root "$root" --simulation "$lab/system.json" >/dev/null
}

# measure NAME COMMAND…
measure()
{
    name=$1
    shift
    i=0
    : >"$lab/times"
    while [ "$i" -lt "$runs" ]; do
        before=$(date +%s%N)
        "$@" >/dev/null 2>&1 || true
        echo $((($(date +%s%N) - before) / 1000)) >>"$lab/times"
        i=$((i + 1))
    done
    sort -n "$lab/times" | awk -v name="$name" '{ t[NR] = $1 / 1000 } END {
        printf "%-34s median %6.1f ms   p95 %6.1f ms   least %6.1f ms\n", name,
            t[int((NR + 1) / 2)], t[int(NR * 0.95)], t[1] }'
}

hook()
{
    APT_HOOK_INFO_FD=9 "$build/compat/vdi-hook" --root "$root" 9<"$lab/stream"
}

printf 'VERSION 3\nA=b\n\nbash 1 amd64 none < 2 amd64 none /a/bash.deb\n' >"$lab/stream"
printf '%s packages, %s runs; each figure holds the start of a process and of date(1)\n' \
    "$(dpkg-query -W | wc -l)" "$runs"
measure "an empty program" /bin/true
measure "dpkg-query -W" dpkg-query -W
for n in 1 5000; do
    prepare "$n"
    measure "vdi-guard check, $n rules" "$build/compat/vdi-guard" check --root "$root"
    measure "vdi-hook, $n rules" hook
done
