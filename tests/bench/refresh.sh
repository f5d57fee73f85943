#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a refresh costs: whole processes beside empty programs that link the same libraries; the
# largest manifest beside `openssl dgst`; bytes on the wire. Printed, never judged.
#
#   tests/bench/refresh.sh BUILD [RUNS]        as root: what is trusted must be root's
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
runs=${2:-30}
[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }
[ -x "$build/tests/lab/lab-web" ] || { echo "needs the lab (libmicrohttpd)"; exit 77; }
lab=$(mktemp -d)
servers=
finish()
{
    for server in $servers; do kill "$server" 2>/dev/null || true; done
    rm -rf "$lab"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
umask 022
bench=$build/tests/bench
guard=$build/compat/vdi-guard
tag_empty='an empty program of the same libraries'

# author NAME RULES BYTES: a signed and published list of so many rules of so many bytes each.
author()
{
    "$build/compat/vdi-manifest" init "$lab/$1" --id bench >/dev/null
    awk -v n="$2" -v bytes="$3" -v now="$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
        -v end="$(date -u -d '+60 days' +%Y-%m-%dT00:00:00Z)" 'BEGIN {
        printf "{\"schema\":\"https://vigie.example/manifest/1\",\"id\":\"bench\",\"issued\":\"%s\",\"rules\":[", now
        for (i = 0; i < n; i++) {
            rule = sprintf("{\"id\":\"R%d\",\"effect\":\"block\",\"title\":{\"en\":\"It breaks\"},\"when\":" \
                "{\"package\":{\"purl\":\"pkg:deb/debian/lib%d\",\"version\":\"vers:deb/>=2|<3\"}},\"remedies\":" \
                "[{\"category\":\"vendor_fix\",\"action\":\"upgrade-package\",\"package\":\"pkg:deb/debian/lib%d\"," \
                "\"version\":\"3\"}],\"expires\":\"%s\",\"message\":{\"en\":\"Wait for {fixed}.", i, i, i, end)
            while (length(rule) < bytes - 4) rule = rule " word"
            printf "%s%s\"}}", i ? "," : "", rule
        }
        print "]}" }' >"$lab/$1/compat.json"
    "$build/compat/vdi-manifest" sign "$lab/$1" >/dev/null 2>"$lab/said" || { cat "$lab/said"; exit 1; }
    "$build/compat/vdi-manifest" publish "$lab/$1" --to "$lab/web-$1" >/dev/null
}

# machine ROOT AUTHOR URL [MORE]
machine()
{
    mkdir -p "$1/etc/vdi/orgs/bench"
    cp /etc/os-release "$1/etc/os-release"
    cp "$lab/$2/metadata/1.root.json" "$1/etc/vdi/orgs/bench/root.json"
    printf '[organisation]\nurl = %s\n%b' "$3" "${4:-}" >"$1/etc/vdi/orgs/bench/org.conf"
}

wait_for()
{
    tries=500
    while [ ! -s "$1" ] && [ "$tries" -gt 0 ]; do
        tries=$((tries - 1))
        sleep 0.02
    done
}

# serve NAME AUTHOR [OPTIONS]: a web server and a counter before it; sets $port.
serve()
{
    name=$1 folder=$lab/web-$2
    shift 2
    "$build/tests/lab/lab-web" --folder "$folder" --port-file "$lab/$name.web" \
        --log "$lab/$name.log" "$@" &
    servers="$servers $!"
    wait_for "$lab/$name.web"
    "$bench/wire" "$(cat "$lab/$name.web")" "$lab/$name.port" "$lab/$name.count" &
    servers="$servers $!"
    wait_for "$lab/$name.port"
    port=$(cat "$lab/$name.port")
}

# count NAME ROOT: connections, bytes sent and received by one refresh.
count()
{
    wait_count()
    {
        sleep 0.3 # the last connection's end
        cat "$lab/$1.count" 2>/dev/null || echo 0 0 0
    }
    before=$(wait_count "$1")
    "$guard" refresh --lists-only --root "$2" >/dev/null
    echo "$before $(wait_count "$1")" | awk '{ print $4 - $1, $5 - $2, $6 - $3 }'
}

# wire_report NAME ROOT: of an unchanged refresh, and a million of them a day.
wire_report()
{
    count "$1" "$2" >/dev/null # all of it, the first time
    set -- "$1" "$2" $(count "$1" "$2")
    awk -v name="$1" -v n="$3" -v up="$4" -v down="$5" 'BEGIN {
        all = up + down
        printf "  %-44s %d connections, %d bytes sent, %d received: %d\n", name, n, up, down, all
        printf "  %-44s %.1f GB a day hourly, %.1f every 6 h\n", "  a million machines", all * 24e6 / 1e9,
            all * 4e6 / 1e9 }'
}

dir=$lab
mkdir -p "$dir/lab/certificates" "$dir/lab/log"
. "$source/tests/lab/certificates.sh"
certificates=$dir/lab/certificates
openssl_log=$dir/lab/log/openssl.log
new_authority ca '/CN=bench'
new_certificate web ca "$(date -u -d '-1 day' +%y%m%d%H%M%SZ)" "$(date -u -d '+9 days' +%y%m%d%H%M%SZ)" \
    localhost 'IP:127.0.0.1, DNS:localhost'

author usual 100 500
serve http usual
http="http://127.0.0.1:$port"
serve https usual --certificate "$certificates/web.pem" --key "$certificates/web.key"
https="https://127.0.0.1:$port"

load()
{
    cut -d ' ' -f 1 /proc/loadavg
}

printf 'A refresh of one organisation (100 rules, %s bytes), %s runs, load %s\n' \
    "$(wc -c <"$lab/usual/compat.json")" "$runs" "$(load)"
machine "$lab/known" usual "$http" 'plain-http = true\n'
machine "$lab/tls" usual "$https" "ca = $certificates/ca.pem\n"
chmod -R go-w "$lab"
"$guard" refresh --lists-only --root "$lab/known" >/dev/null
"$guard" refresh --lists-only --root "$lab/tls" >/dev/null
i=0
while [ "$i" -lt "$runs" ]; do
    machine "$lab/new-$i" usual "$http" 'plain-http = true\n'
    i=$((i + 1))
done
"$bench/interleave" "$runs" \
    "$tag_empty as vdi-guard" "$bench/empty_guard" -- \
    "$tag_empty as vdi-fetch" "$bench/empty_fetch" -- \
    "--if-due, and it is not" "$guard" refresh --if-due --lists-only --root "$lab/known" -- \
    "nothing new, http (starts vdi-fetch once)" "$guard" refresh --lists-only --root "$lab/known" -- \
    "nothing new, https" "$guard" refresh --lists-only --root "$lab/tls" -- \
    "everything new, http (four times)" "$guard" refresh --lists-only --root "$lab/new-%d" \
    | tee "$lab/times"
awk '{ sub(/^.*processor */, ""); ms[NR] = $1 } END {
    printf "  beyond those empty programs, processor: nothing new %.1f ms, everything new %.1f ms\n",
        ms[4] - ms[1] - ms[2], ms[6] - ms[1] - 4 * ms[2] }' "$lab/times"

echo
echo "Bytes on the wire of an unchanged refresh (payload of TCP)"
wire_report http "$lab/known"
wire_report https "$lab/tls"

echo
author largest 12000 465
printf 'Verifying the largest manifest (%s bytes) from the root of trust on, %s runs, load %s\n' \
    "$(wc -c <"$lab/largest/compat.json")" "$runs" "$(load)"
machine "$lab/large" largest "$lab/web-largest"
"$guard" refresh --lists-only --root "$lab/large" >/dev/null
store=$lab/large/var/lib/vdi/orgs/bench
"$bench/interleave" "$runs" \
    "openssl dgst -sha256" openssl dgst -sha256 "$store/compat.json" -- \
    "vdi_trust_load" "$bench/verify" "$lab/large/etc/vdi/orgs/bench/root.json" "$store" compat.json
