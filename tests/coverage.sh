#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Branch coverage of compat/trust and compat/rules by the tests of compat: builds with counters, runs
# them, prints a table a room. Fails below LEAST percent of the branches of a room.
#
#   tests/coverage.sh [ROOM…]    default: trust rules. In build/coverage
set -eu

cd "$(dirname "$0")/.."
build=build/coverage
LEAST=95
[ $# -gt 0 ] || set -- trust rules

# Lines whose branches are not counted: assertions, which never fail; what aborts when memory runs out
# or OpenSSL has no algorithm that it always has; and what GLib's macros ask of every pointer.
EXCLUDED='.*(g_assert|g_error|out of memory|made\(|made_by_openssl|EVP_Digest|G_DEFINE_|g_clear_pointer).*'

for room in "$@"; do
    [ -d "compat/$room" ] || { echo "coverage: no such room: compat/$room" >&2; exit 64; }
done
command -v gcovr >/dev/null 2>&1 || { echo "coverage: gcovr is missing (packaging/deps.sh --full)" >&2; exit 69; }
[ -e "$build/build.ninja" ] ||
    meson setup "$build" -Db_coverage=true -Doptimization=0 -Dui=disabled -Drdp=disabled >"$build.log" 2>&1 ||
    { cat "$build.log"; exit 1; }
ninja -C "$build" >"$build.log" 2>&1 || { tail -n 40 "$build.log"; exit 1; }
find "$build" -name '*.gcda' -delete
case " $* " in
*' trust '*) suites='--suite compat --suite compat/trust' ;;
*) suites='--suite compat' ;;
esac
# Programs that are killed half-way count for nothing.
# shellcheck disable=SC2086
names=$(meson test -C "$build" --no-rebuild --list $suites 2>/dev/null |
    sed -n 's|.* / ||p' | grep -v -e _faults -e hook_memory)
# shellcheck disable=SC2086
# Who runs as another user cannot write the counters, and says so in between: other builds judge.
meson test -C "$build" --no-rebuild -t 4 $names >"$build.log" 2>&1 ||
    grep -E '^ *[0-9]+/[0-9]+ .*(FAIL|TIMEOUT|ERROR)' "$build.log" || true

echo "Lines that are not counted: $EXCLUDED"
failed=0
for room in "$@"; do
    gcovr --root . --object-directory "$build" --filter "compat/$room/" --branches --sort-percentage \
        --exclude-branches-by-pattern "$EXCLUDED" --fail-under-branch "$LEAST" --print-summary || failed=1
done
exit $failed
