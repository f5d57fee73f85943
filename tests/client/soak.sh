#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The main job over and over in one process, against the lab: nothing that it holds may grow.
#
#   tests/client/soak.sh BUILD TIMES
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
folder=$(mktemp -d)
trap 'sh "$source/tests/lab/lab" down --dir "$folder/lab" >/dev/null 2>&1; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

sh "$source/tests/lab/lab" up --dir "$folder/lab" --build "$build" --json >"$folder/lab.json"
broker=$(sed -n 's/.*"broker": "\([^"]*\)".*/\1/p' "$folder/lab.json")
mkdir -p "$folder/root/etc/vdi"
XDG_CONFIG_HOME="$folder" "$build/tests/client/soak_connect" "$2" --server "$broker" \
    --ca "$folder/lab/ca.pem" --user ada --password-file "$folder/lab/passwords/ada" --desktop Office \
    --root "$folder/root" --no-refresh --display none --screenshot "$folder/out.png" --once \
    2>"$folder/words" || { tail -n 5 "$folder/words"; exit 1; }
