# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests of back ends in throw-away roots. Wants: build, lab, root.
#
#   missing_tool TOOL…         prints the first that is not here, or root's rights
#   ask WHAT…                  what the back end says (tests/compat/host/lines.c)
#   is NAME EXPECTED WHAT…     … must be these lines
#   fails NAME WORDS WHAT…     … must fail with a sentence that has these words
#   judged STATUS WORDS PURL RANGE    vdi-guard check of what is pending, with a rule that blocks that
#   no_network                 while it says what is on offer, nobody opens a connection; where strace is
#   foresee                    what would be installed after all that is on offer; comes_true compares
#   comes_true                 … once a real upgrade was made
#   finish                     counts, and the exit status

passed=0
failed=0

missing_tool()
{
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 || { echo "$tool"; return 0; }
    done
    [ "$(id -u)" -eq 0 ] || { echo "root (a package manager below another root)"; return 0; }
    return 1
}

ask()
{
    "$build/tests/compat/host/lines" "$root" - "$@"
}

wrong()
{
    failed=$((failed + 1))
    printf 'not as it must be: %s\n' "$1"
    cat "$lab/said" "$lab/errors"
}

is()
{
    name=$1
    printf '%s' "$2" >"$lab/expected"
    [ -z "$2" ] || echo >>"$lab/expected"
    shift 2
    if ask "$@" >"$lab/said" 2>"$lab/errors" && cmp -s "$lab/expected" "$lab/said"; then
        passed=$((passed + 1))
    else
        wrong "$name"
    fi
}

fails()
{
    name=$1
    words=$2
    shift 2
    if ! ask "$@" >"$lab/said" 2>"$lab/errors" && [ "$(wc -l <"$lab/errors")" = 1 ] &&
        grep -qF "$words" "$lab/errors" && [ ! -s "$lab/said" ]; then
        passed=$((passed + 1))
    else
        wrong "$name"
    fi
}

judged()
{
    cat >"$lab/rules.json" <<END
{"schema": "https://vigie.example/manifest/1", "id": "corp", "issued": "2026-11-01T00:00:00Z",
 "rules": [{"id": "R1", "effect": "block", "title": {"en": "It breaks"}, "message": {"en": "Wait."},
   "when": {"package": {"purl": "$3", "version": "$4"}}, "expires": "2027-02-01T00:00:00Z"}]}
END
    status=0
    "$build/compat/vdi-guard" check --root "$root" --manifest "$lab/rules.json" --pending auto \
        --now 2026-11-10T00:00:00Z >"$lab/said" 2>"$lab/errors" || status=$?
    if [ "$status" = "$1" ] && grep -qF "$2" "$lab/said"; then
        passed=$((passed + 1))
    else
        wrong "vdi-guard check ends with $status"
    fi
}

foresee()
{
    ask installed >"$lab/installed"
    ask offers >"$lab/offers"
    awk '
        FNR == NR { name = $1; sub(".*/", "", name); line[name " " $2] = $0; kind = $1; sub("[^/]*$", "", kind); next }
        { if ($3 != "-") delete line[$1 " " $3]; if ($5 != "-") line[$1 " " $5] = kind $1 " " $5 " " $2 }
        END { for (key in line) print line[key] }' "$lab/installed" "$lab/offers" | LC_ALL=C sort >"$lab/foreseen"
}

comes_true()
{
    if ask installed >"$lab/said" 2>"$lab/errors" && cmp -s "$lab/foreseen" "$lab/said" &&
        ! cmp -s "$lab/installed" "$lab/said"; then
        passed=$((passed + 1))
    else
        wrong "a real upgrade does what was on offer"
        diff "$lab/foreseen" "$lab/said"
    fi
}

no_network()
{
    command -v strace >/dev/null 2>&1 || { echo "SKIP: no connection is opened: needs strace"; return 0; }
    if ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=connect -o "$lab/trace" \
        "$build/tests/compat/host/lines" "$root" - offers >"$lab/said" 2>"$lab/errors" &&
        ! grep -E 'AF_INET' "$lab/trace"; then
        passed=$((passed + 1))
    else
        wrong "a connection is opened"
    fi
}

finish()
{
    echo "$passed passed, $failed failed, 0 skipped"
    [ "$failed" = 0 ]
}
