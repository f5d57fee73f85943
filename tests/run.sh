#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Passes all the tests, from a clean clone on Debian 12 or 13, as root or with sudo.
#
#   tests/run.sh          the landing tier: gcc, gcc with ASan and UBSan, clang, the build without
#                         ui and RDP, layout, walls
#   tests/run.sh --full   and what takes long: fuzzing (a minute a target), 100,000 versions asked
#                         of each package manager, 200,000 holds against every subset, another
#                         implementation of The Update Framework, the main job 60 times in one
#                         process, the bench
#
# What it needs, packaging/deps.sh installs. It asks nothing, leaves its builds in build/ (so a second
# run is quick) and ends with "N passed, N failed, N skipped"; a skip names what was missing.
set -eu

cd "$(dirname "$0")/.."
full=
case "${1-}" in
'') ;;
--full) full=yes ;;
*)
    printf 'run: unknown option %s (known: --full)\n' "$1" >&2
    exit 64
    ;;
esac

FUZZ_SECONDS=60
SOAK_TIMES=60
ORACLE_PAIRS=100000
HOLDS=200000
FLEETS=10000
ARCHIVES=200
began=$(date +%s)
broken=
mkdir -p build
rm -f build/*.log build/*.testlog

say()
{
    printf '[%4ds] %s\n' $(($(date +%s) - began)) "$*"
}

# build NAME MESON-OPTIONS…: configures once, compiles; its words are kept and shown on failure.
build()
{
    name=$1
    shift
    say "building $name"
    if [ ! -e "build/$name/build.ninja" ]; then
        rm -rf "build/$name"
        meson setup "build/$name" -Dwerror=true "$@" >"build/$name.log" 2>&1 || { failed "$name"; return 1; }
    fi
    ninja -C "build/$name" >>"build/$name.log" 2>&1 || { failed "$name"; return 1; }
}

failed()
{
    tail -n 60 "build/$1.log"
    say "FAILED: $1"
    broken="$broken $1"
}

# run_tests NAME TIMEOUT-FACTOR: every test of that build; results are read from its log.
run_tests()
{
    say "testing $1"
    meson test -C "build/$1" --no-rebuild -t "$2" >"build/$1.log" 2>&1 || true
    grep -E '^ *[0-9]+/[0-9]+ .*(FAIL|TIMEOUT|ERROR|SKIP|KILLED)' "build/$1.log" || true
    cp "build/$1/meson-logs/testlog.txt" "build/$1.testlog"
    [ -s "build/$1.testlog" ] || broken="$broken $1"
}

# What takes long, a line each, the longest first: a name and its command.
long_checks()
{
    for name in compat/trust/test_store_faults compat/trust/test_publish_faults \
        compat/guard/test_hook_memory compat/rules/test_oracles compat/rules/test_hold_oracle \
        compat/simulation/test_simulation; do
        echo "${name##*/} build/plain/tests/$name"
    done
    echo "apt_offers sh tests/compat/host/test_apt_offers.sh"
    for target in build/fuzz/tests/fuzz/fuzz_*; do
        [ -x "$target" ] && [ ! -d "$target" ] || continue
        name=${target##*/}
        mkdir -p "build/$name.corpus"
        echo "$name $target -max_total_time=$FUZZ_SECONDS -timeout=10 -rss_limit_mb=2048" \
            "-print_final_stats=1 -artifact_prefix=build/$name- build/$name.corpus" \
            "tests/fuzz/corpus/${name#fuzz_}"
    done
}

# One line a program of a test log: "passed failed skipped seconds name". A program that counts its own
# tests closes with that line; any other is one test.
results()
{
    awk '
        function flush() {
            if (name == "") return
            if (!counted) {
                passed = status == 0; skipped = status == 77; failed = !passed && !skipped
            } else if (status != 0 && failed == 0) {
                failed = 1
            }
            print passed + 0, failed + 0, skipped + 0, seconds, name
        }
        FNR == 1 { flush(); name = ""; build = FILENAME; sub(".*/", "", build); sub("[.].*", "", build) }
        /^test: / { flush(); name = $4 " (" build ")"; counted = 0; passed = failed = skipped = 0; status = 1 }
        /^duration: / { seconds = $2 + 0 }
        /^result: / { status = $2 == "exit" ? $4 : 1 }
        /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {
            counted = 1; passed = $1; failed = $3; skipped = $5
        }
        END { flush() }' "$@"
}

sh packaging/deps.sh ${full:+--full}
command -v meson >/dev/null 2>&1 || { say "meson is missing and could not be installed"; exit 69; }

build plain && run_tests plain 4

export ASAN_OPTIONS=abort_on_error=1:detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# Some tests become another user, who may not be let in here: the list lies where everyone reads.
leaks=$(mktemp)
trap 'rm -f "$leaks"' EXIT
cat tests/leaks-of-others.txt >"$leaks"
chmod 644 "$leaks"
export LSAN_OPTIONS="suppressions=$leaks:print_suppressions=0"
build sanitized -Db_sanitize=address,undefined -Db_lundef=false && run_tests sanitized 12
unset ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS

CC=clang build clang || true
build minimal -Dui=disabled -Drdp=disabled -Dtests=disabled || true

if [ -n "$full" ]; then
    CC=clang build fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false || true
    say "$(nproc) at a time: every fuzz target for $FUZZ_SECONDS s, and the tests that can be exhaustive"
    export VDI_TEST_SOURCE="$PWD" VDI_TEST_BUILD="$PWD/build/plain" TZ=UTC
    export VDI_TEST_ORACLE_PAIRS=$ORACLE_PAIRS VDI_TEST_HOLDS=$HOLDS VDI_TEST_FLEETS=$FLEETS VDI_TEST_FAULTS=all
    export VDI_TEST_ARCHIVES=$ARCHIVES
    long_checks | xargs -P "$(nproc)" -L 1 sh tests/long.sh || broken="$broken long"
    unset VDI_TEST_ORACLE_PAIRS VDI_TEST_HOLDS VDI_TEST_FLEETS VDI_TEST_FAULTS VDI_TEST_ARCHIVES
    say "asking another implementation of The Update Framework"
    interop=0
    sh tests/compat/trust/oracle/interop.sh build/plain || interop=$?
    [ $interop = 0 ] || [ $interop = 77 ] || broken="$broken interop"
    say "soaking: the main job $SOAK_TIMES times in one process"
    sh tests/client/soak.sh build/plain $SOAK_TIMES || broken="$broken soak"
    say "measuring"
    sh tests/bench/run.sh build/plain || broken="$broken bench"
fi

logs=$(ls build/*.testlog 2>/dev/null || true)
[ -n "$logs" ] || { say "no test ran:$broken"; exit 1; }
echo
echo "The ten slowest:"
results $logs | sort -k4,4 -rn | head -n 10 | awk '{printf "  %7.2f s  %s %s\n", $4, $5, $6}'
skips=$(grep -h '^SKIP: ' $logs | sort -u || true)
[ -z "$skips" ] || printf '\nSkipped, for want of something:\n%s\n' "$skips"
failures=$(results $logs | awk '$2 > 0 {print "  " $5, $6}' | sort -u)
[ -z "$failures" ] || printf '\nFailed:\n%s\n' "$failures"
for log in $logs; do
    # The words of what failed, so that a remote log suffices.
    awk '/^=+ [0-9]+\/[0-9]+ =+$/ { if (bad) printf "%s", text; text = ""; bad = 0 }
        { text = text $0 "\n" }
        /^result: / && !/exit status (0|77)$/ { bad = 1 }
        END { if (bad) printf "%s", text }' "$log" | tail -n 400
done
[ -z "$broken" ] || printf '\nBroken:%s\n' "$broken"
say "done"
results $logs | awk -v broken="$(echo $broken | wc -w)" '
    { passed += $1; failed += $2; skipped += $3 }
    END {
        printf "%d passed, %d failed, %d skipped\n", passed, failed + broken, skipped
        exit passed == 0 || failed + broken > 0
    }'
