#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The numbers, printed side by side; nothing here passes or fails by a time.
#
#   tests/bench/run.sh [BUILD] [RUNS]
#
# Both clients meet the same lab desktops, one after the other, so that a busy minute hits both.
# Above a load of 1.5 wall times are not worth reading: the load is printed.
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$source/build}" && pwd)
runs=${2:-10}
for part in xfreerdp3 Xvfb freerdp-shadow-cli3; do
    command -v "$part" >/dev/null 2>&1 || {
        echo "bench: skipped, $part is missing" >&2
        exit 0
    }
done

folder=$(mktemp -d)
screen=
finish()
{
    [ -z "$screen" ] || kill "$screen" 2>/dev/null || true
    sh "$source/tests/lab/lab" down --dir "$folder/lab" >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

sh "$source/tests/lab/lab" up --dir "$folder/lab" --build "$build" --size 1280x800 >/dev/null
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -noreset -s 0 3>"$folder/display" 2>/dev/null &
screen=$!
tries=500
while [ ! -s "$folder/display" ] && [ "$tries" -gt 0 ]; do
    tries=$((tries - 1))
    sleep 0.02
done

# The value of KEY in the scenario's group of desktop NAME.
value()
{
    awk -v group="[desktop $1]" -v key="$2" '/^\[/ { inside = ($0 == group) }
        inside && $1 == key && $2 == "=" { sub(/^[^=]*= */, ""); print; exit }' \
        "$source/tests/lab/scenario.ini"
}

first_frame()
{
    . "$folder/lab/lab/run/$1.desktop"
    printf '%s, xfreerdp3 %s, load %s\n' "$2" "$3" "$(cut -d ' ' -f 1 /proc/loadavg)"
    HOME="$folder" "$build/tests/bench/first_frame" "$runs" "$build/protocol/rdp/vdi-session" \
        "$desktop_port" "$(value "$1" user)" "$(value "$1" domain)" "$(value "$1" password)" \
        "$folder/lab/ca.pem" "$desktop_display" ":$(cat "$folder/display")" "$3"
}

echo "Time to first frame, from host and credential known (milliseconds)"
first_frame office TLS /gfx:RFX
first_frame engineering NLA /gfx:RFX

echo
echo "The guard, whole processes, over this machine's package database"
sh "$source/tests/bench/guard.sh" "$build" 21 "$build/guard.svg" || [ $? -eq 77 ]

echo
echo "A manifest tried on a fleet, a tenth of the size (all of it: tests/bench/simulate.sh BUILD 100000)"
sh "$source/tests/bench/simulate.sh" "$build"

echo
echo "Getting a list and verifying it"
sh "$source/tests/bench/refresh.sh" "$build" || [ $? -eq 77 ]
