#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The tables of docs/trust.md that say which test proves what: every test that they name exists, and
# every paragraph of the specification's sections 5 and 6, and every case, has one.
#
#   tests/demands.sh SOURCE
set -eu

cd "$1"
page=docs/trust.md
SECTIONS='Every demand, and its test
Attacks and accidents, and their tests'
PARAGRAPHS='5.1 5.2
5.3.1 5.3.2 5.3.3 5.3.4 5.3.5 5.3.6 5.3.7 5.3.8 5.3.9 5.3.10 5.3.11 5.3.12
5.4.1 5.4.2 5.4.3.1 5.4.3.2 5.4.4 5.4.5
5.5.1 5.5.2 5.5.3 5.5.4 5.5.5 5.5.6 5.5.7
5.6.1 5.6.2 5.6.3 5.6.4 5.6.5 5.6.6 5.6.7 5.6.7.1 5.6.7.2 5.6.7.2.1 5.6.7.2.2
5.7.1 5.7.2 5.7.3
6.1 6.2.1 6.2.2 6.3.1 6.3.2 6.3.3
49 50 51 52 53 54 55 56 57 58 59 60 61 62'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf '%s\n' "$SECTIONS" | while read -r section; do
    sed -n "/^## $section\$/,/^## /p" "$page" | sed '1!{/^## /d;}'
done >"$scratch/tables"

# "module: name", one a line.
grep '^|' "$scratch/tables" | grep -o '`[a-z_-]*: [^`]*`' | tr -d '`' | sort -u >"$scratch/named"

without_source()
{
    while IFS= read -r test; do
        module=${test%%: *}
        name=${test#*: }
        found=$(find tests -name "test_$module.c" -o -name "test_$module.sh" -o -name "$module.sh")
        [ -n "$found" ] || { echo "$page: $test: there is no test $module"; continue; }
        grep -qF "\"$name\"" $found || echo "$page: $test: $found has no such test"
    done <"$scratch/named"
}

without_test()
{
    for paragraph in $PARAGRAPHS; do
        grep "^| $paragraph |" "$scratch/tables" | grep -q '`[a-z_-]*: [^`]*`' ||
            echo "$page: $paragraph has no test"
    done
}

found=$(
    without_source
    without_test
)
if [ -n "$found" ]; then
    printf '%s\n' "$found" >&2
    exit 1
fi
echo "$(wc -l <"$scratch/named") tests are named, and exist"
