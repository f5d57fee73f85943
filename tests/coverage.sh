#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Branch coverage of compat/trust by its own tests: builds with counters, runs them, prints the table.
# Fails below LEAST percent of the branches.
#
#   tests/coverage.sh [BUILD]    default: build/coverage
set -eu

cd "$(dirname "$0")/.."
build=${1-build/coverage}
LEAST=95

# Lines whose branches are not counted: assertions, which never fail; what aborts when memory runs out
# or OpenSSL has no algorithm that it always has; and what GLib's macros ask of every pointer.
EXCLUDED='.*(g_assert|g_error|out of memory|made\(|made_by_openssl|EVP_Digest|G_DEFINE_|g_clear_pointer).*'

command -v gcovr >/dev/null 2>&1 || { echo "coverage: gcovr is missing (packaging/deps.sh --full)" >&2; exit 69; }
[ -e "$build/build.ninja" ] ||
    meson setup "$build" -Db_coverage=true -Doptimization=0 -Dui=disabled -Drdp=disabled >"$build.log" 2>&1 ||
    { cat "$build.log"; exit 1; }
ninja -C "$build" >"$build.log" 2>&1 || { tail -n 40 "$build.log"; exit 1; }
find "$build" -name '*.gcda' -delete
# Programs that are killed half-way count for nothing.
names=$(meson test -C "$build" --no-rebuild --list --suite compat/trust --suite compat 2>/dev/null |
    sed -n 's|.* / ||p' | grep -v -e _faults -e hook_memory)
# shellcheck disable=SC2086
# Who runs as another user cannot write the counters, and says so in between: other builds judge.
meson test -C "$build" --no-rebuild -t 4 $names >"$build.log" 2>&1 ||
    grep -E '^ *[0-9]+/[0-9]+ .*(FAIL|TIMEOUT|ERROR)' "$build.log" || true

echo "Lines that are not counted: $EXCLUDED"
gcovr --root . --object-directory "$build" --filter 'compat/trust/' --branches --sort-percentage \
    --exclude-branches-by-pattern "$EXCLUDED" --fail-under-branch "$LEAST" --print-summary
