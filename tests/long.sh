#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# One long check: its words go to build/NAME.log, and what it counted is printed when it ends. run.sh
# starts as many at a time as there are processors.
#
#   tests/long.sh NAME COMMAND…
set -eu

name=$1
shift
began=$(date +%s)
status=0
"$@" >"build/$name.log" 2>&1 || status=$?
verdict=well
[ $status = 0 ] || verdict="FAILED: exit status $status"
printf '%s: %s, %d s\n' "$name" "$verdict" $(($(date +%s) - began))
[ $status = 0 ] || tail -n 60 "build/$name.log"
sed -n 's/^stat::number_of_executed_units: /  executions: /p; /torn states\|blocks\| worlds: \| passed, /s/^ */  /p' \
    "build/$name.log"
exit $status
