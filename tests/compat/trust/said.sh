#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# For tests of vdi-manifest, which source it: one check a sentence. What the last command said is in
# ./said, so that more can be asked of it.

passed=0 failed=0

fail()
{
    failed=$((failed + 1))
    echo "FAILED: $1"
    cat said
}

# check SENTENCE STATUS COMMAND…: the command ends with STATUS
check()
{
    sentence=$1 expected=$2 status=0
    shift 2
    "$@" >said 2>&1 || status=$?
    if [ "$status" = "$expected" ]; then
        passed=$((passed + 1))
    else
        fail "$sentence: status $status instead of $expected"
    fi
}

# said SENTENCE PATTERN: the last command's words hold it
said()
{
    if grep -q -e "$2" said; then passed=$((passed + 1)); else fail "$1"; fi
}

# unsaid SENTENCE PATTERN: and these do not
unsaid()
{
    if grep -q -e "$2" said; then fail "$1"; else passed=$((passed + 1)); fi
}

finish()
{
    echo "$passed passed, $failed failed, 0 skipped"
    [ $failed = 0 ]
}
