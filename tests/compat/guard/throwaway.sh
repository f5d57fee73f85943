#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# For tests of vdi-guard's commands: a throw-away system below $root, in the test's own folder $lab.
# Sourced.
set -u

build=$VDI_TEST_BUILD
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
chmod 755 "$lab"
root=$lab/root
. "$VDI_TEST_SOURCE/tests/support/check.sh"

# needs_root NAME: what is trusted must be root's.
needs_root()
{
    if [ "$(id -u)" -ne 0 ]; then
        echo "SKIP: $1: needs root (what is trusted must be root's)"
        exit 77
    fi
}

guard()
{
    verb=$1
    shift
    "$build/compat/vdi-guard" "$verb" --root "$root" --simulation "$lab/system.json" "$@"
}

manifest()
{
    "$build/compat/vdi-manifest" "$@" >"$lab/made" 2>&1 || { cat "$lab/made"; exit 1; }
}
