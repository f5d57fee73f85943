#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a simulation costs: whole processes over a made-up fleet, from a file that is in memory, beside
# `wc -l` and an awk program over the same bytes. Printed, never judged.
#
#   tests/bench/simulate.sh BUILD [MACHINES [PACKAGES [RULES [RUNS]]]]
#
# By default a tenth of the size that counts, which is 100000 1000 5000 and takes 4 GB below TMPDIR.
# No two machines are alike (fleet.c), every package is named by some rule, and a fortieth of the
# rules is true of a quarter of the machines: the caches have it as hard as they can.
#
# The awk program asks far less: which machines have one of the very versions in a list, without an
# order of versions, other facts, unknowns, or an update.
set -eu

build=$(cd "$1" && pwd)
machines=${2:-10000}
packages=${3:-1000}
rules=${4:-5000}
runs=${5:-3}
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$build/tests/bench/fleet" rules "$rules" "$packages" >"$lab/compat.json"
"$build/tests/bench/fleet" machines "$machines" "$packages" >"$lab/fleet"
# As many exact versions as there are rules.
head -n $((packages * 4)) "$lab/fleet" | awk -v n="$rules" '!/^@/ && !seen[$1 " " $2]++ && n-- > 0 { print $1, $2 }' \
    >"$lab/bad"
cat >"$lab/naive.awk" <<'AWK'
NR == FNR { bad[$1 " " $2]; next }
/^@/ { broken += hit; hit = 0; next }
($1 " " $2) in bad { hit = 1 }
END { print broken + hit }
AWK
update=$(awk '!/^@/ { print $1; exit }' "$lab/fleet")

printf '%s machines of %s packages (%s bytes), %s rules, %s processors, load %s\n' "$machines" \
    "$packages" "$(wc -c <"$lab/fleet")" "$rules" "$(nproc)" "$(cut -d ' ' -f 1 /proc/loadavg)"
"$build/tests/bench/interleave" "$runs" \
    "wc -l" wc -l "$lab/fleet" -- \
    "awk, exact versions alone" awk -f "$lab/naive.awk" "$lab/bad" "$lab/fleet" -- \
    "simulate" "$build/compat/vdi-manifest" simulate "$lab/compat.json" --inventory "$lab/fleet" \
    --at 2026-11-22T08:00:00Z -- \
    "simulate --update" "$build/compat/vdi-manifest" simulate "$lab/compat.json" --inventory "$lab/fleet" \
    --update "$update=99:1" --at 2026-11-22T08:00:00Z \
    | tee "$lab/times"
awk -v machines="$machines" '
    { wall = cpu = $0; sub(/ ms.*/, "", wall); sub(/.* /, "", wall)
      sub(/.*processor */, "", cpu); sub(/ ms.*/, "", cpu) }
    /^  awk/ { awk_wall = wall }
    /^  simulate/ { printf "  %-20s %d machines a second, %.2f processors used, awk takes %.1f times as long\n",
        $1 ($2 == "--update" ? " " $2 : "") ":", machines * 1000 / wall, cpu / wall, awk_wall / wall }' "$lab/times"
