#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The hook line of packaging/apt with real apt: one exit status stops it, no other and no accident.
set -u

here=$VDI_TEST_SOURCE/tests/compat/guard
. "$here/apt_root.sh"
if missing=$(missing_tool); then
    echo "SKIP: the hook line: needs $missing"
    exit 77
fi
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
chmod 755 "$lab"
build=$lab/build
source=$VDI_TEST_SOURCE
passed=0
failed=0

# check NAME APT-STATUS VERSION: what apt ended with, and what is installed afterwards.
check()
{
    rm -rf "$root"
    cp -a "$lab/before" "$root"
    status=0
    run_apt install -y thing >"$lab/out" 2>&1 || status=$?
    if [ "$status" = "$2" ] && [ "$(version_of thing)" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not as it must be: $1: apt-get ended with $status, installed is \"$(version_of thing)\""
        cat "$lab/out"
    fi
}

# script BODY: the hook is a shell script.
script()
{
    printf '#!/bin/sh\n%s\n' "$1" >"$build/compat/vdi-hook"
    chmod 755 "$build/compat/vdi-hook"
}

mkdir -p "$build/compat"
make_root
make_package thing 1.0
index_repository
run_apt update >"$lab/out" 2>&1 || { cat "$lab/out"; exit 1; }
use_hook
cp -a "$root" "$lab/before"

for status in 0 1 2 10 64 79 81 99 100 126 127 134 137 139 255; do
    script "exit $status"
    check "exit status $status goes on" 0 1.0
done
script 'exit 80'
check "exit status 80 stops" 100 ''
script 'kill -ABRT $$'
check "an abort goes on" 0 1.0
script 'kill -KILL $$'
check "a kill goes on" 0 1.0
script 'kill -SEGV $$'
check "a crash goes on" 0 1.0
script 'exec 20<&-; exit 3'
check "a hook that does not read goes on" 0 1.0
script 'head -n 1 /dev/fd/20 | grep -qx "VERSION 3" && test "$APT_HOOK_INFO_FD" = 20 && exit 80'
check "protocol 3 on descriptor 20 is what it gets" 100 ''
chmod 644 "$build/compat/vdi-hook"
check "a hook that may not be run goes on" 0 1.0
rm "$build/compat/vdi-hook"
check "a hook that is gone goes on" 0 1.0
rm -rf "$build"
check "a folder that is gone goes on" 0 1.0

printf '\n%d passed, %d failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
