#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The incident is replayed whole (incident.sh); its words are shown when a step is not as it must be.
set -u

here=$VDI_TEST_SOURCE/tests/compat/guard
. "$here/apt_root.sh"
if missing=$(missing_tool); then
    echo "SKIP: incident: needs $missing"
    exit 77
fi
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
chmod 755 "$lab"
if sh "$here/incident.sh" "$VDI_TEST_BUILD" "$lab/incident" "$VDI_TEST_SOURCE" >"$lab/log" 2>&1; then
    printf '\n1 passed, 0 failed, 0 skipped\n'
    exit 0
fi
cat "$lab/log"
printf '\n0 passed, 1 failed, 0 skipped\n'
exit 1
