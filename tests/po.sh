#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every sentence for people of the files in po/POTFILES has its French. Files that have sentences and
# are not yet in there are named.
#
#   tests/po.sh SOURCE        VDI_UPDATE_PO=1: adds what is new to po/fr.po, for somebody to translate
set -eu

cd "$1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for tool in xgettext msgcmp; do
    command -v "$tool" >/dev/null 2>&1 || { echo "$tool is not installed"; exit 77; }
done

grep -rlE '(^|[^A-Za-z0-9_])(N_|_|ngettext)\("' --include='*.c' base compat client protocol ui |
    sort >"$scratch/have"
sort po/POTFILES | comm -23 "$scratch/have" - >"$scratch/missing"
sed 's/$/: its sentences are not yet in po\/POTFILES/' "$scratch/missing"
failed=0
xgettext --from-code=UTF-8 --keyword=N_ --keyword=_ -o "$scratch/vigie.pot" -f po/POTFILES
if [ -n "${VDI_UPDATE_PO-}" ]; then
    sed -i "/^\"POT-Creation-Date/d" "$scratch/vigie.pot" # a date would change with every line
    msgmerge --quiet --no-location --no-fuzzy-matching --sort-output --backup=none \
        --update po/fr.po "$scratch/vigie.pot"
fi
msgcmp --use-untranslated po/fr.po "$scratch/vigie.pot" || failed=1
msgattrib --untranslated --no-obsolete po/fr.po | grep -A3 '^msgid "..*"' && failed=1
exit "$failed"
