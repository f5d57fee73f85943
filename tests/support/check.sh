#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# For tests of commands, which source it: they count, and say what was not as it must be. `lab` is
# the test's own folder; what the last command said is in $lab/out.

passed=0
failed=0
skipped=0

# check NAME STATUS PATTERN COMMAND…: exit status, and a line of what is said ('': nothing is).
check()
{
    name=$1 due=$2 pattern=$3
    shift 3
    status=0
    "$@" >"$lab/saying" 2>&1 || status=$?
    mv "$lab/saying" "$lab/out" # so that a command may read what the one before it said
    if [ "$status" = "$due" ] &&
        if [ -n "$pattern" ]; then grep -q -e "$pattern" "$lab/out"; else [ ! -s "$lab/out" ]; fi; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not as it must be: $name: status $status, $due is due; \"$pattern\" in:"
        cat "$lab/out"
    fi
}

# holds NAME COMMAND…: the command succeeds. $lab/out stays.
holds()
{
    name=$1
    shift
    if "$@" >"$lab/held" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not as it must be: $name: $*"
        cat "$lab/held"
    fi
}

# The last command of a test: the sum, which tests/run.sh adds up.
finish()
{
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ]
}
